package dev.heddle.nm.directories;

import dev.heddle.nm.directories.Disk.Condition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds out whether a directory can be used, by using it. The reasons are in YARN's words. Blocks. */
final class DiskCheck {
    /** Begins the names of directories that are made to see whether one can be made. */
    static final String TRIAL_PREFIX = "disk-check-";

    private static final long BYTES_PER_MB = 1024 * 1024;
    private static final float WHOLE_PERCENT = 100;

    private DiskCheck() {}

    /** How a directory is now. */
    static Disk check(Disk before, DiskLimits limits) {
        Path root = before.root();
        boolean full = false;
        try {
            requireAccess(root);
            try {
                Files.delete(Files.createTempDirectory(root, TRIAL_PREFIX));
            } catch (IOException e) {
                if (!DiskSpace.isForWantOfSpace(e)) {
                    return Disk.failed(root, "Cannot create directory: " + root + ", error " + reason(e));
                }
                full = true;
            }
            FileStore store = Files.getFileStore(root);
            long total = store.getTotalSpace();
            long free = store.getUsableSpace();
            Optional<String> why = full || (free == 0 && total > 0)
                    ? Optional.of("no space left on device")
                    : fullness(limits, before.condition() == Condition.GOOD, free, total);
            if (why.isPresent()) {
                return new Disk(root, Condition.FULL, why.get(), free, total);
            }
            if (limits.contents()) {
                requireReadableContents(root);
            }
            return new Disk(root, Condition.GOOD, "", free, total);
        } catch (UncheckedIOException e) {
            return Disk.failed(root, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return Disk.failed(root, reason(e));
        }
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException of && of.getReason() != null) {
            return of.getFile() + ": " + of.getReason();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private static void requireAccess(Path root) throws IOException {
        if (!Files.exists(root)) {
            try {
                NodeDirectories.makePublic(root);
            } catch (IOException e) {
                throw new IOException("Cannot create directory: " + root, e);
            }
        }
        if (!Files.isDirectory(root)) {
            throw new IOException("Not a directory: " + root);
        }
        if (!Files.isReadable(root)) {
            throw new IOException("Directory is not readable: " + root);
        }
        if (!Files.isWritable(root)) {
            throw new IOException("Directory is not writable: " + root);
        }
        if (!Files.isExecutable(root)) {
            throw new IOException("Directory is not executable: " + root);
        }
    }

    private static Optional<String> fullness(DiskLimits limits, boolean wasGood, long free, long total) {
        if (limits.utilization().isPresent()) {
            DiskLimits.Utilization limit = limits.utilization().get();
            float max = wasGood ? limit.maxPercent() : limit.returnPercent();
            float used = WHOLE_PERCENT - WHOLE_PERCENT * (free / (float) total);
            if (used > max || used >= WHOLE_PERCENT) {
                return Optional.of("used space above threshold of " + max + "%");
            }
        }
        if (limits.freeSpace().isPresent()) {
            DiskLimits.FreeSpace limit = limits.freeSpace().get();
            long min = wasGood ? limit.minMb() : limit.returnMb();
            if (free / BYTES_PER_MB < min) {
                return Optional.of("free space below limit of " + min + "MB");
            }
        }
        return Optional.empty();
    }

    private static void requireReadableContents(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            Optional<Path> closed = tree.filter(path -> !Files.isReadable(path) && Files.exists(path))
                    .findFirst();
            if (closed.isPresent()) {
                throw new IOException("Can not read " + closed.get());
            }
        }
    }
}
