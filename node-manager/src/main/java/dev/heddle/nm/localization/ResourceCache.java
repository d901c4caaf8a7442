package dev.heddle.nm.localization;

import dev.heddle.nm.directories.DiskChange;
import dev.heddle.nm.directories.DisksFailedException;
import dev.heddle.nm.directories.NodeDirectories;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
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
 * holds it. Copies that nobody holds are kept up to a size for those who ask later; those of one application do not
 * count, since they go with it.
 *
 * <p>Owned by the writer thread: every method is called by it, and it calls every receiver. The copying itself is done by
 * workers.
 */
public final class ResourceCache {
    private static final Logger log = LoggerFactory.getLogger(ResourceCache.class);

    /** YARN's names begin here; tools that look into the folders expect numbers. */
    private static final long FIRST_NUMBER = 10;

    /** From a copy up to its application's directory: the folder of copies, and that directory. */
    private static final int APPLICATION_DEPTH = 2;

    private final NodeDirectories directories;
    private final Downloader downloader;
    private final DownloadQueue queue;
    private final CacheFolders folders;
    private final Executor deletions;
    private final Journal journal;
    private final InstantSource clock;
    private final Limits limits;

    private final Map<CacheKey, Entry> entries = new HashMap<>();
    private final Map<ContainerId, Set<Entry>> held = new HashMap<>();

    /** Copies that nobody holds and that may go, the one that was released first comes first. */
    private final Set<Entry> idle = new LinkedHashSet<>();

    /** Of all copies but those of one application. */
    private long sizeBytes;

    private long lastNumber = FIRST_NUMBER - 1;
    private Instant nextCleanup;
    private volatile CacheFigures figures = CacheFigures.NONE;

    /** One copy, or one that is under way. */
    private static final class Entry {
        final CacheKey key;
        final Path root;
        final Path directory;
        final Set<ContainerId> holders = new HashSet<>();
        final List<Waiting> waiting = new ArrayList<>();

        @Nullable
        Path path;

        @Nullable
        Download download;

        long sizeBytes;

        /** Nobody gets it any more; it goes when those who hold it have given it back. */
        boolean dropped;

        Entry(CacheKey key, Path root, Path directory) {
            this.key = key;
            this.root = root;
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

    /** Who waits for a copy, and for which container. */
    private record Waiting(ContainerId holder, Receiver receiver) {}

    /** Who has asked for a copy. Called by the writer thread, once at most: not any more after a release. */
    public interface Receiver {
        /** The copy is there. */
        void arrived(Path path);

        /** There is no copy, and why. */
        void failed(Exception why);
    }

    /**
     * What bounds the cache.
     *
     * @param targetSizeBytes of copies that may go
     * @param cleanupIntervalMs between two looks at the size
     * @param maxFilesPerFolder more than 36
     */
    public record Limits(
            Downloads downloads,
            long targetSizeBytes,
            long cleanupIntervalMs,
            int maxFilesPerFolder,
            UnpackLimits unpacking) {}

    /**
     * What bounds the downloads.
     *
     * @param perApplication at a time
     * @param total at a time
     * @param stallMs after how long without a byte a download is given up; 0 for never
     */
    public record Downloads(int perApplication, int total, long stallMs) {}

    /**
     * Where copying and deleting are done, and the writer thread.
     *
     * @param downloads must take as many tasks as there are downloads at a time
     */
    public record Threads(Executor downloads, Executor deletions, Executor writer, InstantSource clock) {}

    public ResourceCache(
            Configuration configuration, NodeDirectories directories, Limits limits, Threads threads, Journal journal) {
        this.directories = directories;
        this.downloader = new Downloader(configuration, directories, threads.clock());
        Downloads bounds = limits.downloads();
        this.queue = new DownloadQueue(
                new DownloadQueue.Limits(bounds.perApplication(), bounds.total(), bounds.stallMs()),
                threads.downloads(),
                threads.deletions(),
                threads.writer());
        this.folders = new CacheFolders(limits.maxFilesPerFolder());
        this.deletions = threads.deletions();
        this.journal = journal;
        this.clock = threads.clock();
        this.limits = limits;
        this.nextCleanup = clock.instant().plusMillis(limits.cleanupIntervalMs());
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
            try {
                directories.requireGood();
            } catch (DisksFailedException e) {
                receiver.failed(e);
                return;
            }
            entry = begin(key, application, user, credentials);
        }
        hold(entry, holder);
        Path there = entry.path;
        if (there != null) {
            receiver.arrived(there);
        } else {
            entry.waiting.add(new Waiting(holder, receiver));
        }
    }

