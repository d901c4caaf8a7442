package dev.heddle.nm.recovery;

import dev.heddle.common.UserException;
import dev.heddle.common.runtime.FaultHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;

/**
 * Tables of records in one file that only this user can read.
 *
 * <p>Changes are queued by any thread and written by one of its own, all that have queued up meanwhile at once: that takes
 * some ten microseconds. Written is what the kernel has: it outlives this process, however that ends. What must outlive the
 * machine would be of no use, since its processes do not.
 */
final class NodeStore implements AutoCloseable {
    /** What the tables and their records mean; one who writes something else counts on. */
    private static final int FORM = 1;

    private static final String FORM_KEY = "form";
    private static final String FILE = "node-manager.store";

    /** Each container has a handful of changes in its life: more can wait than there can be containers. */
    private static final int MAX_WAITING = 100_000;

    private static final int MAX_BATCH = 1_000;

    /** Smaller pages make for less to be written anew, and more of them to be found. */
    private static final int PAGE_BYTES = 4_096;

    /** Pages that are used no more are written over: the file does not grow, and nothing has to be moved in it. */
    private static final int NO_COMPACTION = 0;

    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FOR_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final MVStore store;
    private final Map<Table, MVMap<String, byte[]>> tables = new EnumMap<>(Table.class);
    private final BlockingQueue<Change> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
    private final FaultHandler faults;
    private final Thread thread;

    /** What there are records of. */
    enum Table {
        NODE,
        APPLICATIONS,
        CONTAINERS,
        PROGRESS,
        RECENT,
        KEYS,
        COPIES,
        LOGS
    }

    /** By the store's own thread. */
    private interface Change {
        void make();

        /** What was changed before is written. */
        default void written() {}
    }

    private NodeStore(Path file, MVStore store, FaultHandler faults) {
        this.file = file;
        this.store = store;
        this.faults = faults;
        for (Table table : Table.values()) {
            tables.put(
                    table,
                    store.openMap(
                            table.name().toLowerCase(Locale.ROOT),
                            new MVMap.Builder<String, byte[]>()
                                    .keyType(StringDataType.INSTANCE)
                                    .valueType(ByteArrayDataType.INSTANCE)));
        }
        this.thread = new Thread(this::run, "node-store");
    }

    /**
     * Opens the store in a directory, which is made if it is missing.
     *
     * @param key the setting that names the directory, for messages
     * @param faults hears that something could not be written
     * @throws UserException if it cannot be used
     */
    static NodeStore open(Path directory, String key, FaultHandler faults) {
        Path file = directory.resolve(FILE);
        MVStore store;
        try {
            Files.createDirectories(directory, DIRECTORY);
            if (!Files.exists(file)) {
                Files.createFile(file, FOR_OWNER);
            }
            store = new MVStore.Builder()
                    .fileName(file.toString())
                    .autoCommitDisabled()
                    .autoCompactFillRate(NO_COMPACTION)
                    .pageSplitSize(PAGE_BYTES)
                    .open();
        } catch (IOException e) {
            throw new UserException(
                    "cannot write to " + directory + ", which " + key + " names (" + e
                            + "): give this user the right to" + " write there or name another directory",
                    e);
        } catch (MVStoreException e) {
            if (e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
                throw new UserException(
                        "another node manager uses " + directory + ", which " + key
                                + " names: stop it or name another directory",
                        e);
            }
            throw unreadable(file, e);
        }
        // What a process has written stays written when it is killed, so that no page need be kept for longer.
        store.setRetentionTime(0);
        try {
            NodeStore opened = new NodeStore(file, store, faults);
            opened.checkForm();
            opened.thread.start();
            return opened;
        } catch (MVStoreException e) {
            store.closeImmediately();
            throw unreadable(file, e);
        } catch (RuntimeException e) {
            store.closeImmediately();
            throw e;
        }
    }

    private void checkForm() {
        MVMap<String, byte[]> node = table(Table.NODE);
        byte[] found = node.get(FORM_KEY);
        if (found == null) {
            node.put(FORM_KEY, Integer.toString(FORM).getBytes(StandardCharsets.UTF_8));
            store.commit();
            return;
        }
        String form = new String(found, StandardCharsets.UTF_8);
        if (!form.equals(Integer.toString(FORM))) {
            throw new UserException(file + " was written by another version of the node manager (form " + form
                    + ", this one reads " + FORM + "): start that version, or move the file away; containers that still"
                    + " run will be ended then");
        }
    }

    /** What to do about a store, or a record in it, that cannot be read. */
    static UserException unreadable(Path file, Exception e) {
        return new UserException(
                file + " cannot be read (" + e.getMessage() + "): it was damaged, perhaps when the machine stopped."
                        + " Move it away to start without it; containers that still run will be ended then",
                e);
    }

    Path file() {
        return file;
    }

    private MVMap<String, byte[]> table(Table table) {
        MVMap<String, byte[]> map = tables.get(table);
        if (map == null) {
            throw new IllegalStateException("no table " + table);
        }
        return map;
    }

    /** All records of a table by their keys. Reads what is written; for the start, before there are changes. */
    Map<String, byte[]> all(Table table) {
        return new TreeMap<>(table(table));
    }

    /**
     * Has a record written.
     *
     * @param record its bytes, made by the store's own thread from what nobody changes
     */
    void put(Table table, String key, Supplier<byte[]> record) {
        add(() -> table(table).put(key, record.get()));
    }

    void remove(Table table, String key) {
        add(() -> table(table).remove(key));
    }

    /** Removes the records whose keys begin so. */
    void removeAll(Table table, String prefix) {
        add(() -> {
            MVMap<String, byte[]> map = table(table);
            for (String key = map.ceilingKey(prefix);
                    key != null && key.startsWith(prefix);
                    key = map.ceilingKey(prefix)) {
                map.remove(key);
            }
        });
    }

    /** Completes, by the store's own thread, when all changes that were queued before are written. */
    CompletableFuture<Void> written() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        add(new Change() {
            @Override
            public void make() {}

            @Override
            public void written() {
                done.complete(null);
            }
        });
        return done;
    }

    private void add(Change change) {
        if (!waiting.offer(change)) {
            faults.fatal(
                    "keeping the node's state in " + file,
                    new RejectedExecutionException(MAX_WAITING + " changes wait to be written: the disk is too slow"));
        }
    }

    private void run() {
        List<Change> batch = new ArrayList<>(MAX_BATCH);
        boolean open = true;
        try {
            while (open) {
                batch.add(waiting.take());
                waiting.drainTo(batch, MAX_BATCH - 1);
                batch.forEach(Change::make);
                store.commit();
                batch.forEach(Change::written);
                open = batch.stream().noneMatch(End.class::isInstance);
                batch.clear();
            }
        } catch (InterruptedException e) {
            faults.fatal("keeping the node's state in " + file, e);
        } catch (RuntimeException | Error e) {
            faults.fatal(
                    "keeping the node's state in " + file + ": containers go on running; see whether its disk is full,"
                            + " and start the node manager again",
                    e);
        }
    }

    /** The last change. */
    private static final class End implements Change {
        @Override
        public void make() {
            // Those that came with it are still written.
        }
    }

    /** Writes what is queued, and ends. */
    @Override
    public void close() {
        add(new End());
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        store.close(NO_COMPACTION);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
