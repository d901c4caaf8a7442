package dev.heddle.nm.localization;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Spreads the copies of a cache over folders, so that none holds too many, as YARN does: first the cache's own folder,
 * then those below it that are called {@code 0} to {@code z}, then {@code 0/0} and so on. Owned by the writer thread.
 */
final class CacheFolders {
    /** Folders below each folder; they count as its files. */
    static final int FANOUT = 36;

    private final int copiesPerFolder;
    private final Map<Path, Integer> copies = new HashMap<>();

    /** @param maxFiles what one folder may hold, more than {@link #FANOUT} */
    CacheFolders(int maxFiles) {
        this.copiesPerFolder = maxFiles - FANOUT;
    }

    /** The folder for one more copy, which counts from now on. */
    Path add(Path cache) {
        int number = 0;
        Path folder = cache;
        while (copies.getOrDefault(folder, 0) >= copiesPerFolder) {
            number++;
            folder = folder(cache, number);
        }
        count(folder);
        return folder;
    }

    /** Counts a copy that is there already. */
    void count(Path folder) {
        copies.merge(folder, 1, Integer::sum);
    }

    /** A copy of that folder has gone. */
    void remove(Path folder) {
        copies.computeIfPresent(folder, (same, count) -> count > 1 ? count - 1 : null);
    }

    private static Path folder(Path cache, int number) {
        StringBuilder name = new StringBuilder();
        for (int left = number; left > 0; left = (left - 1) / FANOUT) {
            name.insert(0, Character.forDigit((left - 1) % FANOUT, FANOUT)).insert(1, '/');
        }
        return cache.resolve(name.substring(0, name.length() - 1));
    }
}
