package dev.heddle.nm.snapshot;

import java.util.Arrays;
import java.util.List;

/**
 * How long containers took from their acceptance to a running process. Immutable.
 *
 * @param counts for each of {@link #BOUNDS_MS} how many took at most that long and longer than the bound before, and at
 *     the end those that took longer than all
 * @param sumMs of all
 */
public record LaunchTimes(List<Long> counts, long sumMs) {
    /** In milliseconds. */
    public static final List<Integer> BOUNDS_MS = List.of(5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 30_000, 120_000);

    static final LaunchTimes NONE = new LaunchTimes(noCounts(), 0);

    private static List<Long> noCounts() {
        Long[] counts = new Long[BOUNDS_MS.size() + 1];
        Arrays.fill(counts, 0L);
        return List.of(counts);
    }

    LaunchTimes with(long tookMs) {
        Long[] more = counts.toArray(new Long[0]);
        int bucket = 0;
        while (bucket < BOUNDS_MS.size() && tookMs > BOUNDS_MS.get(bucket)) {
            bucket++;
        }
        more[bucket]++;
        return new LaunchTimes(List.of(more), sumMs + tookMs);
    }
}
