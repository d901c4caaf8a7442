package dev.heddle.nm.recovery;

import dev.heddle.common.UserException;
import dev.heddle.common.runtime.FaultHandler;
import dev.heddle.nm.container.ContainerProgress;
import dev.heddle.nm.container.NodeJournal;
import dev.heddle.nm.container.RestoredContainer;
import dev.heddle.nm.container.RestoredNode;
import dev.heddle.nm.container.RestoredNode.Recent;
import dev.heddle.nm.container.RestoredNode.RestoredApplication;
import dev.heddle.nm.directories.Deletion;
import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.isolation.Isolation;
import dev.heddle.nm.launch.ContainerProcess;
import dev.heddle.nm.launch.ExitWatch;
import dev.heddle.nm.launch.ProcessIdentity;
import dev.heddle.nm.launch.ProcessRecord;
import dev.heddle.nm.localization.CachedCopy;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.recovery.NodeRecordForms.Accepted;
import dev.heddle.nm.recovery.NodeStore.Table;
import dev.heddle.nm.security.ContainerTokenSecrets;
import dev.heddle.nm.security.KeyJournal;
import dev.heddle.nm.security.NmTokenSecrets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an earlier node manager has left to this one, and what this one keeps for the next: in a store, or not at all.
 *
 * <p>Used in this order: {@link #left} once, before anything else happens on the node; then the journals; {@link #close}
 * at the end. What nobody knows any more is ended and removed at the start, whether there is a store or not.
 */
public final class Recovery implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private static final String PORT = "port";
    private static final String NM_TOKENS = "nm-tokens";
    private static final String CONTAINER_TOKENS = "container-tokens";

    /** Between the two steps of noting a process, neither of which waits for anything. */
    private static final long NOTE_LIMIT_MS = 3_000;

    private static final long NOTE_INTERVAL_NANOS = 5_000_000;

    private final NodeDirectories directories;
    private final ExitWatch watch = new ExitWatch();
    private final @Nullable NodeStore store;
    private final NodeJournal journal;
    private final ResourceCache.Journal copies;

    private Recovery(NodeDirectories directories, @Nullable NodeStore store) {
        this.directories = directories;
        this.store = store;
        if (store == null) {
            this.journal = NodeJournal.NONE;
            this.copies = ResourceCache.Journal.NONE;
        } else {
            StoreJournal stored = new StoreJournal(store, recent(store));
            this.journal = stored;
            this.copies = stored;
        }
    }

    /** Of a node whose containers do not outlive its node manager. */
    public static Recovery off(NodeDirectories directories) {
        return new Recovery(directories, null);
    }

    /**
     * Opens the store in a directory, which is made if it is missing.
     *
     * @param key the setting that names the directory, for messages
     * @param faults hears that something could not be written
     * @throws UserException if it cannot be used; the message says what to do
     */
    public static Recovery open(NodeDirectories directories, Path directory, String key, FaultHandler faults) {
        NodeStore store = NodeStore.open(directory, key, faults);
        try {
            return new Recovery(directories, store);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * What is left, after everything else was ended and removed.
     *
     * @param copies of files that are good still
     * @param trash what is to be deleted at leisure
     */
    public record Left(RestoredNode node, List<CachedCopy> copies, List<Path> trash) {}

    /**
     * Finds what is left. Blocks.
     *
     * @param isolation that of the containers
     * @throws UserException if the store or a directory cannot be read; the message says what to do
     */
    public Left left(Isolation isolation) {
        Leftovers leftovers = new Leftovers(directories, watch, isolation);
        NodeStore from = store;
        try {
            directories.prepare();
            if (from == null) {
                leftovers.endProcesses(Leftovers.Known.NOTHING);
                List<Path> trash = directories.clear();
                directories.prepare();
                return new Left(RestoredNode.NONE, List.of(), trash);
            }
        } catch (IOException e) {
            throw new UserException(
                    "cannot clear the local directories " + directories.localRoots()
                            + " of what an earlier node manager" + " left (" + e
                            + "): give this user the right to, or remove it",
                    e);
        }
        try {
            return left(from, leftovers);
        } catch (IOException | IllegalArgumentException e) {
            throw NodeStore.unreadable(from.file(), e);
        }
    }

    private Left left(NodeStore from, Leftovers leftovers) throws IOException {
        List<RestoredApplication> applications = new ArrayList<>();
        for (Map.Entry<String, byte[]> each : from.all(Table.APPLICATIONS).entrySet()) {
            applications.add(NodeRecordForms.application(each.getKey(), each.getValue()));
        }
        Set<String> ids =
                applications.stream().map(each -> each.id().toString()).collect(Collectors.toSet());
        List<CachedCopy> good = copies(from, ids);
        Map<String, byte[]> progress = from.all(Table.PROGRESS);
        List<RestoredContainer> containers = new ArrayList<>();
        for (Map.Entry<String, byte[]> each : from.all(Table.CONTAINERS).entrySet()) {
            byte[] known = progress.get(each.getKey());
            containers.add(container(
                    NodeRecordForms.accepted(each.getValue()),
                    known == null ? ContainerProgress.ACCEPTED : NodeRecordForms.progress(known)));
        }
        Set<Path> folders = good.stream().map(CachedCopy::directory).collect(Collectors.toCollection(HashSet::new));
        Set<ProcessRecord> records = new HashSet<>();
        Set<String> live = new HashSet<>();
        for (RestoredContainer container : containers) {
            if (!container.progress().done()) {
                // What runs of an earlier run was about to be replaced.
                int run = container.progress().run();
                records.add(container.paths().record(run));
                live.add(container.order().token().getContainerID().toString());
                if (container.process() != null || run > 1) {
                    folders.add(container.paths().work());
                }
            }
        }
        Leftovers.Known known = new Leftovers.Known(ids, live, folders, records);
        leftovers.endProcesses(known);
        List<Path> trash = leftovers.moveFiles(known);
        log.info(
                "an earlier node manager has left {} applications, {} containers, {} copies of files and {} things that"
                        + " nobody knows",
                applications.size(),
                containers.size(),
                good.size(),
                trash.size());
        return new Left(new RestoredNode(applications, containers, recent(from)), good, trash);
    }

    private static List<CachedCopy> copies(NodeStore from, Set<String> applications) throws IOException {
        List<CachedCopy> good = new ArrayList<>();
        for (Map.Entry<String, byte[]> each : from.all(Table.COPIES).entrySet()) {
            CachedCopy copy = NodeRecordForms.copy(each.getValue());
            String application = copy.key().application();
            if (Files.exists(copy.path()) && (application.isEmpty() || applications.contains(application))) {
                good.add(copy);
            } else {
                from.remove(Table.COPIES, each.getKey());
            }
        }
        return good;
    }

    private RestoredContainer container(Accepted accepted, ContainerProgress progress) throws IOException {
        ContainerProcess process = progress.done() || progress.run() == 0
                ? null
                : process(accepted.paths().record(progress.run()));
        return new RestoredContainer(accepted.order(), accepted.paths(), progress, process);
    }

    /** The process of that record, or null where there is none and never will be. */
    private @Nullable ContainerProcess process(ProcessRecord record) throws IOException {
        Path directory = record.pidFile().getParent();
        if (directory == null || !Files.isDirectory(directory) || record.revoke()) {
            return null;
        }
        // Its supervisor has made the file; the line follows, unless it was an earlier node manager that revoked it.
        long deadline = Files.getLastModifiedTime(record.pidFile()).toMillis() + NOTE_LIMIT_MS;
        ProcessIdentity identity = record.identity();
        while (identity == null && System.currentTimeMillis() < deadline) {
            LockSupport.parkNanos(NOTE_INTERVAL_NANOS);
            identity = record.identity();
        }
        return identity == null ? null : ContainerProcess.adopt(identity, record, watch);
    }

    /** The oldest first. */
    private static List<Recent> recent(NodeStore from) {
        List<Recent> recent = new ArrayList<>();
        try {
            for (Map.Entry<String, byte[]> each : from.all(Table.RECENT).entrySet()) {
                recent.add(NodeRecordForms.recent(each.getKey(), each.getValue()));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw NodeStore.unreadable(from.file(), e);
        }
        recent.sort(Comparator.comparing(Recent::stoppedUntil));
        return recent;
    }

    /** What hears of containers and applications. */
    public NodeJournal journal() {
        return journal;
    }

    /** What hears of copies of files. */
    public ResourceCache.Journal copies() {
        return copies;
    }

    /** What verifies NM tokens, with the keys that an earlier node manager held. */
    public NmTokenSecrets nmTokens() {
        NodeStore from = store;
        if (from == null) {
            return new NmTokenSecrets(KeyJournal.NONE);
        }
        StoredKeys stored = new StoredKeys(from, NM_TOKENS);
        NmTokenSecrets secrets = new NmTokenSecrets(stored);
        try {
            secrets.restore(stored.held());
            secrets.restoreRemembered(stored.ofAttempts());
        } catch (IOException | IllegalArgumentException e) {
            throw NodeStore.unreadable(from.file(), e);
        }
        return secrets;
    }

    /** What verifies container tokens, with the keys that an earlier node manager held. */
    public ContainerTokenSecrets containerTokens() {
        NodeStore from = store;
        if (from == null) {
            return new ContainerTokenSecrets(KeyJournal.NONE);
        }
        StoredKeys stored = new StoredKeys(from, CONTAINER_TOKENS);
        ContainerTokenSecrets secrets = new ContainerTokenSecrets(stored);
        try {
            secrets.restore(stored.held());
        } catch (IOException e) {
            throw NodeStore.unreadable(from.file(), e);
        }
        return secrets;
    }

    /** The records of the aggregation of logs. */
    public OpaqueRecords logs() {
        NodeStore from = store;
        return from == null ? OpaqueRecords.NONE : new StoredRecords(from, Table.LOGS);
    }

    /** The port that an earlier node manager served, which the tokens of its containers name; 0 where there was none. */
    public int port() {
        byte[] port = store == null ? null : store.all(Table.NODE).get(PORT);
        return port == null ? 0 : ByteBuffer.wrap(port).getInt();
    }

    /** Remembers the port that this node manager serves. */
    public void servedAt(int port) {
        NodeStore to = store;
        if (to != null) {
            to.put(Table.NODE, PORT, () -> ByteBuffer.allocate(Integer.BYTES)
                    .putInt(port)
                    .array());
        }
    }

    private record StoredRecords(NodeStore store, Table table) implements OpaqueRecords {
        @Override
        public Map<String, byte[]> left() {
            return store.all(table);
        }

        @Override
        public void put(String key, byte[] record) {
            store.put(table, key, () -> record);
        }

        @Override
        public void remove(String key) {
            store.remove(table, key);
        }

        @Override
        public CompletableFuture<Void> durable() {
            return store.written();
        }
    }

    /** Removes the store of a node that the resource manager does not want any more. Instead of {@link #close}. */
    public void forget() {
        watch.close();
        NodeStore gone = store;
        if (gone != null) {
            gone.close();
            Deletion.delete(gone.file());
            log.info("the resource manager does not want this node any more: {} is removed", gone.file());
        }
    }

    /** Writes what is queued, and closes the store. */
    @Override
    public void close() {
        watch.close();
        NodeStore closing = store;
        if (closing != null) {
            closing.close();
        }
    }
}
