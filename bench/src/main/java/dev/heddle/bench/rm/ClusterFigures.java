package dev.heddle.bench.rm;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * One measurement of one resource manager.
 *
 * @param units heartbeats answered, or containers granted
 * @param seconds of wall time
 * @param allocatedBytes on the resource manager's heap
 * @param latency from when a container was due to be asked for until it was granted, in nanoseconds; empty for heartbeats
 */
record ClusterFigures(
        Kind kind, Load load, long units, double seconds, CpuShares cpu, long allocatedBytes, Histogram latency) {
    /**
     * What is asked of it.
     *
     * @param again milliseconds after which a master that still waits calls again; 0 where only nodes call
     */
    record Load(Shape shape, int again) {
        /** Whether a unit is a heartbeat, and not a container. */
        boolean isOfHeartbeats() {
            return shape == Shape.HEARTBEATS || shape == Shape.PACED_HEARTBEATS;
        }

        @Override
        public String toString() {
            return switch (shape) {
                case HEARTBEATS -> "idle heartbeats";
                case PACED_HEARTBEATS -> "idle heartbeats, 1 s apart";
                case THROUGHPUT -> "grants, again after " + again + " ms";
                case LATENCY -> "half load, again after " + again + " ms";
            };
        }
    }

    /** How the load comes. */
    enum Shape {
        /** Nodes without containers call as fast as they are answered. */
        HEARTBEATS,
        /** Nodes without containers call once a second each, as nodes do. */
        PACED_HEARTBEATS,
        /** Each master asks for its next burst when it has the last. */
        THROUGHPUT,
        /** Bursts come at a fixed rate. */
        LATENCY
    }

    /** Processor seconds during the measurement. */
    record CpuShares(double resourceManager, double load, double others) {}

    double perSecond() {
        return units / seconds;
    }

    double perCpuSecond() {
        return units / cpu.resourceManager();
    }

    double cpuMicros() {
        return cpu.resourceManager() * 1e6 / units;
    }

    double bytesPerUnit() {
        return (double) allocatedBytes / units;
    }

    double latencyMs(double percentile) {
        return latency.getValueAtPercentile(percentile) / 1e6;
    }

    /** The median over the measurements of one resource manager under one load; NaN without any. */
    static double median(List<ClusterFigures> all, Kind kind, Load load, ToDoubleFunction<ClusterFigures> figure) {
        double[] sorted = all.stream()
                .filter(figures -> figures.kind() == kind && figures.load().equals(load))
                .mapToDouble(figure)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
