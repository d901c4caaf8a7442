package dev.heddle.nm.directories;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local directories, where files and containers live, and the log directories, each spread over several disks. The
 * layout is YARN's, which shuffle services, profilers and people know.
 *
 * <p>Each local directory belongs to one node manager at a time, which holds a lock on it. Safe for all threads.
 */
public final class NodeDirectories implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeDirectories.class);

    private static final String USER_CACHE = "usercache";
    private static final String APPLICATION_CACHE = "appcache";
    private static final String FILE_CACHE = "filecache";
    private static final String NODE_PRIVATE = "nmPrivate";
    /** All users, the user, the user's copies, and one of these. */
    private static final int LEVELS_OF_USER_COPY = 4;

    private static final String LOCK_FILE = "node-manager.lock";
    private static final String TRASH_PREFIX = "trash-";

    private static final FileAttribute<Set<PosixFilePermission>> FOR_ALL = permissions("rwxr-xr-x");
    private static final FileAttribute<Set<PosixFilePermission>> FOR_OWNER = permissions("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> FOR_GROUP = permissions("rwxr-x---");

    private final List<Path> localRoots;
    private final List<Path> logRoots;
    private final List<FileChannel> locks;
    private final AtomicInteger turn = new AtomicInteger();
    private volatile FileOwner.Choice owners = user -> null;

    private NodeDirectories(List<Path> localRoots, List<Path> logRoots, List<FileChannel> locks) {
        this.localRoots = List.copyOf(localRoots);
        this.logRoots = List.copyOf(logRoots);
        this.locks = locks;
    }

    /**
     * Makes the directories where they are missing, takes the local ones and clears what an earlier node manager left in
     * them. Logs stay.
     *
     * @param localKey the setting that names the local directories, for messages
     * @param logKey the setting that names the log directories, for messages
     * @throws UserException if one of them cannot be written, or is another node manager's
     */
    public static NodeDirectories open(List<Path> local, String localKey, List<Path> logs, String logKey) {
        List<FileChannel> locks = new ArrayList<>();
        NodeDirectories directories = new NodeDirectories(local, logs, locks);
        try {
            for (Path root : local) {
                writable(root, localKey);
                locks.add(lock(root, localKey));
            }
            for (Path root : logs) {
                writable(root, logKey);
            }
            return directories;
        } catch (RuntimeException e) {
            directories.close();
            throw e;
        }
    }

    private static void writable(Path directory, String key) {
        try {
            makeAll(directory, FOR_ALL);
            if (Files.isDirectory(directory) && Files.isWritable(directory)) {
                return;
            }
        } catch (IOException e) {
            throw unwritable(directory, key, e);
        }
        throw unwritable(directory, key, null);
    }

    private static UserException unwritable(Path directory, String key, @Nullable Exception e) {
        String message = "cannot write to " + directory + ", which " + key
                + " names: give this user the right to write there or name another directory";
        return e == null ? new UserException(message) : new UserException(message, e);
    }

    private static FileChannel lock(Path root, String key) {
        Path file = root.resolve(LOCK_FILE);
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            log.debug("{} is locked by this process", file);
        } catch (IOException e) {
            throw new UserException("cannot lock " + file + " (" + e.getMessage() + "): check " + key, e);
        }
        closeQuietly(channel);
        throw new UserException(
                "another node manager uses " + root + ", which " + key + " names: stop it or name another directory");
    }

    /**
     * Moves what an earlier node manager left out of the way, and answers where to: to be deleted at leisure.
     *
     * @throws UserException if it cannot be moved
     */
    public List<Path> clear() {
        List<Path> trash = new ArrayList<>();
        for (Path root : localRoots) {
            try {
                clear(root, trash);
            } catch (IOException e) {
                throw new UserException(
                        "cannot clear " + root + " of what an earlier node manager left (" + e.getMessage()
                                + "): give this user the right to, or remove it",
                        e);
            }
        }
        return trash;
    }

    /** What was moved out of the way before and is not deleted yet. */
    public static List<Path> trash(Path root) throws IOException {
        List<Path> trash = new ArrayList<>();
        try (var earlier = Files.newDirectoryStream(root, TRASH_PREFIX + "*")) {
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

    /** Makes the folders that this daemon needs, where they are missing. */
    public void prepare() throws IOException {
        for (Path root : localRoots) {
            makeAll(nodePrivate(root), FOR_OWNER);
        }
    }

    /** One of the local directories, each in its turn. */
    public Path nextLocalRoot() {
        return localRoots.get(Math.floorMod(turn.getAndIncrement(), localRoots.size()));
    }

    /** One of the log directories, each in its turn. */
    public Path nextLogRoot() {
        return logRoots.get(Math.floorMod(turn.get(), logRoots.size()));
    }

    public List<Path> localRoots() {
        return localRoots;
    }

    public List<Path> logRoots() {
        return logRoots;
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
                boolean ofApplication = below.getNameCount() > LEVELS_OF_USER_COPY;
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

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            log.debug("closing a lock file", e);
        }
    }

    /** Gives the local directories up. */
    @Override
    public void close() {
        locks.forEach(NodeDirectories::closeQuietly);
    }
}
