package dev.heddle.common.rpc.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;

/** What one method of a protocol has done. Each I/O thread counts in a share of its own, without a lock. */
public final class MethodMetrics {
    private final String protocol;
    private final String method;
    private final List<Share> shares;
    private final ErrorCounts errors = new ErrorCounts();

    /**
     * @param protocol as the wire names it
     * @param threads how many I/O threads there are
     */
    public MethodMetrics(String protocol, String method, int threads) {
        this.protocol = protocol;
        this.method = method;
        Share[] all = new Share[threads];
        Arrays.setAll(all, index -> new Share());
        this.shares = List.of(all);
    }

    /** Where this thread counts. */
    public Share share(int thread) {
        return shares.get(thread);
    }

    /** Counts the exception of a call that {@link Share#answered} counts as failed. */
    public void failed(Throwable error) {
        errors.count(error);
    }

    /** The sum over all threads. */
    public MethodStatistics statistics() {
        long calls = 0;
        long failed = 0;
        long bytesIn = 0;
        long bytesOut = 0;
        for (Share share : shares) {
            calls += (long) Share.CALLS.getOpaque(share);
            failed += (long) Share.ERRORS.getOpaque(share);
            bytesIn += (long) Share.BYTES_IN.getOpaque(share);
            bytesOut += (long) Share.BYTES_OUT.getOpaque(share);
        }
        return new MethodStatistics(
                protocol,
                method,
                new MethodStatistics.Counts(calls, failed, bytesIn, bytesOut),
                errors.byKind(),
                LatencyHistogram.sum(shares.stream().map(share -> share.queued).toList()),
                LatencyHistogram.sum(
                        shares.stream().map(share -> share.processed).toList()));
    }

    /** The counts of one thread. */
    public static final class Share {
        private static final VarHandle CALLS = handle("calls");
        private static final VarHandle ERRORS = handle("errors");
        private static final VarHandle BYTES_IN = handle("bytesIn");
        private static final VarHandle BYTES_OUT = handle("bytesOut");

        private final LatencyHistogram queued = new LatencyHistogram();
        private final LatencyHistogram processed = new LatencyHistogram();

        @SuppressWarnings("unused") // Read and written by the handles.
        private long calls;

        @SuppressWarnings("unused")
        private long errors;

        @SuppressWarnings("unused")
        private long bytesIn;

        @SuppressWarnings("unused")
        private long bytesOut;

        private static VarHandle handle(String field) {
            try {
                return MethodHandles.lookup().findVarHandle(Share.class, field, long.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        /**
         * Counts a call that is answered.
         *
         * @param queuedNanos from the arrival of its bytes to the beginning of its handler
         * @param processedNanos from there to the answer
         */
        public void answered(long queuedNanos, long processedNanos, boolean failed) {
            add(CALLS, 1);
            if (failed) {
                add(ERRORS, 1);
            }
            queued.record(queuedNanos);
            processed.record(processedNanos);
        }

        /** Counts the bytes of a request and of its answer, with their frames' lengths. */
        public void moved(int in, int out) {
            add(BYTES_IN, in);
            add(BYTES_OUT, out);
        }

        private void add(VarHandle count, long more) {
            count.setOpaque(this, (long) count.getOpaque(this) + more);
        }
    }
}
