package dev.heddle.bench.rm;

import java.time.Duration;
import java.util.List;

/**
 * How a run measures.
 *
 * @param size of the simulated cluster
 * @param times of each measurement
 * @param heartbeatsInFlight over all nodes, where nodes send as fast as they are answered
 * @param rateShare of the slower one's rate of containers, at which the latency of both is measured
 * @param jvmOptions of each resource manager's process
 * @param othersAtMost processors that the rest of the machine may keep busy during a measurement; one with more is reported
 *     as disturbed, left out of the medians and repeated
 */
record ClusterPlan(
        Size size,
        Times times,
        List<Kind> kinds,
        int heartbeatsInFlight,
        double rateShare,
        List<String> jvmOptions,
        double othersAtMost) {
    /** Disturbed measurements before one is given up, for each that is wanted. */
    static final int ATTEMPTS = 4;

    /**
     * The cluster.
     *
     * @param masters that ask at the same time
     * @param burst containers that a master asks for at one go
     */
    record Size(int nodes, int masters, int burst) {}

    /** How long and how often. */
    record Times(Duration warmUp, Duration settle, Duration measure, int repetitions) {}

    boolean disturbed(ClusterFigures figures) {
        return figures.cpu().others() / figures.seconds() > othersAtMost;
    }
}
