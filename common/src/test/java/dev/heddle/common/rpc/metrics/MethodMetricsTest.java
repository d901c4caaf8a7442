package dev.heddle.common.rpc.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.metrics.LatencyHistogram.Latencies;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Counts that several threads keep, and durations in buckets. */
class MethodMetricsTest {
    private static final long LONGEST = (1L << 40) - 1;

    @Test
    void shouldPutEachDurationBelowTheBoundOfItsBucketAndNotBelowThatOfTheOneBefore() {
        List<Long> durations = new ArrayList<>();
        for (int exponent = 0; exponent < 40; exponent++) {
            for (long near = -2; near <= 2; near++) {
                for (int sub = 4; sub < 8; sub++) {
                    durations.add((((1L << exponent) * sub) >> 2) + near);
                }
            }
        }
        for (long duration : durations) {
            if (duration >= 0) {
                int bucket = LatencyHistogram.bucket(duration);
                assertThat(duration).isLessThan(LatencyHistogram.upperBound(bucket));
                if (bucket > 0) {
                    assertThat(duration).isGreaterThanOrEqualTo(LatencyHistogram.upperBound(bucket - 1));
                }
            }
        }
    }

    @Test
    void shouldCountWhatIsTooShortOrTooLongInTheOutermostBuckets() {
        assertThat(LatencyHistogram.bucket(-1)).isZero();
        assertThat(LatencyHistogram.bucket(Long.MIN_VALUE)).isZero();
        int last = LatencyHistogram.bucket(LONGEST);
        assertThat(LatencyHistogram.bucket(LONGEST + 1)).isEqualTo(last);
        assertThat(LatencyHistogram.bucket(Long.MAX_VALUE)).isEqualTo(last);
        assertThat(LatencyHistogram.upperBound(last)).isEqualTo(LONGEST + 1);
    }

    @Test
    void shouldGiveQuantilesAtMostAQuarterAboveTheTrueOnes() {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 50; round++) {
            LatencyHistogram histogram = new LatencyHistogram();
            long[] durations = new long[1 + random.nextInt(2_000)];
            for (int i = 0; i < durations.length; i++) {
                durations[i] = 4 + (random.nextLong(LONGEST) >>> random.nextInt(36));
                histogram.record(durations[i]);
            }
            Arrays.sort(durations);
            Latencies latencies = LatencyHistogram.sum(List.of(histogram));
            assertThat(latencies.count()).isEqualTo(durations.length);
            for (double share : new double[] {0, 0.1, 0.5, 0.9, 0.99, 0.999, 1}) {
                long exact = durations[(int) Math.max(0, Math.ceil(share * durations.length) - 1)];
                assertThat(latencies.quantile(share))
                        .as("%s of %s", share, durations.length)
                        .isGreaterThan(exact)
                        .isLessThanOrEqualTo(exact + exact / 4 + 1);
            }
        }
    }

    @Test
    void shouldKnowNoQuantileOfNothing() {
        Latencies none = LatencyHistogram.sum(List.of(new LatencyHistogram()));
        assertThat(none.count()).isZero();
        assertThat(none.quantile(0.5)).isZero();
    }

    @Test
    void shouldSumWhatThreadsCountEachInItsShare() throws InterruptedException {
        int threads = 4;
        int calls = 50_000;
        MethodMetrics metrics = new MethodMetrics("protocol", "method", threads);
        CountDownLatch ready = new CountDownLatch(threads);
        List<Thread> counting = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            MethodMetrics.Share share = metrics.share(thread);
            Thread each = new Thread(() -> {
                ready.countDown();
                for (int call = 0; call < calls; call++) {
                    share.answered(call, 1_000, call % 5 == 0);
                    share.moved(3, 4);
                }
            });
            each.start();
            counting.add(each);
        }
        ready.await();
        long seen = 0;
        while (counting.stream().anyMatch(Thread::isAlive)) {
            long now = metrics.statistics().counts().calls();
            assertThat(now).isGreaterThanOrEqualTo(seen);
            seen = now;
        }
        for (Thread each : counting) {
            each.join();
        }
        MethodStatistics statistics = metrics.statistics();
        long all = (long) threads * calls;
        assertThat(statistics.counts()).isEqualTo(new MethodStatistics.Counts(all, all / 5, 3 * all, 4 * all));
        assertThat(statistics.queued().count()).isEqualTo(all);
        assertThat(statistics.processed().quantile(0.5)).isBetween(1_001L, 1_250L);
    }
}
