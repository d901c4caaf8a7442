package dev.heddle.common.rpc.metrics;

import dev.heddle.common.rpc.metrics.LatencyHistogram.Latencies;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a server had done at a moment.
 *
 * @param callsInFlight calls that are at work
 * @param busyAnswers calls that were refused because too many were at work
 * @param bufferedBytes requests that have come in part and answers that wait to be read
 * @param unanswerable calls that named no method which is served, or came from whoever may not call it, by the simple name
 *     of the exception's class
 * @param defects failures that no peer should be able to cause: of an endpoint, or of the server itself
 */
public record ServerStatistics(
        Connections connections,
        int callsInFlight,
        long busyAnswers,
        long bufferedBytes,
        Map<String, Long> unanswerable,
        long defects,
        List<MethodStatistics> methods) {
    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * Connections.
     *
     * @param open now
     * @param accepted so far
     * @param refused so far: too many, wrong words, no proof of who they are
     */
    public record Connections(int open, long accepted, long refused) {}

    /**
     * The figures by name, the same for every daemon; durations in seconds. Those of a method are named
     * {@code METHOD.figure}, and appear once it was called; those of an exception, once it was the answer.
     */
    public Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("connections.open", (double) connections.open());
        figures.put("connections.accepted", (double) connections.accepted());
        figures.put("connections.refused", (double) connections.refused());
        figures.put("calls.in_flight", (double) callsInFlight);
        figures.put("calls.busy", (double) busyAnswers);
        figures.put("buffered.bytes", (double) bufferedBytes);
        figures.put("defects", (double) defects);
        put(figures, "calls.unanswerable.", unanswerable);
        for (MethodStatistics method : methods) {
            MethodStatistics.Counts counts = method.counts();
            if (counts.calls() > 0) {
                String name = method.method();
                figures.put(name + ".calls", (double) counts.calls());
                figures.put(name + ".errors", (double) counts.errors());
                put(figures, name + ".errors.", method.errors());
                figures.put(name + ".bytes_in", (double) counts.bytesIn());
                figures.put(name + ".bytes_out", (double) counts.bytesOut());
                put(figures, name + ".queued", method.queued());
                put(figures, name + ".processed", method.processed());
            }
        }
        return figures;
    }

    private static void put(Map<String, Double> figures, String prefix, Map<String, Long> counts) {
        counts.forEach((kind, count) -> figures.put(prefix + kind, (double) count));
    }

    private static void put(Map<String, Double> figures, String name, Latencies latencies) {
        figures.put(name + ".p50", latencies.quantile(0.5) / NANOS_PER_SECOND);
        figures.put(name + ".p99", latencies.quantile(0.99) / NANOS_PER_SECOND);
        figures.put(name + ".p999", latencies.quantile(0.999) / NANOS_PER_SECOND);
    }
}
