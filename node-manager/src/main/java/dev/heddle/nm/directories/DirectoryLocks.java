package dev.heddle.nm.directories;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks of one node manager on its local directories. A lock also tells a directory from another one that has taken
 * its place, as when a disk is unmounted or exchanged. Safe for all threads, one at a time for each directory.
 */
final class DirectoryLocks implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DirectoryLocks.class);

    private static final String LOCK_FILE = "node-manager.lock";

    private final String key;
    private final Map<Path, Lock> locks = new ConcurrentHashMap<>();

    /** How often each directory was locked. */
    private final Map<Path, Integer> counts = new ConcurrentHashMap<>();

    /** @param identity tells the file from every other */
    private record Lock(FileChannel channel, Object identity) {}

    /** @param key the setting that names the directories, for messages */
    DirectoryLocks(String key) {
        this.key = key;
    }

    /**
     * Takes a directory, anew where it was taken before.
     *
     * @throws UserException if it is another node manager's
     * @throws IOException if there can be no lock
     */
    void lock(Path root) throws IOException {
        Lock before = locks.remove(root);
        if (before != null) {
            closeQuietly(before.channel());
        }
        Path file = root.resolve(LOCK_FILE);
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                locks.put(root, new Lock(channel, identity(file)));
                counts.merge(root, 1, Integer::sum);
                return;
            }
        } catch (OverlappingFileLockException e) {
            log.debug("{} is locked by this process", file);
        } catch (IOException e) {
            closeQuietly(channel);
            throw e;
        }
        closeQuietly(channel);
        throw new UserException(
                "another node manager uses " + root + ", which " + key + " names: stop it or name another directory");
    }

    /** Whether the directory is the one that was locked. */
    boolean holds(Path root) throws IOException {
        Lock lock = locks.get(root);
        try {
            return lock != null && lock.identity().equals(identity(root.resolve(LOCK_FILE)));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Whether the directory was never locked before its present lock. */
    boolean isNew(Path root) {
        return counts.getOrDefault(root, 0) == 1;
    }

    private static Object identity(Path file) throws IOException {
        Object identity = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        return identity == null ? file : identity;
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

    @Override
    public void close() {
        locks.values().forEach(lock -> closeQuietly(lock.channel()));
    }
}
