package dev.heddle.nm.watch;

import dev.heddle.nm.isolation.Allocation;
import org.apache.hadoop.conf.Configuration;

/**
 * How containers are watched. Immutable.
 *
 * @param intervalMs between two looks; 0 where nothing is watched
 * @param logIntervalMs between two looks at the sizes of logs; 0 where they are not
 * @param virtualRatio bytes of address space for each byte of memory
 */
public record WatchTerms(
        long intervalMs,
        boolean physicalCheck,
        boolean virtualCheck,
        double virtualRatio,
        long logIntervalMs,
        long logDirectoryLimitBytes,
        long logTotalLimitBytes) {
    /** Reads the settings. */
    public static WatchTerms read(Configuration configuration) {
        return new WatchTerms(
                WatchSettings.ENABLED.get(configuration) ? WatchSettings.INTERVAL.get(configuration) : 0,
                WatchSettings.PHYSICAL_CHECK.get(configuration),
                WatchSettings.VIRTUAL_CHECK.get(configuration),
                WatchSettings.VIRTUAL_RATIO.get(configuration),
                WatchSettings.LOG_CHECK.get(configuration)
                        ? Math.max(1, WatchSettings.LOG_INTERVAL.get(configuration))
                        : 0,
                WatchSettings.LOG_DIRECTORY_LIMIT.get(configuration),
                WatchSettings.LOG_TOTAL_LIMIT.get(configuration));
    }

    long virtualLimitBytes(Allocation allocation) {
        return (long) (allocation.memoryBytes() * virtualRatio);
    }
}
