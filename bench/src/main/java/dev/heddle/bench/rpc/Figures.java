package dev.heddle.bench.rpc;

import org.HdrHistogram.Histogram;

/**
 * One measurement of one server.
 *
 * @param calls answered while measuring
 * @param seconds of wall time
 * @param loadCollectionMs garbage collection of the load generator, which stops the load and all its clocks
 * @param counters of the server, the difference over the measurement
 */
record Figures(
        Servers.Kind server,
        Load load,
        long calls,
        double seconds,
        CpuShares cpu,
        long loadCollectionMs,
        ServerCounters counters,
        Latencies latencies) {
    /** How the load comes. */
    enum Load {
        /** A fixed number of calls under way on each connection. */
        CLOSED,
        /** A fixed rate, however late the answers come. */
        OPEN
    }

    /**
     * Processor time over the measurement, in seconds.
     *
     * @param others of everything else on the machine
     */
    record CpuShares(double server, double loadGenerator, double others) {}

    /**
     * Nanoseconds since a call was due.
     *
     * @param answer until its answer came
     * @param sending until the load generator sent it, which is part of the former
     */
    record Latencies(Histogram answer, Histogram sending) {}

    double callsPerSecond() {
        return calls / seconds;
    }

    double callsPerCpuSecond() {
        return calls / cpu.server();
    }

    double allocatedBytesPerCall() {
        return (double) counters.allocatedBytes() / calls;
    }

    /** Microseconds in which that share of all calls was answered. */
    double answeredMicros(double percentile) {
        return latencies.answer().getValueAtPercentile(percentile) / 1e3;
    }

    /** Microseconds by which the load generator was late at most, for that share of all calls. */
    double lagMicros(double percentile) {
        return latencies.sending().getValueAtPercentile(percentile) / 1e3;
    }
}
