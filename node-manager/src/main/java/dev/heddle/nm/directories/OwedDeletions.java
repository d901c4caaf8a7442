package dev.heddle.nm.directories;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What should have been deleted from a disk that did not work at the time. Safe for all threads. */
final class OwedDeletions {
    private static final Logger log = LoggerFactory.getLogger(OwedDeletions.class);

    /** Beyond it something is left on the disk until a node manager without anything to recover clears it. */
    private static final int LIMIT = 100_000;

    private final Set<Path> owed = new LinkedHashSet<>();

    synchronized void add(Path path) {
        if (owed.size() < LIMIT) {
            owed.add(path);
        } else {
            log.warn("{} stays on its disk: more than {} deletions wait for failed disks to come back", path, LIMIT);
        }
    }

    /** Takes what is owed on one disk. */
    synchronized List<Path> take(Path root) {
        List<Path> taken = new ArrayList<>();
        for (Iterator<Path> each = owed.iterator(); each.hasNext(); ) {
            Path path = each.next();
            if (path.startsWith(root)) {
                each.remove();
                taken.add(path);
            }
        }
        return taken;
    }
}
