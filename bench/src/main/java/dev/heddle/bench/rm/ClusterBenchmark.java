package dev.heddle.bench.rm;

import dev.heddle.bench.rpc.Machine;
import dev.heddle.common.rpc.transport.RpcSettings;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Heddle's resource manager against Hadoop's, by turns, with the same simulated nodes and masters on the wire. */
@Command(
        name = "ClusterBenchmark",
        description = "Measures Heddle's resource manager and Hadoop's side by side.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class ClusterBenchmark implements Callable<Integer> {
    private static final int STATUS_NO_FIGURES = 1;

    @Option(
            names = "--resource-managers",
            split = ",",
            defaultValue = "HADOOP,HEDDLE",
            description = "${COMPLETION-CANDIDATES}")
    List<Kind> kinds = List.of();

    @Option(names = "--nodes", defaultValue = "1000", description = "Simulated nodes of 8 GB and 8 cores")
    int nodes;

    @Option(names = "--masters", defaultValue = "20", description = "Unmanaged masters")
    int masters;

    @Option(names = "--burst", defaultValue = "50", description = "Containers that a master asks for at one go")
    int burst;

    @Option(
            names = "--again-ms",
            split = ",",
            defaultValue = "50,1000",
            description = "After how long a master calls again while it waits")
    List<Integer> again = List.of();

    @Option(names = "--heartbeats-in-flight", defaultValue = "64", description = "Where nodes call as fast as they can")
    int heartbeatsInFlight;

    @Option(names = "--repetitions", defaultValue = "3", description = "Measurements of each resource manager and load")
    int repetitions;

    @Option(names = "--warm-up-seconds", defaultValue = "20", description = "Of each, under each load")
    int warmUpSeconds;

    @Option(names = "--settle-seconds", defaultValue = "2", description = "Before and after each measurement")
    int settleSeconds;

    @Option(names = "--seconds", defaultValue = "10", description = "Of each measurement")
    int seconds;

    @Option(
            names = "--rate-share",
            defaultValue = "0.5",
            description = "Rate at which latency is measured, as a share of the slower one's rate of containers")
    double rateShare;

    @Option(names = "--load-threads", defaultValue = "1", description = "Event loops of the load")
    int loadThreads;

    @Option(
            names = "--jvm-options",
            split = " ",
            defaultValue = "-Xms2g -Xmx2g -XX:+UseG1GC",
            description = "Of each resource manager's JVM")
    List<String> jvmOptions = List.of();

    @Option(
            names = "--others-at-most",
            defaultValue = "0.15",
            description = "Processors that the rest of the machine may keep busy; a measurement with more is repeated")
    double othersAtMost;

    private ClusterBenchmark() {}

    public static void main(String[] arguments) {
        System.setProperty("log4j.configuration", "bench-log.properties");
        System.setProperty("java.net.preferIPv4Stack", "true");
        System.exit(new CommandLine(new ClusterBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ClusterPlan plan = new ClusterPlan(
                new ClusterPlan.Size(nodes, masters, burst),
                new ClusterPlan.Times(
                        Duration.ofSeconds(warmUpSeconds),
                        Duration.ofSeconds(settleSeconds),
                        Duration.ofSeconds(seconds),
                        repetitions),
                kinds,
                heartbeatsInFlight,
                rateShare,
                jvmOptions,
                othersAtMost);
        if ((long) kinds.size() * (nodes + masters) > Machine.socketLimit()) {
            System.err.println("this process may open " + Machine.socketLimit()
                    + " sockets at most; raise 'ulimit -n' and try again");
            return STATUS_NO_FIGURES;
        }
        ClusterReport report = new ClusterReport(System.out, plan);
        report.begin();
        Path directory = Files.createTempDirectory("cluster-benchmark");
        try (RpcThreads threads = loadThreads(loadThreads);
                ClusterContest contest = ClusterContest.begin(plan, directory, threads)) {
            boolean complete = measure(report, "idle heartbeats", () -> contest.heartbeats(report::row));
            for (int interval : again) {
                complete &= measure(
                        report, "grants, again after " + interval + " ms", () -> contest.grants(interval, report::row));
            }
            report.end();
            return complete ? 0 : STATUS_NO_FIGURES;
        } finally {
            delete(directory);
        }
    }

    /** One load on both. */
    @FunctionalInterface
    private interface Measuring {
        List<ClusterFigures> run() throws InterruptedException;
    }

    private static boolean measure(ClusterReport report, String what, Measuring measuring) throws InterruptedException {
        try {
            report.complete(measuring.run());
            return true;
        } catch (IllegalStateException e) {
            report.failed(what, String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** The threads of a load with that many event loops. */
    static RpcThreads loadThreads(int count) {
        Configuration configuration = new Configuration(false);
        configuration.setInt(RpcSettings.IO_THREADS.key(), count);
        return RpcThreads.start(configuration);
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
