package dev.heddle.nm.wire;

import java.time.Instant;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Something about the node that a resource manager is told when it registers, when it has changed, and now and then, as
 * YARN does. Belongs to the thread that talks to the resource manager.
 */
final class RepeatedNews<T> {
    private final BiPredicate<Set<T>, Set<T>> same;
    private final long intervalMs;
    private @Nullable Set<T> told;
    private Instant next = Instant.MIN;

    /** @param same whether two values tell the resource manager the same */
    RepeatedNews(BiPredicate<Set<T>, Set<T>> same, long intervalMs) {
        this.same = same;
        this.intervalMs = intervalMs;
    }

    /** What is to be told now, or null for nothing. */
    @Nullable
    Set<T> due(@Nullable Set<T> current, Instant now) {
        if (current == null || (told != null && same.test(told, current) && now.isBefore(next))) {
            return null;
        }
        told = current;
        next = now.plusMillis(intervalMs);
        return current;
    }

    /** What was told may not have arrived, or another one wants to hear it. */
    void again() {
        told = null;
    }
}
