package dev.heddle.bench.scheduler;

import dev.heddle.testbed.placement.PlacementScenario;
import dev.heddle.testbed.placement.PlacementScenario.Wish;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Heddle's scheduler against Hadoop's capacity scheduler, one after the other, under the same load without wire. */
@Command(
        name = "SchedulerBenchmark",
        description = "Measures Heddle's core and Hadoop's capacity scheduler side by side.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class SchedulerBenchmark implements Callable<Integer> {
    private static final int STATUS_NO_FIGURES = 1;

    @Option(
            names = "--nodes",
            split = ",",
            defaultValue = "1000,10000,100000",
            description = "Nodes of 64 GB, 32 cores")
    List<Integer> nodes = List.of();

    @Option(
            names = "--queues",
            split = ",",
            defaultValue = "1,100,1000",
            description = "Leaves; where applications have special wishes, the second of them alone")
    List<Integer> queues = List.of();

    @Option(names = "--applications", split = ",", defaultValue = "1000,10000", description = "At least one per queue")
    List<Integer> applications = List.of();

    @Option(
            names = "--wishes",
            split = ",",
            defaultValue = "PLAIN,LABELS,LOCALITY,APART",
            description = "${COMPLETION-CANDIDATES}")
    List<Wish> wishes = List.of();

    @Option(names = "--schedulers", split = ",", defaultValue = "HADOOP_ONE,HADOOP_MANY,HEDDLE")
    List<SchedulerProcess.Kind> kinds = List.of();

    @Option(names = "--cpu-ms", defaultValue = "3000", description = "Of each load, and the same before to warm up")
    int cpuMs;

    @Option(names = "--limit-seconds", defaultValue = "240", description = "After which a scheduler is given up")
    int limitSeconds;

    @Option(names = "--jvm-options", split = " ", defaultValue = "-Xms3g -Xmx6g -XX:+UseParallelGC")
    List<String> jvmOptions = List.of();

    private SchedulerBenchmark() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SchedulerBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("scheduler-benchmark");
        SchedulerProcess process =
                new SchedulerProcess(directory, jvmOptions, Duration.ofMillis(cpuMs), Duration.ofSeconds(limitSeconds));
        SchedulerReport report = new SchedulerReport(System.out);
        report.begin(jvmOptions, Duration.ofMillis(cpuMs));
        boolean complete = true;
        try {
            for (PlacementScenario scenario : scenarios()) {
                for (SchedulerProcess.Kind kind : kinds) {
                    complete &= run(process, kind, scenario, report);
                }
            }
            report.end();
            return complete ? 0 : STATUS_NO_FIGURES;
        } finally {
            delete(directory);
        }
    }

    private static boolean run(
            SchedulerProcess process, SchedulerProcess.Kind kind, PlacementScenario scenario, SchedulerReport report)
            throws InterruptedException {
        try {
            report.add(kind, scenario, process.run(kind, scenario));
            return true;
        } catch (IllegalStateException e) {
            report.failed(kind, scenario, String.valueOf(e.getMessage()));
            return false;
        }
    }

    private List<PlacementScenario> scenarios() {
        return wishes.stream()
                .flatMap(
                        wish -> nodes.stream().flatMap(ofNodes -> queues(wish).flatMap(ofQueues -> applications.stream()
                                .filter(ofApplications -> ofApplications >= ofQueues)
                                .map(ofApplications ->
                                        new PlacementScenario(ofNodes, ofQueues, ofApplications, wish)))))
                .toList();
    }

    private Stream<Integer> queues(Wish wish) {
        return wish == Wish.PLAIN ? queues.stream() : Stream.of(queues.get(Math.min(1, queues.size() - 1)));
    }

    private static void delete(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> below = Files.walk(directory)) {
            deepestFirst = below.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