    private void hold(Entry entry, ContainerId holder) {
        entry.holders.add(holder);
        held.computeIfAbsent(holder, absent -> new LinkedHashSet<>()).add(entry);
        idle.remove(entry);
    }

    /** Takes over the copies of an earlier node manager; once, before everything else. */
    public void restore(List<CachedCopy> copies) {
        for (CachedCopy copy : copies) {
            Entry entry = new Entry(copy.key(), directories.rootOf(copy.directory()), copy.directory());
            entry.path = copy.path();
            entry.sizeBytes = copy.sizeBytes();
            entries.put(copy.key(), entry);
            lastNumber = Math.max(lastNumber, copy.number());
            if (!isOfApplication(copy.key())) {
                folders.count(folder(copy.directory()));
                sizeBytes += copy.sizeBytes();
                idle.add(entry);
            }
        }
    }

    /** Has a container that was started by an earlier node manager hold a copy, if it is here. */
    public @Nullable Path hold(ResourceRequest request, ContainerId holder, String user) {
        String application = holder.getApplicationAttemptId().getApplicationId().toString();
        Entry entry = entries.get(CacheKey.of(request, user, application));
        if (entry != null) {
            hold(entry, holder);
        }
        return entry == null ? null : entry.path;
    }

    private Entry begin(CacheKey key, String application, String user, Credentials credentials) {
        Path root = directories.nextLocalRoot();
        Path folder = isOfApplication(key) ? key.folder(root) : folders.add(key.folder(root));
        Entry entry = new Entry(key, root, folder.resolve(Long.toString(++lastNumber)));
        entries.put(key, entry);
        Transfer transfer = new Transfer(limits.unpacking());
        Download download = new Download(
                application,
                key.source(),
                new Download.Target(entry.directory, isOfApplication(key) ? APPLICATION_DEPTH : 0),
                transfer,
                () -> fetch(entry, user, credentials, transfer),
                new Download.Outcome() {
                    @Override
                    public void arrived(Downloader.Copy copy) {
                        ResourceCache.this.arrived(entry, copy);
                    }

                    @Override
                    public void failed(Exception why) {
                        ResourceCache.this.failed(entry, why);
                    }
                });
        entry.download = download;
        queue.add(download);
        return entry;
    }

    /** On a worker. */
    private Downloader.Copy fetch(Entry entry, String user, Credentials credentials, Transfer transfer)
            throws IOException, InterruptedException {
        Downloader.Copy copy = downloader.download(entry.key, entry.directory, user, credentials, transfer);
        if (entry.key.visibility() != ResourceRequest.Visibility.PUBLIC) {
            directories.handOver(entry.directory, user);
        }
        return copy;
    }

    /** That holds the directory of a copy. */
    private static Path folder(Path directory) {
        Path folder = directory.getParent();
        return folder == null ? directory : folder;
    }

    private static boolean isOfApplication(CacheKey key) {
        return !key.application().isEmpty();
    }

    private void arrived(Entry entry, Downloader.Copy copy) {
        entry.download = null;
        entry.path = copy.path();
        entry.sizeBytes = copy.sizeBytes();
        if (!isOfApplication(entry.key)) {
            sizeBytes += copy.sizeBytes();
        }
        figures = figures.fetched(copy.sizeBytes());
        journal.kept(new CachedCopy(entry.key, entry.directory, copy.path(), copy.sizeBytes()));
        List<Waiting> receivers = List.copyOf(entry.waiting);
        entry.waiting.clear();
        receivers.forEach(each -> each.receiver().arrived(copy.path()));
    }

