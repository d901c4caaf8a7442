package dev.heddle.bench.rpc;

import java.time.Duration;
import java.util.List;

/**
 * How a run measures.
 *
 * @param warmUp of each server, before anything is measured
 * @param settle of each measurement, between the first call and the first that counts
 * @param measure how long calls count
 * @param repetitions of each measurement
 * @param callsInFlight in the closed loop over all connections, at least one and at most {@link #MAX_WINDOW} on each
 * @param rateShare of the slower server's rate in the closed loop, which is the rate of the open loop for both
 * @param setup of the processes
 */
record BenchmarkPlan(
        Duration warmUp,
        Duration settle,
        Duration measure,
        int repetitions,
        int callsInFlight,
        double rateShare,
        Setup setup) {
    static final int MAX_WINDOW = 100;

    /** How long nobody else may have been busy before a measurement begins. */
    static final Duration IDLE_BEFORE = Duration.ofSeconds(1);

    /**
     * The processes that take part.
     *
     * @param servers in the order of their turns
     * @param handlers of Hadoop's server
     * @param loadThreads event loops of the load generator
     * @param jvmOptions of each server's process
     * @param othersAtMost processors that the rest of the machine may keep busy during a measurement: one with more is
     *     disturbed, reported as such, left out of the medians and repeated
     * @param patience how long one measurement may wait for the machine to be idle and be repeated
     */
    record Setup(
            List<Servers.Kind> servers,
            int handlers,
            int loadThreads,
            List<String> jvmOptions,
            double othersAtMost,
            Duration patience) {}

    /** Whether something else than the server may have made a measurement what it is. */
    boolean disturbed(Figures figures) {
        return figures.cpu().others() / figures.seconds() > setup.othersAtMost() || figures.loadCollectionMs() > 0;
    }

    /** Calls that the closed loop keeps under way on each connection. */
    int window(int connections) {
        return Math.max(1, Math.min(MAX_WINDOW, callsInFlight / connections));
    }
}
