package dev.heddle.bench.rm;

import dev.heddle.bench.Gauge;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The process of Hadoop's resource manager, as its own main class starts it. Compiled without Hadoop's daemons. */
final class HadoopMain {
    private static final String MAIN_CLASS = "org.apache.hadoop.yarn.server.resourcemanager.ResourceManager";

    private HadoopMain() {}

    /** No arguments: the configuration is on the class path, as Hadoop's own scripts have it. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        Class.forName(MAIN_CLASS).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        Gauge.serve(out);
    }
}
