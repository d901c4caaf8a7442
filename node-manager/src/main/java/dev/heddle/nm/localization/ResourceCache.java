package dev.heddle.nm.localization;

import dev.heddle.nm.directories.Deletion;
import dev.heddle.nm.directories.NodeDirectories;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copies of files on this node: each is fetched once, however many containers ask for it, and kept while one of them
 * holds it. Copies that nobody holds are kept up to a size for those who ask later.
 *
 * <p>Owned by the writer thread: every method is called by it, and it calls every receiver. The
 * copying itself is done by workers, at most {@code maxDownloads} at a time.
 */
public final class ResourceCache {
    private static final Logger log = LoggerFactory.getLogger(ResourceCache.class);

    /** YARN's names begin here; tools that look into the folders expect numbers. */
    private static final long FIRST_NUMBER = 10;

    /** From a copy up to its application's directory: the folder of copies, and that directory. */
    private static final int APPLICATION_DEPTH = 2;

    private final NodeDirectories directories;
    private final Downloader downloader;
    private final Executor downloads;
    private final Executor deletions;
    private final Executor writer;
    private final Journal journal;
    private final int maxDownloads;
    private final long targetSizeBytes;

    private final Map<CacheKey, Entry> entries = new HashMap<>();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int running;
    private long lastNumber = FIRST_NUMBER - 1;
    private long useCount;
    private volatile CacheFigures figures = CacheFigures.NONE;

    /** One copy, or one that is under way. */
    private static final class Entry {
        final List<Receiver> waiting = new ArrayList<>();

        @Nullable
        Path path;

        final Set<ContainerId> holders = new HashSet<>();
        final Path directory;
        long sizeBytes;
        long lastUse;
        boolean abandoned;

        Entry(Path directory) {
            this.directory = directory;
        }
    }

    /** Hears which copies there are, for the next node manager. Called by the writer thread, and must not block it. */
    public interface Journal {
        /** Of a node whose copies do not outlive its node manager. */
        Journal NONE = new Journal() {
            @Override
            public void kept(CachedCopy copy) {}

            @Override
            public void dropped(Path directory) {}
        };

        void kept(CachedCopy copy);

        /** The copy in that directory is not to be used any more. */
        void dropped(Path directory);
    }

    /** Who has asked for a copy. Called by the writer thread, once. */
    public interface Receiver {
        /** The copy is there. */
        void arrived(Path path);

        /** There is no copy, and why. */
        void failed(Exception why);
    }

    /** What bounds the cache. */
    public record Limits(int maxDownloads, long targetSizeBytes) {}

    /** Where copying and deleting are done, and the writer thread. */
    public record Threads(Executor downloads, Executor deletions, Executor writer, InstantSource clock) {}

    /**
     * @param threads of which the one for copying must take at least {@code maxDownloads} tasks
     */
    public ResourceCache(
            Configuration configuration, NodeDirectories directories, Limits limits, Threads threads, Journal journal) {
        this.directories = directories;
        this.downloader = new Downloader(configuration, directories, threads.clock());
        this.downloads = threads.downloads();
        this.deletions = threads.deletions();
        this.writer = threads.writer();
        this.journal = journal;
        this.maxDownloads = limits.maxDownloads();
        this.targetSizeBytes = limits.targetSizeBytes();
    }

    /**
     * Asks for a copy on behalf of a container, which holds it until {@link #release}.
     *
     * @param receiver may be called before this returns
     */
    public void acquire(
            ResourceRequest request, ContainerId holder, String user, Credentials credentials, Receiver receiver) {
        String application = holder.getApplicationAttemptId().getApplicationId().toString();
        CacheKey key = CacheKey.of(request, user, application);
        Entry entry = entries.get(key);
        figures = entry == null ? figures.miss() : figures.hit();
        if (entry == null) {
            Path directory = key.folder(directories.nextLocalRoot()).resolve(Long.toString(++lastNumber));
            Entry fresh = new Entry(directory);
            entries.put(key, fresh);
            waiting.add(() -> download(key, fresh, user, credentials));
            startWaiting();
            entry = fresh;
        }
        entry.holders.add(holder);
        entry.lastUse = ++useCount;
        Path there = entry.path;
        if (there != null) {
            receiver.arrived(there);
        } else {
            entry.waiting.add(receiver);
        }
    }

