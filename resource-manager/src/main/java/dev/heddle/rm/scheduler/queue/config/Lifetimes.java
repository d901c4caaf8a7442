package dev.heddle.rm.scheduler.queue.config;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long applications may take, in seconds.
 *
 * @param maximum not positive for no limit
 * @param byDefault of those that do not say; not positive for no limit
 * @param isDefaultWritten whether the default was written for the queue or one above it
 */
record Lifetimes(long maximum, long byDefault, boolean isDefaultWritten) {
    /** Beyond it, times could overflow. */
    private static final long LONGEST = TimeUnit.MILLISECONDS.toSeconds(Long.MAX_VALUE) / 1_000;

    private static final long UNSET = -1;

    /** Those of a queue, by YARN's rules: 0 takes a limit away, what is negative or not set is inherited. */
    static Lifetimes read(String path, @Nullable Lifetimes parents, Properties properties) {
        long maximum = seconds(QueueKey.MAXIMUM_LIFETIME.of(path), properties);
        String key = QueueKey.DEFAULT_LIFETIME.of(path);
        long byDefault = seconds(key, properties);
        boolean isWritten = byDefault >= 0 || (parents != null && parents.isDefaultWritten());
        if (parents == null) {
            return new Lifetimes(maximum, byDefault, isWritten);
        }
        if (maximum < 0) {
            maximum = parents.maximum();
        }
        if (byDefault < 0) {
            byDefault = isWritten ? Math.min(parents.byDefault(), maximum) : maximum;
        }
        if (maximum > 0 && byDefault > maximum) {
            properties
                    .findings()
                    .fault(
                            key,
                            "is " + byDefault + ", more than the maximum of " + maximum,
                            "make it smaller, or raise " + QueueKey.MAXIMUM_LIFETIME.of(path));
        }
        return new Lifetimes(maximum, byDefault <= 0 ? maximum : byDefault, isWritten);
    }

    private static long seconds(String key, Properties properties) {
        String text = properties.text(key);
        if (text == null) {
            return UNSET;
        }
        try {
            return Math.max(UNSET, Math.min(LONGEST, Long.parseLong(text)));
        } catch (NumberFormatException e) {
            properties.unreadable(key, text, "whole number of seconds");
            return UNSET;
        }
    }

    long maximumMs() {
        return TimeUnit.SECONDS.toMillis(Math.max(0, maximum));
    }

    long byDefaultMs() {
        return TimeUnit.SECONDS.toMillis(Math.max(0, byDefault));
    }
}
