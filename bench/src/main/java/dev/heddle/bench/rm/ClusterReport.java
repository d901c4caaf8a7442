package dev.heddle.bench.rm;

import dev.heddle.bench.rm.ClusterFigures.Load;
import dev.heddle.bench.rpc.Machine;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Prints measurements as they come, and in the end the medians with their ratios beside the goals. */
final class ClusterReport {
    /** Processor time of an idle heartbeat, Heddle's over Hadoop's, at most. */
    static final double GOAL_HEARTBEAT_CPU = 0.1;

    /** Containers per second of processor time, Heddle's over Hadoop's, at least. */
    static final double GOAL_CONTAINERS = 10;

    /** Milliseconds from ask to grant at half load, at most. */
    static final double GOAL_P50_MS = 5;

    static final double GOAL_P99_MS = 20;

    private static final String HEADER = "%-7s %-30s %10s %12s %10s %10s %9s %9s %9s %9s  %s"
            .formatted(
                    "RM",
                    "load",
                    "units/s",
                    "units/CPU-s",
                    "us CPU",
                    "B/unit",
                    "p50 ms",
                    "p99 ms",
                    "p99.9 ms",
                    "max ms",
                    "CPUs rm/load/others");

    private final PrintStream out;
    private final ClusterPlan plan;
    private final List<ClusterFigures> all = new ArrayList<>();

    ClusterReport(PrintStream out, ClusterPlan plan) {
        this.out = out;
        this.plan = plan;
    }

    void begin() {
        out.println(Machine.describe());
        out.println(plan.size().nodes() + " nodes, " + plan.size().masters() + " masters that ask for "
                + plan.size().burst() + " containers at one go; resource managers " + plan.kinds()
                + ", each in a JVM of its own with " + plan.jvmOptions()
                + ", Hadoop's with its capacity scheduler as it"
                + " is shipped. The load runs in one JVM more, on the same processors.");
        out.println(
                "A unit is a heartbeat or a granted container; us CPU: of the resource manager's process for one, user"
                        + " and system; B/unit: heap bytes that it allocates for one. Loads with grants include a heartbeat of each"
                        + " node every second. Latency: from when a container was due to be asked for until it was there.");
        out.println("'!': others kept more than " + plan.othersAtMost()
                + " processors busy; such a measurement is left out and repeated.");
        out.println();
        out.println(HEADER);
    }

    void row(ClusterFigures figures) {
        out.println(line(List.of(figures), figures.kind(), figures.load()) + (plan.disturbed(figures) ? " !" : ""));
    }

    void complete(List<ClusterFigures> measured) {
        all.addAll(measured);
        out.println();
    }

    void failed(String what, String reason) {
        out.println(what + ": no figures: " + reason);
        out.println();
    }

    /** Medians, ratios and goals. */
    void end() {
        List<Load> loads = all.stream().map(ClusterFigures::load).distinct().toList();
        out.println("Medians of " + plan.times().repetitions() + ":");
        out.println(HEADER);
        for (Load load : loads) {
            plan.kinds().forEach(kind -> out.println(line(all, kind, load)));
        }
        out.println();
        out.println("Heddle : Hadoop");
        loads.forEach(load -> out.println(load + ": " + verdict(load)));
    }

    private String verdict(Load load) {
        double cpu = ratio(load, ClusterFigures::cpuMicros);
        double bytes = ratio(load, ClusterFigures::bytesPerUnit);
        return switch (load.shape()) {
            case HEARTBEATS, PACED_HEARTBEATS ->
                "CPU x%.3f (%s), bytes x%.3f"
                        .formatted(cpu, goal("<= " + GOAL_HEARTBEAT_CPU, cpu <= GOAL_HEARTBEAT_CPU), bytes);
            case THROUGHPUT ->
                "containers per CPU second x%.1f (%s), per second x%.1f, bytes x%.3f"
                        .formatted(
                                1 / cpu,
                                goal(">= " + GOAL_CONTAINERS, 1 / cpu >= GOAL_CONTAINERS),
                                ratio(load, ClusterFigures::perSecond),
                                bytes);
            case LATENCY -> {
                double p50 = ClusterFigures.median(all, Kind.HEDDLE, load, figures -> figures.latencyMs(50));
                double p99 = ClusterFigures.median(all, Kind.HEDDLE, load, figures -> figures.latencyMs(99));
                yield "p50 %.2f ms (%s; x%.4f), p99 %.2f ms (%s; x%.4f)"
                        .formatted(
                                p50,
                                goal("<= " + GOAL_P50_MS, p50 <= GOAL_P50_MS),
                                ratio(load, figures -> figures.latencyMs(50)),
                                p99,
                                goal("<= " + GOAL_P99_MS, p99 <= GOAL_P99_MS),
                                ratio(load, figures -> figures.latencyMs(99)));
            }
        };
    }

    private static String goal(String what, boolean reached) {
        return "goal " + what + ": " + (reached ? "reached" : "NOT reached");
    }

    private double ratio(Load load, ToDoubleFunction<ClusterFigures> figure) {
        return ClusterFigures.median(all, Kind.HEDDLE, load, figure)
                / ClusterFigures.median(all, Kind.HADOOP, load, figure);
    }

    private static String line(List<ClusterFigures> measured, Kind kind, Load load) {
        boolean timed = !load.isOfHeartbeats();
        return String.format(
                Locale.ROOT,
                "%-7s %-30s %10.0f %12.0f %10.1f %10.0f %9s %9s %9s %9s  %.2f/%.2f/%.2f",
                kind,
                load,
                ClusterFigures.median(measured, kind, load, ClusterFigures::perSecond),
                ClusterFigures.median(measured, kind, load, ClusterFigures::perCpuSecond),
                ClusterFigures.median(measured, kind, load, ClusterFigures::cpuMicros),
                ClusterFigures.median(measured, kind, load, ClusterFigures::bytesPerUnit),
                latency(measured, kind, load, 50, timed),
                latency(measured, kind, load, 99, timed),
                latency(measured, kind, load, 99.9, timed),
                latency(measured, kind, load, 100, timed),
                ClusterFigures.median(
                        measured, kind, load, figures -> figures.cpu().resourceManager() / figures.seconds()),
                ClusterFigures.median(
                        measured, kind, load, figures -> figures.cpu().load() / figures.seconds()),
                ClusterFigures.median(
                        measured, kind, load, figures -> figures.cpu().others() / figures.seconds()));
    }

    private static String latency(
            List<ClusterFigures> measured, Kind kind, Load load, double percentile, boolean timed) {
        return timed
                ? String.format(
                        Locale.ROOT,
                        "%.2f",
                        ClusterFigures.median(measured, kind, load, figures -> figures.latencyMs(percentile)))
                : "-";
    }
}
