package dev.heddle.bench.rpc;

import dev.heddle.common.rpc.transport.RpcThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One scenario: each server starts in a process of its own and is warmed up, then they take turns under the same load.
 * A server that is not being measured has no connection.
 */
final class Contest {
    private final BenchmarkPlan plan;
    private final Scenario scenario;
    private final RpcThreads loadThreads;
    private final CallFrame frame;

    Contest(BenchmarkPlan plan, Scenario scenario, RpcThreads loadThreads) {
        this.plan = plan;
        this.scenario = scenario;
        this.loadThreads = loadThreads;
        this.frame = CallFrame.of(scenario.workload().workload());
    }

    /** Starts calls on open connections. */
    @FunctionalInterface
    private interface Calling {
        void begin(LoadGenerator load) throws InterruptedException;
    }

    /**
     * Measures.
     *
     * @param each is given every measurement as soon as it is done, also a disturbed one
     * @return all measurements that were not disturbed, in their order
     * @throws IllegalStateException if a call failed, was lost or was answered twice, or the machine was busy with other
     *     work all the time
     */
    List<Figures> run(Consumer<Figures> each) throws InterruptedException {
        Map<Servers.Kind, ServerProcess> servers = new EnumMap<>(Servers.Kind.class);
        try {
            for (Servers.Kind kind : plan.setup().servers()) {
                servers.put(
                        kind,
                        ServerProcess.start(
                                kind,
                                scenario.workload(),
                                scenario.answer(),
                                plan.setup().handlers(),
                                plan.setup().jvmOptions()));
            }
            int window = plan.window(scenario.connections());
            Calling closed = load -> load.callInClosedLoop(window);
            warmUp(servers, Figures.Load.CLOSED, closed);
            List<Figures> all = new ArrayList<>(byTurns(servers, Figures.Load.CLOSED, closed, each));
            double rate = plan.rateShare()
                    * plan.setup().servers().stream()
                            .mapToDouble(kind -> Medians.of(all, kind, Figures.Load.CLOSED, Figures::callsPerSecond))
                            .min()
                            .orElseThrow();
            Calling open = load -> load.callInOpenLoop(rate);
            warmUp(servers, Figures.Load.OPEN, open);
            all.addAll(byTurns(servers, Figures.Load.OPEN, open, each));
            return all;
        } finally {
            servers.values().forEach(ServerProcess::close);
        }
    }

    /** Both servers and the load generator: each kind of load runs other code of theirs. */
    private void warmUp(Map<Servers.Kind, ServerProcess> servers, Figures.Load load, Calling calling)
            throws InterruptedException {
        for (Map.Entry<Servers.Kind, ServerProcess> server : servers.entrySet()) {
            measure(server.getKey(), server.getValue(), load, calling, plan.warmUp());
        }
    }

    private List<Figures> byTurns(
            Map<Servers.Kind, ServerProcess> servers, Figures.Load load, Calling calling, Consumer<Figures> each)
            throws InterruptedException {
        List<Figures> all = new ArrayList<>();
        for (int repetition = 0; repetition < plan.repetitions(); repetition++) {
            for (Servers.Kind kind : plan.setup().servers()) {
                ServerProcess server = servers.get(kind);
                if (server == null) {
                    throw new IllegalStateException(kind + " was not started");
                }
                all.add(undisturbed(kind, server, load, calling, each));
            }
        }
        return all;
    }

    private Figures undisturbed(
            Servers.Kind kind, ServerProcess server, Figures.Load load, Calling calling, Consumer<Figures> each)
            throws InterruptedException {
        long giveUpNanos = System.nanoTime() + plan.setup().patience().toNanos();
        do {
            awaitIdleMachine(giveUpNanos);
            Figures figures = measure(kind, server, load, calling, plan.measure());
            each.accept(figures);
            if (!plan.disturbed(figures)) {
                return figures;
            }
        } while (System.nanoTime() - giveUpNanos < 0);
        throw new IllegalStateException("the machine did other work for "
                + plan.setup().patience() + "; wait until it is idle, or allow more with --others-at-most");
    }

    /** Waits until nothing else has kept the processors busy for a moment, or until it is time to give up. */
    private void awaitIdleMachine(long giveUpNanos) throws InterruptedException {
        double idle = BenchmarkPlan.IDLE_BEFORE.toNanos() / 1e9;
        double busy = Double.MAX_VALUE;
        while (busy > plan.setup().othersAtMost() * idle && System.nanoTime() - giveUpNanos < 0) {
            double before = Machine.busySeconds();
            TimeUnit.NANOSECONDS.sleep(BenchmarkPlan.IDLE_BEFORE.toNanos());
            busy = Machine.busySeconds() - before;
        }
    }

    private Figures measure(
            Servers.Kind kind, ServerProcess server, Figures.Load kindOfLoad, Calling calling, Duration duration)
            throws InterruptedException {
        long callsBefore = server.counters().calls();
        // The load generator is not to collect garbage while it measures.
        System.gc();
        try (LoadGenerator load = LoadGenerator.connect(
                loadThreads, plan.setup().loadThreads(), server.address(), frame, scenario.connections())) {
            calling.begin(load);
            TimeUnit.NANOSECONDS.sleep(plan.settle().toNanos());
            Reading before = new Reading(server, load.beginMeasuring());
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
            Reading after = new Reading(server, load.endMeasuring());
            LoadCounts end = load.drain();
            check(kind, end, server.counters().calls() - callsBefore);
            double serverCpu = after.serverCpu - before.serverCpu;
            double ownCpu = after.ownCpu - before.ownCpu;
            return new Figures(
                    kind,
                    kindOfLoad,
                    after.load.answered() - before.load.answered(),
                    (after.nanos - before.nanos) / 1e9,
                    new Figures.CpuShares(
                            serverCpu, ownCpu, Math.max(0, after.machineCpu - before.machineCpu - serverCpu - ownCpu)),
                    after.loadCollectionMs - before.loadCollectionMs,
                    after.server.minus(before.server),
                    new Figures.Latencies(load.latency(), load.lag()));
        }
    }

    /** Each call has to have been handled once and answered once. */
    private void check(Servers.Kind kind, LoadCounts end, long handled) {
        if (end.errors() > 0 || end.answered() != end.sent() || handled != end.sent()) {
            throw new IllegalStateException("%s, %s: %d calls sent, %d handled, %d answered, %d errors, the first: %s"
                    .formatted(kind, scenario, end.sent(), handled, end.answered(), end.errors(), end.firstError()));
        }
    }

    /** Everything that is read at the beginning and at the end of a measurement, within a millisecond or so. */
    private static final class Reading {
        private final LoadCounts load;
        private final long nanos = System.nanoTime();
        private final double serverCpu;
        private final double ownCpu = seconds(Machine.ownCpu());
        private final double machineCpu = Machine.busySeconds();
        private final long loadCollectionMs = Machine.collectionMs();
        private final ServerCounters server;

        Reading(ServerProcess process, LoadCounts load) {
            this.load = load;
            this.serverCpu = seconds(process.cpu());
            this.server = process.counters();
        }

        private static double seconds(Duration duration) {
            return duration.toNanos() / 1e9;
        }
    }
}