    private void startWaiting() {
        while (running < maxDownloads) {
            Runnable next = waiting.poll();
            if (next == null) {
                return;
            }
            running++;
            downloads.execute(next);
        }
    }

    /** On a worker. */
    private void download(CacheKey key, Entry entry, String user, Credentials credentials) {
        Downloader.Copy copy = null;
        Exception failure = null;
        try {
            copy = downloader.download(key, entry.directory, user, credentials);
            if (key.visibility() != ResourceRequest.Visibility.PUBLIC) {
                directories.handOver(entry.directory, user);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
        Downloader.Copy done = copy;
        Exception failed = failure;
        writer.execute(() -> finished(key, entry, done, failed));
    }

    private void finished(CacheKey key, Entry entry, Downloader.@Nullable Copy copy, @Nullable Exception failure) {
        running--;
        startWaiting();
        List<Receiver> receivers = List.copyOf(entry.waiting);
        entry.waiting.clear();
        if (copy != null && !entry.abandoned) {
            Path path = copy.path();
            entry.sizeBytes = copy.sizeBytes();
            entry.path = path;
            figures = figures.fetched(copy.sizeBytes());
            journal.kept(new CachedCopy(key, entry.directory, path, copy.sizeBytes()));
            receivers.forEach(receiver -> receiver.arrived(path));
            return;
        }
        if (entry.abandoned) {
            // Its application ended meanwhile, and took the folder with it: what came later must go as well.
            deletions.execute(() -> Deletion.deleteWithEmptyParents(entry.directory, APPLICATION_DEPTH));
        } else {
            entries.remove(key);
        }
        figures = figures.failure();
        Exception why = failure == null ? new IOException("the application has ended") : failure;
        log.debug("no copy of {}", key.source(), why);
        receivers.forEach(receiver -> receiver.failed(why));
    }

    /** Takes over the copies of an earlier node manager; once, before everything else. */
    public void restore(List<CachedCopy> copies) {
        for (CachedCopy copy : copies) {
            Entry entry = new Entry(copy.directory());
            entry.path = copy.path();
            entry.sizeBytes = copy.sizeBytes();
            entry.lastUse = ++useCount;
            entries.put(copy.key(), entry);
            lastNumber = Math.max(lastNumber, copy.number());
        }
    }

    /** Has a container that was started by an earlier node manager hold a copy, if it is here. */
    public @Nullable Path hold(ResourceRequest request, ContainerId holder, String user) {
        String application = holder.getApplicationAttemptId().getApplicationId().toString();
        Entry entry = entries.get(CacheKey.of(request, user, application));
        if (entry != null) {
            entry.holders.add(holder);
            entry.lastUse = ++useCount;
        }
        return entry == null ? null : entry.path;
    }

    /** Gives back what a container holds. */
    public void release(ContainerId holder) {
        entries.values().forEach(entry -> entry.holders.remove(holder));
        trim();
    }

    /** Forgets the copies of an application that has ended; their folder goes with the application's own. */
    public void applicationEnded(String application) {
        entries.entrySet().removeIf(item -> {
            boolean own = item.getKey().application().equals(application);
            if (own && item.getValue().path == null) {
                item.getValue().abandoned = true;
            } else if (own) {
                journal.dropped(item.getValue().directory);
            }
            return own;
        });
        figures = figures.holding(
                entries.values().stream().mapToLong(entry -> entry.sizeBytes).sum());
    }

    /** What the cache has done. For every thread. */
    public CacheFigures figures() {
        return figures;
    }

    /** Drops copies that nobody holds, the least recently asked for first, until what is left fits. */
    private void trim() {
        long total =
                entries.values().stream().mapToLong(entry -> entry.sizeBytes).sum();
        while (total > targetSizeBytes) {
            var oldest = entries.entrySet().stream()
                    .filter(item -> item.getValue().holders.isEmpty()
                            && item.getValue().path != null
                            && item.getKey().application().isEmpty())
                    .min(Comparator.comparingLong(item -> item.getValue().lastUse));
            if (oldest.isEmpty()) {
                return;
            }
            Entry entry = oldest.get().getValue();
            entries.remove(oldest.get().getKey());
            total -= entry.sizeBytes;
            figures = figures.holding(total);
            journal.dropped(entry.directory);
            deletions.execute(() -> Deletion.delete(entry.directory));
        }
    }
}
