package dev.heddle.nm.directories;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What a check has found to be different from the one before. Immutable.
 *
 * @param lost local directories whose contents cannot be relied upon any more: they have failed or were replaced
 * @param full local directories that have become full
 * @param conditions whether the condition of any directory, log directories included, is another
 * @param trash what is to be deleted now, on disks that work again
 */
public record DiskChange(Set<Path> lost, Set<Path> full, boolean conditions, List<Path> trash) {
    public DiskChange {
        lost = Set.copyOf(lost);
        full = Set.copyOf(full);
        trash = List.copyOf(trash);
    }
}
