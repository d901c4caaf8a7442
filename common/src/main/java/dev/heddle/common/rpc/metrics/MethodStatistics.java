package dev.heddle.common.rpc.metrics;

import dev.heddle.common.rpc.metrics.LatencyHistogram.Latencies;
import java.util.Map;

/**
 * What one method of a protocol had done at a moment.
 *
 * @param errors the calls that were answered with an exception, by its class's simple name
 * @param queued from the arrival of a call's bytes to the beginning of its handler
 * @param processed from there to its answer
 */
public record MethodStatistics(
        String protocol,
        String method,
        Counts counts,
        Map<String, Long> errors,
        Latencies queued,
        Latencies processed) {
    /**
     * Plain sums.
     *
     * @param errors calls that were answered with an exception; among the calls
     * @param bytesIn of requests, with the lengths of their frames
     * @param bytesOut of answers, with the lengths of their frames
     */
    public record Counts(long calls, long errors, long bytesIn, long bytesOut) {}
}
