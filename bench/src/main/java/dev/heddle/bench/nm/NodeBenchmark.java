package dev.heddle.bench.nm;

import dev.heddle.bench.Gauge;
import dev.heddle.bench.rpc.Machine;
import dev.heddle.rm.model.ContainerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.apache.hadoop.yarn.exceptions.YarnException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Heddle's node manager against Hadoop's, by turns: how soon a container runs, how many a second, what one costs. */
@Command(
        name = "NodeBenchmark",
        description = "Measures Heddle's node manager and Hadoop's side by side.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class NodeBenchmark implements Callable<Integer> {
    private static final int STATUS_NO_FIGURES = 1;
    private static final int DIGITS = 3;
    private static final double MICROS_PER_MS = 1_000;
    private static final double P50 = 50;
    private static final double P99 = 99;
    private static final double GOAL_P99_MS = 20;

    @Option(
            names = "--node-managers",
            split = ",",
            defaultValue = "HADOOP,HEDDLE",
            description = "${COMPLETION-CANDIDATES}")
    List<Kind> kinds = List.of();

    @Option(names = "--single", defaultValue = "200", description = "Containers that are started one after the other")
    int single;

    @Option(names = "--burst", defaultValue = "200", description = "Containers that are wanted at once")
    int burst;

    @Option(names = "--per-call", defaultValue = "20", description = "Of those, how many each call asks for")
    int perCall;

    @Option(names = "--running", defaultValue = "300", description = "Containers that run while memory is measured")
    int running;

    @Option(names = "--warm-up", defaultValue = "100", description = "Containers that are started before")
    int warmUp;

    @Option(names = "--repetitions", defaultValue = "3", description = "Measurements of each node manager")
    int repetitions;

    @Option(
            names = "--jvm-options",
            split = " ",
            defaultValue = "-Xms1g -Xmx1g",
            description = "Of each node manager's JVM; Hadoop's scripts have -Xmx1000m")
    List<String> jvmOptions = List.of();

    private NodeBenchmark() {}

    public static void main(String[] arguments) {
        System.setProperty("log4j.configuration", "bench-log.properties");
        System.setProperty("java.net.preferIPv4Stack", "true");
        System.exit(new CommandLine(new NodeBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException, YarnException {
        System.out.println(Machine.describe());
        System.out.println(
                "Each node manager in a JVM of its own with " + jvmOptions + " and the settings that it is"
                        + " shipped with, recovery off. A container's command is a shell that says over a socket that it runs.");
        System.out.println();
        System.out.printf(
                "%-7s %12s %12s %10s %18s %18s %10s%n",
                "NM", "start p50 ms", "start p99 ms", "starts/s", "heap B/container", "RSS B/container", "threads");
        List<NodeFigures> all = new ArrayList<>();
        Path directory = Files.createTempDirectory("node-benchmark");
        try (Landing landing = new Landing()) {
            for (int repetition = 1; repetition <= repetitions; repetition++) {
                for (Kind kind : kinds) {
                    Path own = directory.resolve(kind + "-" + repetition);
                    try (Node node = new Node(kind, own, jvmOptions)) {
                        NodeFigures figures = measure(node, landing);
                        all.add(figures);
                        print(figures);
                    }
                }
            }
        } finally {
            delete(directory);
        }
        if (all.isEmpty()) {
            return STATUS_NO_FIGURES;
        }
        compare(all);
        return 0;
    }

    private NodeFigures measure(Node node, Landing landing) throws IOException, InterruptedException, YarnException {
        oneByOne(node, landing, warmUp);
        Histogram latency = oneByOne(node, landing, single);
        node.awaitIdle();
        double startsPerSecond = atOnce(node, landing);
        node.awaitIdle();

        Gauge before = node.process().collected();
        long residentBefore = node.process().residentBytes();
        List<ContainerId> ids = new ArrayList<>();
        for (int i = 0; i < running; i++) {
            ContainerId id = node.nextContainer();
            ids.add(id);
            landing.expect(id);
            node.start(List.of(id), landing.command() + "; exec sleep 1000");
        }
        for (ContainerId id : ids) {
            landing.await(id);
        }
        Gauge after = node.process().collected();
        long residentAfter = node.process().residentBytes();
        node.stop(ids);
        node.awaitIdle();
        return new NodeFigures(
                node.kind(),
                latency.getValueAtPercentile(P50) / MICROS_PER_MS,
                latency.getValueAtPercentile(P99) / MICROS_PER_MS,
                startsPerSecond,
                (double) (after.usedBytes() - before.usedBytes()) / running,
                (double) (residentAfter - residentBefore) / running,
                (double) (after.threads() - before.threads()) / running);
    }

    private static Histogram oneByOne(Node node, Landing landing, int count)
            throws IOException, InterruptedException, YarnException {
        Histogram latency = new Histogram(TimeUnit.MINUTES.toMicros(2), DIGITS);
        for (int i = 0; i < count; i++) {
            ContainerId id = node.nextContainer();
            landing.expect(id);
            long calledNanos = System.nanoTime();
            node.start(List.of(id), landing.command());
            latency.recordValue(TimeUnit.NANOSECONDS.toMicros(landing.await(id) - calledNanos));
        }
        return latency;
    }

    private double atOnce(Node node, Landing landing) throws IOException, InterruptedException, YarnException {
        List<ContainerId> ids = new ArrayList<>();
        for (int i = 0; i < burst; i++) {
            ContainerId id = node.nextContainer();
            ids.add(id);
            landing.expect(id);
        }
        long calledNanos = System.nanoTime();
        for (int from = 0; from < burst; from += perCall) {
            node.start(ids.subList(from, Math.min(burst, from + perCall)), landing.command());
        }
        long lastNanos = calledNanos;
        for (ContainerId id : ids) {
            lastNanos = Math.max(lastNanos, landing.await(id));
        }
        return burst * (double) TimeUnit.SECONDS.toNanos(1) / (lastNanos - calledNanos);
    }

    private static void print(NodeFigures figures) {
        System.out.printf(
                "%-7s %12.1f %12.1f %10.0f %18.0f %18.0f %10.2f%n",
                figures.kind(),
                figures.p50Ms(),
                figures.p99Ms(),
                figures.startsPerSecond(),
                figures.heapBytes(),
                figures.residentBytes(),
                figures.threads());
    }

    private static void compare(List<NodeFigures> all) {
        System.out.println();
        System.out.println("Medians");
        row("start p50 ms", all, NodeFigures::p50Ms);
        row("start p99 ms (goal: under " + (int) GOAL_P99_MS + ")", all, NodeFigures::p99Ms);
        row("starts a second", all, NodeFigures::startsPerSecond);
        row("heap bytes a container", all, NodeFigures::heapBytes);
        row("resident bytes a container", all, NodeFigures::residentBytes);
    }

    private static void row(String name, List<NodeFigures> all, ToDoubleFunction<NodeFigures> figure) {
        double hadoop = median(all, Kind.HADOOP, figure);
        double heddle = median(all, Kind.HEDDLE, figure);
        System.out.printf("%-32s hadoop %12.1f   heddle %12.1f   ratio %.2f%n", name, hadoop, heddle, heddle / hadoop);
    }

    private static double median(List<NodeFigures> all, Kind kind, ToDoubleFunction<NodeFigures> figure) {
        double[] sorted = all.stream()
                .filter(figures -> figures.kind() == kind)
                .mapToDouble(figure)
                .sorted()
                .toArray();
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
