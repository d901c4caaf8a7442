package dev.heddle.nm.localization;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Decides which downloads run: applications take turns, each has only so many at a time, and no file system that is slow
 * or hangs takes all workers. Owned by the writer thread. What waits is bounded by the containers that a node knows.
 */
final class DownloadQueue {
    /** Of so many workers one is kept free of any one file system. */
    private static final int SHARE_FOR_OTHERS = 4;

    private final Limits limits;
    private final Executor downloads;
    private final Executor deletions;
    private final Executor writer;
    private final int maxPerStore;

    /** By application; the one whose turn it is comes first. */
    private final Map<String, Deque<Download>> waiting = new LinkedHashMap<>();

    private final Set<Download> running = new LinkedHashSet<>();
    private final Map<String, Integer> runningByApplication = new HashMap<>();
    private final Map<String, Integer> runningByStore = new HashMap<>();

    /**
     * What bounds the downloads.
     *
     * @param perApplication at a time
     * @param total at a time
     * @param stallMs after how long without a byte a download is given up; 0 for never
     */
    record Limits(int perApplication, int total, long stallMs) {}

    /**
     * @param downloads must take as many tasks as run at a time
     * @param deletions where what cancelled downloads leave is removed
     * @param writer the writer thread
     */
    DownloadQueue(Limits limits, Executor downloads, Executor deletions, Executor writer) {
        this.limits = limits;
        this.downloads = downloads;
        this.deletions = deletions;
        this.writer = writer;
        this.maxPerStore = limits.total() - limits.total() / SHARE_FOR_OTHERS;
    }

    /** Begins it as soon as it is its turn. */
    void add(Download download) {
        waiting.computeIfAbsent(download.application, absent -> new ArrayDeque<>())
                .add(download);
        startWaiting();
    }

    /** Ends it, whether it waits or runs. Its outcome hears nothing, and nothing of it stays. */
    void cancel(Download download) {
        Deque<Download> line = waiting.get(download.application);
        if (line != null && line.remove(download)) {
            if (line.isEmpty()) {
                waiting.remove(download.application);
            }
        } else {
            download.cancel();
        }
    }

    /** Gives up what makes no progress. */
    void tick(Instant now) {
        if (limits.stallMs() == 0) {
            return;
        }
        Duration limit = Duration.ofMillis(limits.stallMs());
        for (Download download : List.copyOf(running)) {
            if (!download.isCancelled() && download.isStalled(now, limit)) {
                download.cancel();
                download.fail(new IOException("nothing has come from " + download.store + " for " + limits.stallMs()
                        + " ms, which is the limit in heddle.nodemanager.localizer.stall-timeout-ms"));
            }
        }
    }

    private void startWaiting() {
        while (running.size() < limits.total()) {
            Download next = next();
            if (next == null) {
                return;
            }
            running.add(next);
            runningByApplication.merge(next.application, 1, Integer::sum);
            runningByStore.merge(next.store, 1, Integer::sum);
            downloads.execute(() -> {
                next.run();
                writer.execute(() -> ended(next));
            });
        }
    }

    private @Nullable Download next() {
        for (Iterator<Map.Entry<String, Deque<Download>>> turns =
                        waiting.entrySet().iterator();
                turns.hasNext(); ) {
            Map.Entry<String, Deque<Download>> turn = turns.next();
            String application = turn.getKey();
            Deque<Download> line = turn.getValue();
            if (runningByApplication.getOrDefault(application, 0) < limits.perApplication()
                    && runningByStore.getOrDefault(line.element().store, 0) < maxPerStore) {
                Download next = line.remove();
                turns.remove();
                if (!line.isEmpty()) {
                    waiting.put(application, line);
                }
                return next;
            }
        }
        return null;
    }

    private void ended(Download download) {
        running.remove(download);
        runningByApplication.computeIfPresent(download.application, (same, count) -> count > 1 ? count - 1 : null);
        runningByStore.computeIfPresent(download.store, (same, count) -> count > 1 ? count - 1 : null);
        startWaiting();
        if (download.isCancelled()) {
            // It may have been done by then.
            deletions.execute(download::sweep);
        } else {
            download.tell();
        }
    }
}
