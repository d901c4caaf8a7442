package dev.heddle.bench.nm;

import dev.heddle.bench.Gauge;
import dev.heddle.common.config.ConfigurationFiles;
import dev.heddle.nm.NodeManager;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The process of Heddle's node manager. */
final class HeddleMain {
    private HeddleMain() {}

    /** Argument: the directory with the configuration. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        NodeManager.start(ConfigurationFiles.load(Path.of(arguments[0])));
        Gauge.serve(out);
    }
}
