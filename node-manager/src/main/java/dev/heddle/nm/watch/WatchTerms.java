package dev.heddle.nm.watch;

import dev.heddle.nm.isolation.Allocation;
import java.util.Arrays;
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
    private static final String DEFAULTS = "-default.xml";

    /** Reads the settings. */
    public static WatchTerms read(Configuration configuration) {
        return new WatchTerms(
                WatchSettings.ENABLED.get(configuration) ? WatchSettings.INTERVAL.get(configuration) : 0,
                WatchSettings.PHYSICAL_CHECK.get(configuration),
                WatchSettings.VIRTUAL_CHECK.get(configuration)
                        && isSetByHand(configuration, WatchSettings.VIRTUAL_CHECK.key()),
                WatchSettings.VIRTUAL_RATIO.get(configuration),
                WatchSettings.LOG_CHECK.get(configuration)
                        ? Math.max(1, WatchSettings.LOG_INTERVAL.get(configuration))
                        : 0,
                WatchSettings.LOG_DIRECTORY_LIMIT.get(configuration),
                WatchSettings.LOG_TOTAL_LIMIT.get(configuration));
    }

    /** Whether a key has its value from somewhere else than the defaults that come with Hadoop's classes. */
    private static boolean isSetByHand(Configuration configuration, String key) {
        String[] sources = configuration.getPropertySources(key);
        return sources == null || Arrays.stream(sources).noneMatch(source -> source.endsWith(DEFAULTS));
    }

    long virtualLimitBytes(Allocation allocation) {
        return (long) (allocation.memoryBytes() * virtualRatio);
    }
}
