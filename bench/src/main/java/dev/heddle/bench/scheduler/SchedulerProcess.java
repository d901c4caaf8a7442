package dev.heddle.bench.scheduler;

import dev.heddle.testbed.HadoopProcess;
import dev.heddle.testbed.placement.PlacementFigures;
import dev.heddle.testbed.placement.PlacementScenario;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One scheduler under both loads, in a JVM of its own: whatever it has learnt of another one is gone. */
final class SchedulerProcess {
    private static final String CAPACITY_SCHEDULER = "dev.heddle.testbed.hadoop.CapacitySchedulerLoad";

    /** More than any cluster's containers. */
    private static final int MANY = 100;

    private final Path directory;
    private final List<String> jvmOptions;
    private final Duration each;
    private final Duration limit;

    /** Whose scheduler, and how it is driven. */
    enum Kind {
        HEDDLE("heddle"),
        HADOOP_ONE("hadoop, one per heartbeat"),
        HADOOP_MANY("hadoop, many per heartbeat");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * How all of them run.
     *
     * @param directory for temporary files
     * @param each processor time of each load, and the same again before for warming up
     * @param limit after which one is given up
     */
    SchedulerProcess(Path directory, List<String> jvmOptions, Duration each, Duration limit) {
        this.directory = directory;
        this.jvmOptions = jvmOptions;
        this.each = each;
        this.limit = limit;
    }

    /**
     * Runs one.
     *
     * @return the figures of those loads that it came through in time
     */
    List<PlacementFigures> run(Kind kind, PlacementScenario scenario) throws InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-Dlog4j.configuration=bench-log.properties", "-Djava.io.tmpdir=" + directory, "-cp"));
        switch (kind) {
            case HEDDLE ->
                command.addAll(List.of(System.getProperty("java.class.path"), HeddleSchedulerMain.class.getName()));
            case HADOOP_ONE ->
                command.addAll(List.of(ownClasses() + ":" + HadoopProcess.classPath(), CAPACITY_SCHEDULER, "1"));
            case HADOOP_MANY ->
                command.addAll(List.of(
                        ownClasses() + ":" + HadoopProcess.classPath(), CAPACITY_SCHEDULER, Integer.toString(MANY)));
        }
        command.add(Long.toString(each.toMillis()));
        command.addAll(scenario.arguments());
        try {
            Path out = directory.resolve("stdout");
            Path err = directory.resolve("stderr");
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            try {
                boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                if (ended && process.exitValue() != 0) {
                    throw new IllegalStateException(kind + " ended with status " + process.exitValue() + ": "
                            + Files.readString(err).strip());
                }
            } finally {
                process.destroyForcibly().waitFor();
            }
            return figures(Files.readAllLines(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<PlacementFigures> figures(List<String> lines) {
        return lines.stream()
                .filter(PlacementFigures::isLine)
                .map(PlacementFigures::parse)
                .toList();
    }

    private static String ownClasses() {
        try {
            return Path.of(SchedulerProcess.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
