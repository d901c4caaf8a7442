package dev.heddle.nm.directories;

import dev.heddle.common.UserException;
import dev.heddle.nm.directories.Disk.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local directories, where files and containers live, and the log directories, each spread over several disks. The
 * layout is YARN's, which shuffle services, profilers and people know.
 *
 * <p>Each local directory belongs to one node manager at a time, which holds a lock on it. A directory whose disk fails
 * is not touched until a check finds that it works again. Safe for all threads.
 */
public final class NodeDirectories implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeDirectories.class);

    private static final String USER_CACHE = "usercache";
    private static final String APPLICATION_CACHE = "appcache";
    private static final String FILE_CACHE = "filecache";
    private static final String NODE_PRIVATE = "nmPrivate";
    private static final String TRASH_PREFIX = "trash-";

    private static final FileAttribute<Set<PosixFilePermission>> FOR_ALL = permissions("rwxr-xr-x");
    private static final FileAttribute<Set<PosixFilePermission>> FOR_OWNER = permissions("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> FOR_GROUP = permissions("rwxr-x---");

    private final List<Path> localRoots;
    private final List<Path> logRoots;
    private final DiskLimits limits;
    private final DirectoryLocks locks;
    private final OwedDeletions owed = new OwedDeletions();
    private volatile FileOwner.Choice owners = user -> null;

    /** Checks that have not ended yet, by their directories. */
    private final Map<Path, CompletableFuture<Found>> underWay = new HashMap<>();

    /** Those among them that have had their time. */
    private final Set<Path> late = new HashSet<>();

    private volatile Disks disks;

    /** Whether nothing of an earlier node manager is to be kept. */
    private volatile boolean clearing;

    /** How all directories are. */
    private record Disks(List<Disk> local, List<Disk> logs) {}

    /** @param replaced the directory is another one than at the last check, or works again */
    private record Found(Disk disk, boolean replaced) {}

    private NodeDirectories(
            List<Path> localRoots, List<Path> logRoots, DiskLimits limits, DirectoryLocks locks, Disks disks) {
        this.localRoots = List.copyOf(localRoots);
        this.logRoots = List.copyOf(logRoots);
        this.limits = limits;
        this.locks = locks;
        this.disks = disks;
    }

    /** As the other, for disks without limits. */
    public static NodeDirectories open(List<Path> local, String localKey, List<Path> logs, String logKey) {
        return open(local, localKey, logs, logKey, DiskLimits.NONE);
    }

    /**
     * Makes the directories where they are missing and takes the local ones. Those that do not work wait for a check that
     * finds them well, as long as one of each kind works.
     *
     * @param localKey the setting that names the local directories, for messages
     * @param logKey the setting that names the log directories, for messages
     * @throws UserException if none of one kind can be written, or one is another node manager's
     */
    public static NodeDirectories open(
            List<Path> local, String localKey, List<Path> logs, String logKey, DiskLimits limits) {
        DirectoryLocks locks = new DirectoryLocks(localKey);
        try {
            List<Disk> localDisks = new ArrayList<>();
            for (Path root : local) {
                localDisks.add(locked(first(root, localKey, limits), locks));
            }
            requireOne(localDisks, localKey);
            List<Disk> logDisks =
                    logs.stream().map(root -> first(root, logKey, limits)).toList();
            requireOne(logDisks, logKey);
            return new NodeDirectories(
                    local, logs, limits, locks, new Disks(List.copyOf(localDisks), List.copyOf(logDisks)));
        } catch (RuntimeException e) {
            locks.close();
            throw e;
        }
    }

    private static Disk first(Path root, String key, DiskLimits limits) {
        Disk disk = DiskCheck.check(new Disk(root, Condition.GOOD, "", 0, 0), limits);
        if (!disk.isGood()) {
            log.warn("{}, which {} names, is not used: {}", root, key, disk.reason());
        }
        return disk;
    }

    private static Disk locked(Disk disk, DirectoryLocks locks) {
        if (!disk.isReadable()) {
            return disk;
        }
        try {
            locks.lock(disk.root());
            return disk;
        } catch (IOException e) {
            return Disk.failed(disk.root(), e.toString());
        }
    }

    private static void requireOne(List<Disk> disks, String key) {
        if (disks.stream().noneMatch(Disk::isReadable)) {
            throw new UserException("cannot write to " + disks.get(0).root() + ", which " + key + " names ("
                    + disks.get(0).reason() + "): give this user the right to write there or name another directory");
        }
    }

    /**
     * Looks after all directories, the failed ones included, each on a thread of its own: a disk that does not answer
     * counts as failed and holds up none of the others. Blocks; for one thread at a time.
     *
     * @param threads must take as many tasks as there are directories
     * @param limitMs how long a disk may take
     */
    public DiskChange check(Executor threads, long limitMs) {
        Disks before = disks;
        List<Disk> all = new ArrayList<>(before.local());
        all.addAll(before.logs());
        List<CompletableFuture<Found>> checks = all.stream()
                .map(disk -> begun(disk, before.local().contains(disk), threads))
                .toList();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            found.add(ended(all.get(i), checks.get(i), deadline, limitMs));
        }
        int locals = before.local().size();
        List<Disk> now = found.stream().map(Found::disk).toList();
        disks = new Disks(List.copyOf(now.subList(0, locals)), List.copyOf(now.subList(locals, now.size())));
        return change(before, found);
    }

    private CompletableFuture<Found> begun(Disk disk, boolean local, Executor threads) {
        return underWay.computeIfAbsent(
                disk.root(),
                root -> CompletableFuture.supplyAsync(
                        () -> local ? checkLocal(disk) : new Found(DiskCheck.check(disk, limits), false), threads));
    }

    private Found ended(Disk disk, CompletableFuture<Found> check, long deadline, long limitMs) {
        String why;
        try {
            long patience = late.contains(disk.root()) ? 0 : Math.max(0, deadline - System.nanoTime());
            Found found = check.get(patience, TimeUnit.NANOSECONDS);
            forget(disk);
            return found;
        } catch (TimeoutException e) {
            late.add(disk.root());
            why = "it does not answer: a check has not ended within " + limitMs + " ms";
        } catch (ExecutionException e) {
            forget(disk);
            why = String.valueOf(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Found(disk, false);
        }
        return new Found(Disk.failed(disk.root(), why), false);
    }

    private void forget(Disk checked) {
        underWay.remove(checked.root());
        late.remove(checked.root());
    }

    private Found checkLocal(Disk before) {
        Disk now = DiskCheck.check(before, limits);
        if (!now.isReadable()) {
            return new Found(now, false);
        }
        try {
            boolean replaced = !before.isReadable() || !locks.holds(now.root());
            if (replaced) {
                locks.lock(now.root());
                makeAll(nodePrivate(now.root()), FOR_OWNER);
            }
            return new Found(now, replaced);
        } catch (IOException | UserException e) {
            return new Found(Disk.failed(now.root(), String.valueOf(e.getMessage())), false);
        }
    }

    private DiskChange change(Disks before, List<Found> found) {
        Set<Path> lost = new HashSet<>();
        Set<Path> full = new HashSet<>();
        List<Path> trash = new ArrayList<>();
        for (int i = 0; i < before.local().size(); i++) {
            Disk was = before.local().get(i);
            Disk is = found.get(i).disk();
            Path root = is.root();
            if (was.isReadable() && (!is.isReadable() || found.get(i).replaced())) {
                lost.add(root);
            }
            if (is.condition() == Condition.FULL && was.condition() != Condition.FULL) {
                full.add(root);
            }
            if (is.isReadable() && !was.isReadable()) {
                trash.addAll(trashOf(root));
            }
        }
        for (Disk disk : disks.logs()) {
            if (disk.isReadable()) {
                trash.addAll(owed.take(disk.root()));
            }
        }
        boolean conditions = !conditions(before).equals(conditions(disks));
        return new DiskChange(lost, full, conditions, trash);
    }

    /** What is to be deleted from a disk that works again. */
    private List<Path> trashOf(Path root) {
        List<Path> trash = new ArrayList<>(owed.take(root));
        if (clearing && locks.isNew(root)) {
            try {
                clear(root, trash);
                makeAll(nodePrivate(root), FOR_OWNER);
            } catch (IOException e) {
                log.warn("{} keeps what an earlier node manager left in it: {}", root, e.toString());
            }
        }
        return trash;
    }

    private static List<Condition> conditions(Disks disks) {
        return Stream.concat(disks.local().stream(), disks.logs().stream())
                .map(Disk::condition)
                .toList();
    }

    /**
     * Deletes a tree. Where its disk does not work, it is deleted when the disk is found well again. Blocks.
     */
    public void delete(Path path) {
        Disks now = disks;
        boolean failed = Stream.concat(now.local().stream(), now.logs().stream())
                .anyMatch(disk -> !disk.isReadable() && path.startsWith(disk.root()));
        if (failed || !Deletion.delete(path)) {
            owed.add(path);
        }
    }

    /** Whether enough directories of both kinds are good to run containers. */
    public boolean areHealthy() {
        Disks now = disks;
        return areHealthy(now.local()) && areHealthy(now.logs());
    }

    private boolean areHealthy(List<Disk> some) {
        long good = some.stream().filter(Disk::isGood).count();
        return good > 0 && good / (float) some.size() >= limits.minHealthyShare();
    }

    /** Which directories are not good, and why, as resource managers and administrators are told; empty where all are. */
    public String healthReport() {
        Disks now = disks;
        return DiskReport.bad(now.local(), now.logs());
    }

    /** Which directories are good. */
    public String goodReport() {
        Disks now = disks;
        return DiskReport.good(now.local(), now.logs());
    }

    /** Refuses to begin with something for which too few disks are good, or those that were chosen for it are not any more. */
    public void requireGood(Path... chosen) throws DisksFailedException {
        if (!areHealthy()) {
            throw new DisksFailedException("Most of the disks failed. " + healthReport());
        }
        Disks now = disks;
        for (Path path : chosen) {
            if (Stream.concat(now.local().stream(), now.logs().stream())
                    .anyMatch(disk -> !disk.isGood() && path.startsWith(disk.root()))) {
                throw new DisksFailedException("The disk of " + path + " failed. " + healthReport());
            }
        }
    }

    /** How the local directories are. */
    public List<Disk> localDisks() {
        return disks.local();
    }

    /** How the log directories are. */
    public List<Disk> logDisks() {
        return disks.logs();
    }

    /**
     * Moves what an earlier node manager left out of the way, and answers where to: to be deleted at leisure. From disks
     * that do not work it is moved when they do.
     *
     * @throws UserException if it cannot be moved
     */
    public List<Path> clear() {
        clearing = true;
        List<Path> trash = new ArrayList<>();
        for (Disk disk : disks.local()) {
            if (!disk.isReadable()) {
                continue;
            }
            try {
                clear(disk.root(), trash);
            } catch (IOException e) {
                throw new UserException(
                        "cannot clear " + disk.root() + " of what an earlier node manager left (" + e.getMessage()
                                + "): give this user the right to, or remove it",
                        e);
            }
        }
        return trash;
    }

    /** What was moved out of the way before and is not deleted yet. */
    public static List<Path> trash(Path root) throws IOException {
        List<Path> trash = new ArrayList<>();
        try (var earlier = Files.newDirectoryStream(root, "{" + TRASH_PREFIX + "," + DiskCheck.TRIAL_PREFIX + "}*")) {
            earlier.forEach(trash::add);
        }
        return trash;
    }

    /** Moves something out of the way, and answers where to. */
    public static Path discard(Path root, Path left) throws IOException {
        return Files.move(left, root.resolve(TRASH_PREFIX + UUID.randomUUID()));
    }

    private static void clear(Path root, List<Path> trash) throws IOException {
        for (String name : List.of(USER_CACHE, FILE_CACHE, NODE_PRIVATE)) {
            Path left = root.resolve(name);
            if (Files.exists(left)) {
                trash.add(discard(root, left));
            }
        }
        for (Path away : trash(root)) {
            if (!trash.contains(away)) {
                trash.add(away);
            }
        }
    }

    /** Makes the folders that this daemon needs, where they are missing and their disk works. */
    public void prepare() throws IOException {
        for (Path root : readableLocalRoots()) {
            makeAll(nodePrivate(root), FOR_OWNER);
        }
    }

    /** A good local directory, by chance in proportion to its room; the first one where none is good. */
    public Path nextLocalRoot() {
        return DiskChoice.choose(disks.local(), ThreadLocalRandom.current())
                .map(Disk::root)
                .orElse(localRoots.get(0));
    }

    /** A good log directory, by chance in proportion to its room; the first one where none is good. */
    public Path nextLogRoot() {
        return DiskChoice.choose(disks.logs(), ThreadLocalRandom.current())
                .map(Disk::root)
                .orElse(logRoots.get(0));
    }

    /** All of them, whatever they are fit for. */
    public List<Path> localRoots() {
        return localRoots;
    }

    /** All of them, whatever they are fit for. */
    public List<Path> logRoots() {
        return logRoots;
    }

    /** Those that something new may go to. */
    public List<Path> goodLocalRoots() {
        return good(disks.local());
    }

    /** Those that something new may go to. */
    public List<Path> goodLogRoots() {
        return good(disks.logs());
    }

    /** Those whose contents may be used. */
    public List<Path> readableLocalRoots() {
        return disks.local().stream().filter(Disk::isReadable).map(Disk::root).toList();
    }

    /** The local directory that something is in; the path itself where it is in none. */
    public Path rootOf(Path path) {
        return localRoots.stream().filter(path::startsWith).findFirst().orElse(path);
    }

    private static List<Path> good(List<Disk> some) {
        return some.stream().filter(Disk::isGood).map(Disk::root).toList();
    }

    /** Where files that everybody may read are kept. */
    public static Path publicCache(Path root) {
        return root.resolve(FILE_CACHE);
    }

    /** Where this daemon keeps what concerns containers and is not for them to see. */
    public static Path nodePrivate(Path root) {
        return root.resolve(NODE_PRIVATE);
    }

    /** Where users have their shares. */
    public static Path users(Path root) {
        return root.resolve(USER_CACHE);
    }

    /** Where a user's applications have their shares. */
    public static Path applications(Path root, String user) {
        return userDirectory(root, user).resolve(APPLICATION_CACHE);
    }

    /** A user's share of a local directory. */
    public static Path userDirectory(Path root, String user) {
        return root.resolve(USER_CACHE).resolve(user);
    }

    /** Where files that all applications of a user share are kept. */
    public static Path userCache(Path root, String user) {
        return userDirectory(root, user).resolve(FILE_CACHE);
    }

    /** An application's share of a local directory. */
    public static Path applicationDirectory(Path root, String user, String application) {
        return userDirectory(root, user).resolve(APPLICATION_CACHE).resolve(application);
    }

    /** Where files of one application are kept. */
    public static Path applicationCache(Path root, String user, String application) {
        return applicationDirectory(root, user, application).resolve(FILE_CACHE);
    }

    /** From now on users' own copies of files are given to whom this chooses. */
    public void chooseOwners(FileOwner.Choice choice) {
        owners = choice;
    }

    /** Who a user's copies of files belong to, or null where they stay this daemon's own. Blocks. */
    public @Nullable FileOwner owner(String user) throws IOException {
        return owners.of(user);
    }

    /**
     * Gives a user's copy of a file to whom it is to belong. Blocks.
     *
     * @param copy the directory that it is in
     */
    public void handOver(Path copy, String user) throws IOException {
        FileOwner owner = owner(user);
        if (owner == null) {
            return;
        }
        owner.giveTree(copy);
        for (Path root : localRoots) {
            if (copy.startsWith(root)) {
                Path below = root.relativize(copy);
                // An application's own directory is its user's already, or will be.
                boolean ofApplication =
                        copy.startsWith(userDirectory(root, user).resolve(APPLICATION_CACHE));
                FileOwner.letPass(copy, ofApplication ? 1 : below.getNameCount() - 1);
            }
        }
    }

    /** Makes a directory and its parents, readable for everybody. */
    public static void makePublic(Path directory) throws IOException {
        makeAll(directory, FOR_ALL);
    }

    /** Makes a directory and its parents, closed to strangers. */
    public static void makePrivate(Path directory) throws IOException {
        makeAll(directory, FOR_GROUP);
    }

    private static void makeAll(Path directory, FileAttribute<Set<PosixFilePermission>> permissions)
            throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, permissions);
        }
    }

    private static FileAttribute<Set<PosixFilePermission>> permissions(String text) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text));
    }

    /** Gives the local directories up. */
    @Override
    public void close() {
        locks.close();
    }
}
