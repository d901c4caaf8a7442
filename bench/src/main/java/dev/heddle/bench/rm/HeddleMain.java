package dev.heddle.bench.rm;

import dev.heddle.bench.Gauge;
import dev.heddle.common.config.ConfigurationFiles;
import dev.heddle.rm.ResourceManager;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The process of Heddle's resource manager. */
final class HeddleMain {
    private HeddleMain() {}

    /** Argument: the directory with the configuration. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        ResourceManager.start(ConfigurationFiles.load(Path.of(arguments[0])));
        Gauge.serve(out);
    }
}
