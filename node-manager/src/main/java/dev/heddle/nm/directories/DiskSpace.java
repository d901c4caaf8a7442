package dev.heddle.nm.directories;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says in numbers that a disk has no room left. Blocks. */
public final class DiskSpace {
    /** Whoever has less than this cannot write a page of a log. */
    private static final long SHORTAGE_BYTES = 64 * 1024;

    private static final double BYTES_PER_MB = 1024 * 1024;

    private DiskSpace() {}

    /** What there is to say about the disk of a directory that has (nearly) no room left; empty where it has. */
    public static Optional<String> shortage(Path directory) {
        try {
            FileStore store = Files.getFileStore(existing(directory));
            return store.getTotalSpace() > 0 && store.getUsableSpace() < SHORTAGE_BYTES
                    ? Optional.of(words(directory, store))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Refuses to begin with what will not fit.
     *
     * @throws DisksFailedException with the numbers, if the disk of a directory has less room than that
     */
    public static void require(Path directory, long sizeBytes) throws IOException {
        FileStore store = Files.getFileStore(existing(directory));
        if (store.getTotalSpace() > 0 && store.getUsableSpace() < sizeBytes) {
            throw new DisksFailedException(megabytes(sizeBytes) + " MB do not fit: " + words(directory, store));
        }
    }

    /** The same failure, with the numbers where it is the full disk of one of the directories that it comes from. */
    public static IOException explained(IOException failure, Path... directories) {
        if (failure instanceof DisksFailedException) {
            return failure;
        }
        for (Path directory : directories) {
            Optional<String> shortage = shortage(directory);
            if (shortage.isPresent()) {
                return new DisksFailedException(failure.getMessage() + " (" + shortage.get() + ")", failure);
            }
        }
        return isForWantOfSpace(failure) ? new DisksFailedException(failure.toString(), failure) : failure;
    }

    static boolean isForWantOfSpace(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null
                    && (message.contains("No space left on device") || message.contains("Disk quota exceeded"))) {
                return true;
            }
        }
        return false;
    }

    private static String words(Path directory, FileStore store) throws IOException {
        return "the disk of " + directory + " has " + megabytes(store.getUsableSpace()) + " MB free of "
                + megabytes(store.getTotalSpace()) + " MB";
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f", bytes / BYTES_PER_MB);
    }

    private static Path existing(Path path) {
        Path at = path;
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        return at;
    }
}
