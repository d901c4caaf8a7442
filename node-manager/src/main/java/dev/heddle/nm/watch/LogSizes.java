package dev.heddle.nm.watch;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** Adds up what containers have logged. Blocks for as long as disks do. */
final class LogSizes {
    /** What a container has beyond this many files is not counted. */
    private static final int MAX_FILES = 100_000;

    private LogSizes() {}

    /** Why a container has to be ended for what it has logged, or nothing. */
    static Optional<Excess> check(WatchedContainer container, WatchTerms terms) {
        long total = 0;
        for (Path directory : container.logDirectories()) {
            long bytes = size(directory);
            total += bytes;
            if (bytes > terms.logDirectoryLimitBytes()) {
                return Optional.of(
                        new Excess(Excess.Kind.LOGS, Diagnosis.logDirectory(container, directory, bytes, terms)));
            }
            if (total > terms.logTotalLimitBytes()) {
                return Optional.of(new Excess(Excess.Kind.LOGS, Diagnosis.logTotal(container, total, terms)));
            }
        }
        return Optional.empty();
    }

    private static long size(Path directory) {
        Counter counter = new Counter();
        try {
            Files.walkFileTree(directory, counter);
        } catch (IOException e) {
            // It goes on where it can; a directory that cannot be walked is counted as far as it was.
            return counter.bytes;
        }
        return counter.bytes;
    }

    private static final class Counter extends SimpleFileVisitor<Path> {
        private long bytes;
        private int files;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += attributes.size();
            return ++files < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
        }
    }
}
