package dev.heddle.bench.scheduler;

import dev.heddle.bench.rpc.Machine;
import dev.heddle.testbed.placement.PlacementFigures;
import dev.heddle.testbed.placement.PlacementScenario;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints figures as they come, with Heddle's over those of the faster of Hadoop's, and in the end how costs grow. */
final class SchedulerReport {
    /** Containers per second of processor time, Heddle's over Hadoop's, at least. */
    static final double GOAL_RATIO = 20;

    /** What a placement costs with ten times the nodes, at most. */
    static final double GOAL_GROWTH = 2.5;

    private static final int GROWTH_FROM = 10_000;
    private static final int GROWTH_TO = 100_000;

    private static final String HEADER = "%-8s %7s %6s %7s  %-8s  %-26s %10s %9s %8s  %s"
            .formatted(
                    "wishes",
                    "nodes",
                    "queues",
                    "apps",
                    "load",
                    "scheduler",
                    "placed/CPU-s",
                    "us CPU",
                    "B each",
                    "ratio");

    private final PrintStream out;
    private final List<Row> rows = new ArrayList<>();

    /** One scheduler under one load. */
    private record Row(SchedulerProcess.Kind kind, PlacementScenario scenario, PlacementFigures figures) {
        boolean isBeside(Row other) {
            return scenario.equals(other.scenario) && figures.load() == other.figures.load();
        }
    }

    SchedulerReport(PrintStream out) {
        this.out = out;
    }

    void begin(List<String> jvmOptions, Duration each) {
        out.println(Machine.describe());
        out.println(
                "Each scheduler in a JVM of its own with " + jvmOptions + ", driven by one thread, whose processor time"
                        + " counts; " + each.toMillis() + " ms of it for each load after as much to warm up.");
        out.println("room: applications ask for " + PlacementScenario.CONTAINERS_OF_AN_ASK
                + " containers each, and there is room. Counted are the calls in which they are placed: nodes' heartbeats of"
                + " Hadoop's, masters' calls of Heddle's, with the asks and the answers.");
        out.println("turnover: everybody waits, and what runs on a node ends. Counted are the ends and the node's heartbeats"
                + " until its room is given to who is next.");
        out.println("ratio: Heddle's placed/CPU-s over that of Hadoop with one container per heartbeat / with many.");
        out.println();
        out.println(HEADER);
    }

    void add(SchedulerProcess.Kind kind, PlacementScenario scenario, List<PlacementFigures> all) {
        for (PlacementFigures.Load load : PlacementFigures.Load.values()) {
            Optional<PlacementFigures> figures =
                    all.stream().filter(one -> one.load() == load).findFirst();
            if (figures.isPresent()) {
                Row row = new Row(kind, scenario, figures.get());
                rows.add(row);
                out.println(line(row));
            } else {
                failed(kind, scenario, "no figures for " + name(load) + " in time");
            }
        }
    }

    void failed(SchedulerProcess.Kind kind, PlacementScenario scenario, String reason) {
        out.println("%s: %s: %s".formatted(scenario, kind, reason));
    }

    private String line(Row row) {
        PlacementScenario scenario = row.scenario();
        return String.format(
                Locale.ROOT,
                "%-8s %7d %6d %7d  %-8s  %-26s %10.0f %9.2f %8.0f  %s",
                scenario.wish().name().toLowerCase(Locale.ROOT),
                scenario.nodes(),
                scenario.queues(),
                scenario.applications(),
                name(row.figures().load()),
                row.kind(),
                row.figures().perCpuSecond(),
                row.figures().cpuMicros(),
                row.figures().bytesEach(),
                row.kind() == SchedulerProcess.Kind.HEDDLE ? ratios(row) : "");
    }

    private static String name(PlacementFigures.Load load) {
        return load.name().toLowerCase(Locale.ROOT);
    }

    private String ratios(Row heddle) {
        return ratio(heddle, SchedulerProcess.Kind.HADOOP_ONE) + " / "
                + ratio(heddle, SchedulerProcess.Kind.HADOOP_MANY);
    }

    private String ratio(Row heddle, SchedulerProcess.Kind kind) {
        return rows.stream()
                .filter(row -> row.kind() == kind && row.isBeside(heddle))
                .findFirst()
                .map(row -> heddle.figures().perCpuSecond() / row.figures().perCpuSecond())
                .map(ratio ->
                        String.format(Locale.ROOT, "x%.1f %s", ratio, ratio >= GOAL_RATIO ? "reached" : "NOT reached"))
                .orElse("-");
    }

    /** How much dearer a placement of Heddle's is with ten times the nodes. */
    void end() {
        out.println();
        out.println(
                "From " + GROWTH_FROM + " to " + GROWTH_TO + " nodes (goal: at most " + GOAL_GROWTH + " times dearer)");
        for (Row small : rows) {
            if (small.kind() == SchedulerProcess.Kind.HEDDLE && small.scenario().nodes() == GROWTH_FROM) {
                rows.stream()
                        .filter(large -> large.kind() == small.kind() && large.isBeside(at(small, GROWTH_TO)))
                        .findFirst()
                        .ifPresent(large -> out.println(growth(small, large)));
            }
        }
        out.println("load average at the end: "
                + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static Row at(Row row, int nodes) {
        PlacementScenario scenario = row.scenario();
        return new Row(
                row.kind(),
                new PlacementScenario(nodes, scenario.queues(), scenario.applications(), scenario.wish()),
                row.figures());
    }

    private static String growth(Row small, Row large) {
        double growth = large.figures().cpuMicros() / small.figures().cpuMicros();
        return String.format(
                Locale.ROOT,
                "%-8s %6d queues %7d applications  %-8s  x%.2f %s; bytes x%.2f",
                small.scenario().wish().name().toLowerCase(Locale.ROOT),
                small.scenario().queues(),
                small.scenario().applications(),
                name(small.figures().load()),
                growth,
                growth <= GOAL_GROWTH ? "reached" : "NOT reached",
                large.figures().bytesEach() / small.figures().bytesEach());
    }
}
