package dev.heddle.nm.localization;

/**
 * What the cache has done since this node started. Immutable.
 *
 * @param hits how often a file was asked for that was here or on its way
 * @param misses how often one had to be fetched
 * @param failures how often one could not be
 * @param fetchedBytes of those that were
 * @param bytes of all copies that are here
 */
public record CacheFigures(long hits, long misses, long failures, long fetchedBytes, long bytes) {
    static final CacheFigures NONE = new CacheFigures(0, 0, 0, 0, 0);

    CacheFigures hit() {
        return new CacheFigures(hits + 1, misses, failures, fetchedBytes, bytes);
    }

    CacheFigures miss() {
        return new CacheFigures(hits, misses + 1, failures, fetchedBytes, bytes);
    }

    CacheFigures failure() {
        return new CacheFigures(hits, misses, failures + 1, fetchedBytes, bytes);
    }

    CacheFigures fetched(long size) {
        return new CacheFigures(hits, misses, failures, fetchedBytes + size, bytes + size);
    }

    CacheFigures holding(long total) {
        return new CacheFigures(hits, misses, failures, fetchedBytes, total);
    }
}
