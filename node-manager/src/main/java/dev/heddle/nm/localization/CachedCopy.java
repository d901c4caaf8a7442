package dev.heddle.nm.localization;

import java.nio.file.Path;

/**
 * A copy that is here, as it is told from one node manager to the next.
 *
 * @param directory its own
 * @param path the file in it, or the directory that an archive was unpacked into
 */
public record CachedCopy(CacheKey key, Path directory, Path path, long sizeBytes) {
    /** The number that its directory is named by. */
    long number() {
        try {
            return Long.parseLong(String.valueOf(directory.getFileName()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
