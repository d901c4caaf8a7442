package dev.heddle.bench.rpc;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Prints measurements as they come, and in the end the medians with their ratios beside the goals. */
final class Report {
    /** Calls per second of the server's processor time, Heddle's over Hadoop's, at least. */
    static final double GOAL_CALLS_PER_CPU_SECOND = 6;

    /** The 99th percentile of the latency, Heddle's over Hadoop's, at most. */
    static final double GOAL_P99 = 0.2;

    /** From this share of its threads' processors on, the load generator may be what limits a rate. */
    private static final double LOAD_GENERATOR_BUSY = 0.9;

    private static final String HEADER = "%-7s %-9s %-12s %6s  %-14s %9s %11s %8s %8s %8s %9s %8s  %-17s %7s %5s"
            .formatted(
                    "server",
                    "method",
                    "answered by",
                    "conns",
                    "load",
                    "calls/s",
                    "calls/CPU-s",
                    "p50 us",
                    "p99 us",
                    "p99.9 us",
                    "max us",
                    "B/call",
                    "CPUs srv/gen/oth",
                    "lag99",
                    "gc");

    private final PrintStream out;
    private final BenchmarkPlan plan;
    private final List<String> medians = new ArrayList<>();
    private final List<String> ratios = new ArrayList<>();

    Report(PrintStream out, BenchmarkPlan plan) {
        this.out = out;
        this.plan = plan;
    }

    void begin() {
        out.println(Machine.describe());
        out.println("The load generator (" + plan.setup().loadThreads()
                + " event loops) and the server being measured share these processors.");
        out.println("Servers: " + plan.setup().servers() + ", each in a JVM of its own with "
                + plan.setup().jvmOptions() + "; Hadoop's has " + plan.setup().handlers()
                + " handlers (an RM's default for its resource tracker is 50) and else its defaults.");
        out.println("Warm-up " + plan.warmUp() + ", measured " + plan.repetitions() + " times " + plan.measure()
                + " in turns. Open loop: both at " + plan.rateShare()
                + " of the slower one's rate in the closed loop; latency from when a call was due.");
        out.println("calls/CPU-s: per second of the server process' user and system time. B/call: heap bytes that it"
                + " allocates. CPUs: processors that server, load generator and everything else kept busy; '*': the load"
                + " generator may have been the limit; '!': others had more than "
                + plan.setup().othersAtMost()
                + ", or the load generator collected garbage: left out and repeated. gc: ms of the server's"
                + " collector. lag99: how late the load generator itself sent, us at p99.");
        out.println();
        out.println(HEADER);
    }

    void row(Scenario scenario, Figures figures) {
        out.println(line(scenario, List.of(figures), figures.server(), figures.load())
                + (plan.disturbed(figures) ? " !" : ""));
    }

    /** All measurements of a scenario are there. */
    void scenario(Scenario scenario, List<Figures> all) {
        for (Figures.Load load : Figures.Load.values()) {
            for (Servers.Kind server : plan.setup().servers()) {
                medians.add(line(scenario, all, server, load));
            }
        }
        if (plan.setup().servers().size() == Servers.Kind.values().length) {
            ratios.add(ratios(scenario, all));
            out.println(ratios(scenario, all));
        }
        out.println();
    }

    void skipped(Scenario scenario, String reason) {
        String line = "%s, %s, %d connections: no figures: %s"
                .formatted(scenario.workload(), scenario.answer(), scenario.connections(), reason);
        ratios.add(line);
        out.println(line);
        out.println();
    }

    void end() {
        out.println("Medians of " + plan.repetitions() + ":");
        out.println(HEADER);
        medians.forEach(out::println);
        out.println();
        out.println("Heddle : Hadoop");
        ratios.forEach(out::println);
    }

    private String line(Scenario scenario, List<Figures> all, Servers.Kind server, Figures.Load load) {
        Median median = figure -> Medians.of(all, server, load, figure);
        double generator = median.of(figures -> figures.cpu().loadGenerator() / figures.seconds());
        boolean busy = generator > LOAD_GENERATOR_BUSY * plan.setup().loadThreads();
        String loadText =
                switch (load) {
                    case CLOSED -> "closed, " + plan.window(scenario.connections()) + " each";
                    case OPEN -> "open";
                };
        // In a closed loop the latency follows from the window and says nothing.
        boolean latency = load == Figures.Load.OPEN;
        return String.format(
                Locale.ROOT,
                "%-7s %-9s %-12s %6d  %-14s %9.0f %11.0f %8s %8s %8s %9s %8.0f  %-17s %7s %5.0f",
                server,
                scenario.workload(),
                scenario.answer(),
                scenario.connections(),
                loadText,
                median.of(Figures::callsPerSecond),
                median.of(Figures::callsPerCpuSecond),
                latency ? rounded(median.of(figures -> figures.answeredMicros(50))) : "-",
                latency ? rounded(median.of(figures -> figures.answeredMicros(99))) : "-",
                latency ? rounded(median.of(figures -> figures.answeredMicros(99.9))) : "-",
                latency ? rounded(median.of(figures -> figures.answeredMicros(100))) : "-",
                median.of(Figures::allocatedBytesPerCall),
                String.format(
                        Locale.ROOT,
                        "%.2f/%.2f/%.2f%s",
                        median.of(figures -> figures.cpu().server() / figures.seconds()),
                        generator,
                        median.of(figures -> figures.cpu().others() / figures.seconds()),
                        busy ? "*" : ""),
                latency ? rounded(median.of(figures -> figures.lagMicros(99))) : "-",
                median.of(figures -> figures.counters().collectionMs()));
    }

    /** The median of a figure over the measurements of one server under one load. */
    @FunctionalInterface
    private interface Median {
        double of(ToDoubleFunction<Figures> figure);
    }

    private static String rounded(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }

    private static String ratios(Scenario scenario, List<Figures> all) {
        double closed = ratio(all, Figures.Load.CLOSED, Figures::callsPerCpuSecond);
        double open = ratio(all, Figures.Load.OPEN, Figures::callsPerCpuSecond);
        double p99 = ratio(all, Figures.Load.OPEN, figures -> figures.answeredMicros(99));
        double bytes = ratio(all, Figures.Load.CLOSED, Figures::allocatedBytesPerCall);
        return String.format(
                Locale.ROOT,
                "%s, %s, %d connections: calls per CPU second x%.2f closed (goal >= %.0f: %s), x%.2f open; p99 x%.2f (goal"
                        + " <= %.2f: %s); bytes per call x%.2f",
                scenario.workload(),
                scenario.answer(),
                scenario.connections(),
                closed,
                GOAL_CALLS_PER_CPU_SECOND,
                closed >= GOAL_CALLS_PER_CPU_SECOND ? "reached" : "NOT reached",
                open,
                p99,
                GOAL_P99,
                p99 <= GOAL_P99 ? "reached" : "NOT reached",
                bytes);
    }

    private static double ratio(List<Figures> all, Figures.Load load, ToDoubleFunction<Figures> figure) {
        return Medians.of(all, Servers.Kind.HEDDLE, load, figure) / Medians.of(all, Servers.Kind.HADOOP, load, figure);
    }
}
