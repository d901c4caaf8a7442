package dev.heddle.bench.rm;

import dev.heddle.bench.Gauge;
import dev.heddle.bench.rm.ClusterFigures.Load;
import dev.heddle.bench.rm.ClusterFigures.Shape;
import dev.heddle.bench.rpc.Machine;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** Both resource managers with a cluster of the same size each; they take turns under the same load. */
final class ClusterContest implements AutoCloseable {
    private final ClusterPlan plan;
    private final Map<Kind, Contender> contenders = new EnumMap<>(Kind.class);

    /** One of the two. */
    private record Contender(Kind kind, ClusterProcess process, SimulatedCluster cluster) {}

    /** A load on a cluster, until it is told to rest. */
    @FunctionalInterface
    private interface Calling {
        void begin(SimulatedCluster cluster);
    }

    private ClusterContest(ClusterPlan plan) {
        this.plan = plan;
    }

    /** Starts the processes, and has every node and master join its own. */
    static ClusterContest begin(ClusterPlan plan, Path directory, RpcThreads threads) throws InterruptedException {
        ClusterContest contest = new ClusterContest(plan);
        try {
            for (Kind kind : plan.kinds()) {
                contest.start(kind, directory.resolve(kind.toString()), threads);
            }
            return contest;
        } catch (RuntimeException e) {
            contest.close();
            throw e;
        }
    }

    private void start(Kind kind, Path directory, RpcThreads threads) throws InterruptedException {
        ClusterProcess process = ClusterProcess.start(kind, directory, plan.jvmOptions());
        try {
            contenders.put(
                    kind, new Contender(kind, process, SimulatedCluster.join(threads, process.ports(), plan.size())));
        } catch (RuntimeException e) {
            process.close();
            throw e;
        }
    }

    /**
     * Measures heartbeats of nodes that have nothing to say: as many as there may be, and one a second from each.
     *
     * @param each is given every measurement as soon as it is done, also a disturbed one
     * @return all that were not disturbed
     */
    List<ClusterFigures> heartbeats(Consumer<ClusterFigures> each) throws InterruptedException {
        List<ClusterFigures> all = new ArrayList<>(
                byTurns(new Load(Shape.HEARTBEATS, 0), cluster -> cluster.rush(plan.heartbeatsInFlight()), each));
        all.addAll(byTurns(new Load(Shape.PACED_HEARTBEATS, 0), SimulatedCluster::live, each));
        return all;
    }

    /** Measures how many containers masters get that call again after an interval, and then what half of that takes. */
    List<ClusterFigures> grants(int againMs, Consumer<ClusterFigures> each) throws InterruptedException {
        Duration again = Duration.ofMillis(againMs);
        Load throughput = new Load(Shape.THROUGHPUT, againMs);
        List<ClusterFigures> all = new ArrayList<>(byTurns(
                throughput,
                cluster -> {
                    cluster.live();
                    cluster.askGreedily(again);
                },
                each));
        double rate = plan.rateShare()
                * plan.kinds().stream()
                        .mapToDouble(kind -> ClusterFigures.median(all, kind, throughput, ClusterFigures::perSecond))
                        .min()
                        .orElseThrow();
        all.addAll(byTurns(
                new Load(Shape.LATENCY, againMs),
                cluster -> {
                    cluster.live();
                    cluster.askAtRate(rate, again);
                },
                each));
        return all;
    }

    private List<ClusterFigures> byTurns(Load load, Calling calling, Consumer<ClusterFigures> each)
            throws InterruptedException {
        for (Contender contender : contenders.values()) {
            measure(contender, load, calling, plan.times().warmUp());
        }
        List<ClusterFigures> all = new ArrayList<>();
        for (int repetition = 0; repetition < plan.times().repetitions(); repetition++) {
            for (Contender contender : contenders.values()) {
                all.add(undisturbed(contender, load, calling, each));
            }
        }
        return all;
    }

    private ClusterFigures undisturbed(Contender contender, Load load, Calling calling, Consumer<ClusterFigures> each)
            throws InterruptedException {
        for (int attempt = 0; attempt < ClusterPlan.ATTEMPTS; attempt++) {
            ClusterFigures figures =
                    measure(contender, load, calling, plan.times().measure());
            each.accept(figures);
            if (!plan.disturbed(figures)) {
                return figures;
            }
        }
        throw new IllegalStateException("the machine did other work in " + ClusterPlan.ATTEMPTS
                + " measurements on end; wait until it is idle, or allow more with --others-at-most");
    }

    private ClusterFigures measure(Contender contender, Load load, Calling calling, Duration duration)
            throws InterruptedException {
        SimulatedCluster cluster = contender.cluster();
        ToLongFunction<SimulatedCluster> units =
                load.isOfHeartbeats() ? SimulatedCluster::heartbeats : SimulatedCluster::grants;
        calling.begin(cluster);
        try {
            TimeUnit.NANOSECONDS.sleep(plan.times().settle().toNanos());
            cluster.beginMeasuring();
            Reading before = new Reading(contender.process(), units.applyAsLong(cluster));
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
            Reading after = new Reading(contender.process(), units.applyAsLong(cluster));
            cluster.check();
            if (after.units == before.units) {
                throw new IllegalStateException(
                        contender.kind() + ", " + load + ": nothing was answered in " + duration);
            }
            double ofProcess = after.processCpu - before.processCpu;
            double own = after.ownCpu - before.ownCpu;
            return new ClusterFigures(
                    contender.kind(),
                    load,
                    after.units - before.units,
                    (after.nanos - before.nanos) / 1e9,
                    new ClusterFigures.CpuShares(
                            ofProcess, own, Math.max(0, after.machineCpu - before.machineCpu - ofProcess - own)),
                    after.gauge.allocatedBytes() - before.gauge.allocatedBytes(),
                    cluster.latency());
        } finally {
            cluster.rest();
            TimeUnit.NANOSECONDS.sleep(plan.times().settle().toNanos());
        }
    }

    @Override
    public void close() {
        contenders.values().forEach(contender -> {
            contender.cluster().close();
            contender.process().close();
        });
    }

    /** Everything that is read at the beginning and at the end of a measurement, within a few milliseconds. */
    private static final class Reading {
        private final long units;
        private final long nanos = System.nanoTime();
        private final double processCpu;
        private final double ownCpu = seconds(Machine.ownCpu());
        private final double machineCpu = Machine.busySeconds();
        private final Gauge gauge;

        Reading(ClusterProcess process, long units) {
            this.units = units;
            this.processCpu = seconds(process.cpu());
            this.gauge = process.gauge();
        }

        private static double seconds(Duration duration) {
            return duration.toNanos() / 1e9;
        }
    }
}
