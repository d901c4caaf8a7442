package dev.heddle.nm.container;

import org.jspecify.annotations.Nullable;

/**
 * How far a container's file is. Immutable.
 *
 * @param link its name in the container's directory
 * @param why it cannot be had, where that is so
 */
public record FileState(String link, Progress progress, @Nullable String why) {
    public enum Progress {
        PENDING,
        ARRIVED,
        FAILED
    }
}
