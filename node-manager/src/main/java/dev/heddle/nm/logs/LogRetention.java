package dev.heddle.nm.logs;

import dev.heddle.nm.directories.Deletion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the local logs of applications when their time has come. Every method is called by the writer thread, except
 * {@link #leftBehind}.
 */
final class LogRetention {
    private static final Logger log = LoggerFactory.getLogger(LogRetention.class);

    /** Applications whose logs wait to be deleted. Beyond it the one that is due first goes at once. */
    static final int MAX_WAITING = 100_000;

    /** How many of them are begun to be deleted in one tick. */
    private static final int DELETIONS_PER_TICK = 10;

    /** An application's directory, its containers' directories, and the files in these. */
    private static final int DEPTH = 3;

    private final ContainerLogFiles files;
    private final Executor workers;
    private final Predicate<ApplicationId> inUse;
    private final Map<ApplicationId, Instant> due = new LinkedHashMap<>();
    private Instant next = Instant.MAX;

    /** @param inUse whether an application has containers here, which may write to its logs */
    LogRetention(ContainerLogFiles files, Executor workers, Predicate<ApplicationId> inUse) {
        this.files = files;
        this.workers = workers;
        this.inUse = inUse;
    }

    /** Has an application's logs deleted at a time; a later word goes over an earlier one. */
    void deleteAt(ApplicationId application, Instant at) {
        due.put(application, at);
        if (at.isBefore(next)) {
            next = at;
        }
        if (due.size() > MAX_WAITING) {
            due.entrySet().stream().min(Map.Entry.comparingByValue()).ifPresent(first -> {
                due.remove(first.getKey());
                delete(first.getKey());
            });
        }
    }

    /** Keeps an application's logs after all. */
    void keep(ApplicationId application) {
        due.remove(application);
    }

    boolean isWaiting(ApplicationId application) {
        return due.containsKey(application);
    }

    /** Deletes what is due. */
    void tick(Instant now) {
        if (now.isBefore(next)) {
            return;
        }
        next = Instant.MAX;
        int left = DELETIONS_PER_TICK;
        var waiting = due.entrySet().iterator();
        while (waiting.hasNext()) {
            Map.Entry<ApplicationId, Instant> each = waiting.next();
            if (left > 0 && !now.isBefore(each.getValue())) {
                left--;
                waiting.remove();
                delete(each.getKey());
            } else if (each.getValue().isBefore(next)) {
                next = each.getValue();
            }
        }
    }

    private void delete(ApplicationId application) {
        if (inUse.test(application)) {
            return;
        }
        List<Path> directories = files.applicationDirectories(application);
        try {
            workers.execute(() -> directories.forEach(Deletion::delete));
        } catch (RejectedExecutionException e) {
            log.warn("the local logs of {} are left: the node manager is too busy or stopping", application);
        }
    }

    /**
     * The applications that have logs in directories, with the time of their last change. On a worker.
     *
     * @param roots the log directories
     */
    static Map<ApplicationId, Instant> leftBehind(List<Path> roots) {
        Map<ApplicationId, Instant> found = new HashMap<>();
        for (Path root : roots) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, "application_*")) {
                for (Path entry : entries) {
                    ApplicationId application = application(String.valueOf(entry.getFileName()));
                    if (application != null && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                        found.merge(application, lastChange(entry), (a, b) -> a.isAfter(b) ? a : b);
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                log.warn("cannot look for earlier logs in {}: {}", root, e.toString());
            }
        }
        return found;
    }

    private static @Nullable ApplicationId application(String name) {
        try {
            ApplicationId application = ApplicationId.fromString(name);
            return application.toString().equals(name) ? application : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static Instant lastChange(Path directory) throws IOException {
        Instant last = Instant.EPOCH;
        try (Stream<Path> below = Files.walk(directory, DEPTH)) {
            for (Path path : (Iterable<Path>) below::iterator) {
                Instant changed = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                        .toInstant();
                if (changed.isAfter(last)) {
                    last = changed;
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return last;
    }
}
