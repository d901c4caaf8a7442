package dev.heddle.nm.directories;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes trees of files, never following a link out of them. Somebody else may delete the same at the same time. Blocks.
 */
public final class Deletion {
    private static final Logger log = LoggerFactory.getLogger(Deletion.class);

    private static final String SELF = System.getProperty("user.name");

    private Deletion() {}

    /** Deletes a tree as far as it can be deleted; what resists is logged. */
    public static void delete(Path root) {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            if (isSomebodyElses(root)) {
                remove(root);
            } else {
                Files.walkFileTree(root, new Deleter());
            }
        } catch (IOException e) {
            log.warn("cannot delete all of {}: {}", root, e.toString());
        }
    }

    private static boolean isSomebodyElses(Path root) throws IOException {
        return !Files.getOwner(root, LinkOption.NOFOLLOW_LINKS).getName().equals(SELF);
    }

    /**
     * By a command that holds on to each directory while it is in it: the tree's owner may put a link in the place of a
     * directory meanwhile, and this daemon may be root.
     */
    private static void remove(Path root) throws IOException {
        Process command = new ProcessBuilder("rm", "-rf", "--", root.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (command.waitFor() != 0) {
                throw new IOException("rm has ended with status " + command.exitValue());
            }
        } catch (InterruptedException e) {
            command.destroy();
            Thread.currentThread().interrupt();
        }
    }

    /** Deletes a tree, and of the directories above it those that are left empty, up to a depth. */
    public static void deleteWithEmptyParents(Path root, int depth) {
        delete(root);
        Path parent = root.getParent();
        for (int level = 0; level < depth && parent != null; level++) {
            try {
                Files.deleteIfExists(parent);
            } catch (IOException e) {
                log.debug("{} is kept: it is still in use", parent);
                return;
            }
            parent = parent.getParent();
        }
    }

    private static final class Deleter extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            // What was unpacked from an archive may have taken our own right to write away.
            if (!Files.isWritable(directory) || !Files.isExecutable(directory)) {
                try {
                    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
                } catch (NoSuchFileException e) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null && !(failure instanceof NoSuchFileException)) {
                throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
