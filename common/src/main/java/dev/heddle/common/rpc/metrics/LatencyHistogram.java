package dev.heddle.common.rpc.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts durations in buckets whose bounds grow by an eighth to a quarter each (four buckets for every power of two of
 * nanoseconds). One thread records; all may read, and see each count sooner or later.
 */
public final class LatencyHistogram {
    private static final int SUB_BITS = 2;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;

    /** Up to 2^40 ns, 18 minutes; whatever is longer counts in the last bucket. */
    private static final int MAX_EXPONENT = 40;

    private static final int BUCKETS = (MAX_EXPONENT - SUB_BITS + 1) * SUB_BUCKETS;
    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] counts = new long[BUCKETS];

    /** Counts a duration in nanoseconds; a negative one, as clocks may give, counts as zero. */
    void record(long nanos) {
        int bucket = bucket(nanos);
        COUNTS.setOpaque(counts, bucket, (long) COUNTS.getOpaque(counts, bucket) + 1);
    }

    static int bucket(long nanos) {
        if (nanos < SUB_BUCKETS) {
            return (int) Math.max(0, nanos);
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        if (exponent >= MAX_EXPONENT) {
            return BUCKETS - 1;
        }
        int sub = (int) (nanos >>> (exponent - SUB_BITS)) & (SUB_BUCKETS - 1);
        return (exponent - SUB_BITS + 1) * SUB_BUCKETS + sub;
    }

    /** The first duration that no longer counts in this bucket, in nanoseconds. */
    static long upperBound(int bucket) {
        if (bucket < SUB_BUCKETS) {
            return bucket + 1L;
        }
        int exponent = bucket / SUB_BUCKETS + SUB_BITS - 1;
        long sub = bucket % SUB_BUCKETS;
        return (SUB_BUCKETS + sub + 1) << (exponent - SUB_BITS);
    }

    /** Adds the counts of several histograms. */
    static Latencies sum(Iterable<LatencyHistogram> histograms) {
        long[] sum = new long[BUCKETS];
        for (LatencyHistogram histogram : histograms) {
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                sum[bucket] += (long) COUNTS.getOpaque(histogram.counts, bucket);
            }
        }
        return new Latencies(sum);
    }

    /** Counts that no longer change. */
    public static final class Latencies {
        private final long[] counts;
        private final long total;

        private Latencies(long[] counts) {
            this.counts = counts;
            long sum = 0;
            for (long count : counts) {
                sum += count;
            }
            this.total = sum;
        }

        public long count() {
            return total;
        }

        /**
         * A duration in nanoseconds that this share of all does not exceed, at most a quarter above the true one; 0 where
         * nothing was counted.
         *
         * @param share from 0 to 1
         */
        public long quantile(double share) {
            long rank = (long) Math.ceil(share * total);
            long seen = 0;
            for (int bucket = 0; bucket < counts.length; bucket++) {
                seen += counts[bucket];
                if (seen >= rank && counts[bucket] > 0) {
                    return upperBound(bucket);
                }
            }
            return 0;
        }
    }
}