    /** There will be no copy. Whoever asks from now on begins a new download. */
    private void failed(Entry entry, Exception why) {
        log.debug("no copy of {}", entry.key.source(), why);
        figures = figures.failure();
        entry.download = null;
        forget(entry);
        for (ContainerId holder : entry.holders) {
            Set<Entry> ofHolder = held.get(holder);
            if (ofHolder != null) {
                ofHolder.remove(entry);
            }
        }
        entry.holders.clear();
        List<Waiting> receivers = List.copyOf(entry.waiting);
        entry.waiting.clear();
        receivers.forEach(each -> each.receiver().failed(why));
    }

    /** Takes an entry out of the books. What there is on disk is the caller's to remove. */
    private void forget(Entry entry) {
        if (!entry.dropped) {
            entry.dropped = true;
            entries.remove(entry.key);
            idle.remove(entry);
            if (entry.path != null) {
                journal.dropped(entry.directory);
                figures = figures.holding(figures.bytes() - entry.sizeBytes);
            }
            if (!isOfApplication(entry.key)) {
                folders.remove(folder(entry.directory));
                sizeBytes -= entry.sizeBytes;
            }
        }
    }

    /** Gives back what a container holds. A download that nobody else waits for ends. */
    public void release(ContainerId holder) {
        Set<Entry> released = held.remove(holder);
        if (released == null) {
            return;
        }
        for (Entry entry : released) {
            entry.holders.remove(holder);
            entry.waiting.removeIf(each -> each.holder().equals(holder));
            if (!entry.holders.isEmpty()) {
                continue;
            }
            Download download = entry.download;
            if (download != null) {
                forget(entry);
                queue.cancel(download);
            } else if (entry.dropped) {
                delete(entry);
            } else if (!isOfApplication(entry.key)) {
                idle.add(entry);
            }
        }
    }

    private void delete(Entry entry) {
        deletions.execute(() -> directories.delete(entry.directory));
    }

    /** Forgets the copies of an application that has ended; their folder goes with the application's own. */
    public void applicationEnded(String application) {
        List<Entry> own = entries.values().stream()
                .filter(entry -> entry.key.application().equals(application))
                .toList();
        for (Entry entry : own) {
            Download download = entry.download;
            if (download == null) {
                forget(entry);
            } else {
                queue.cancel(download);
                failed(entry, new IOException("the application has ended"));
            }
        }
    }

    /**
     * Follows a check of the disks: what lies on a lost one is not used any more and fetched anew when it is asked for;
     * what nobody holds on a full one makes room.
     */
    public void disksChanged(DiskChange change) {
        List<Entry> lost = entries.values().stream()
                .filter(entry -> change.lost().contains(entry.root))
                .toList();
        for (Entry entry : lost) {
            Download download = entry.download;
            if (download != null) {
                queue.cancel(download);
                failed(
                        entry,
                        new DisksFailedException("The disk of " + entry.root + " failed while " + entry.key.source()
                                + " was stored there. " + directories.healthReport()));
                continue;
            }
            forget(entry);
            if (entry.holders.isEmpty()) {
                delete(entry);
            }
        }
        for (Entry entry : List.copyOf(idle)) {
            if (change.full().contains(entry.root)) {
                drop(entry);
            }
        }
    }

    /** What the cache has done. For every thread. */
    public CacheFigures figures() {
        return figures;
    }

    /** Looks after what is due. */
    public void tick() {
        Instant now = clock.instant();
        queue.tick(now);
        if (!now.isBefore(nextCleanup)) {
            nextCleanup = now.plusMillis(limits.cleanupIntervalMs());
            cleanUp();
        }
    }

    /** Drops copies that nobody holds, those that were given back first, until what is left fits. */
    private void cleanUp() {
        for (Iterator<Entry> oldest = List.copyOf(idle).iterator();
                sizeBytes > limits.targetSizeBytes() && oldest.hasNext(); ) {
            drop(oldest.next());
        }
    }

    private void drop(Entry entry) {
        forget(entry);
        delete(entry);
    }
}
