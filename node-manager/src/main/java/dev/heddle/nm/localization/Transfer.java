package dev.heddle.nm.localization;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes the files of one download, counts them and stops where they become too much. One worker writes; every thread may
 * see how far it has come.
 */
final class Transfer {
    private static final int BUFFER_BYTES = 128 * 1024;
    private static final int BYTES_PER_MB_SHIFT = 20;

    private final UnpackLimits limits;
    private long entries;
    private long unpackedBytes;
    private volatile boolean stopped;
    private final AtomicLong transferredBytes = new AtomicLong();

    Transfer(UnpackLimits limits) {
        this.limits = limits;
    }

    /** Nobody waits for it any more. An interrupt alone might get lost in a library. */
    void stop() {
        stopped = true;
    }

    /** Goes on only where somebody waits for it. */
    void requireWanted() throws InterruptedIOException {
        if (stopped || Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("nobody waits for it any more");
        }
    }

    /** How much was written so far, whatever became of it. */
    long transferredBytes() {
        return transferredBytes.get();
    }

    /** Counts something that comes out of an archive or a directory. */
    void countEntry() throws IOException {
        entries++;
        if (entries > limits.maxEntries()) {
            throw new IOException("it holds more than " + limits.maxEntries()
                    + " files, which heddle.nodemanager.localizer.max-archive-entries allows");
        }
    }

    /**
     * Copies a file to a place where none is.
     *
     * @return how many bytes
     */
    long copy(InputStream in, Path target) throws IOException {
        return copy(in, target, false);
    }

    /** As {@link #copy}, of a file that comes out of an archive or a directory. */
    void unpack(InputStream in, Path target) throws IOException {
        copy(in, target, true);
    }

    private long copy(InputStream in, Path target, boolean unpacked) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long copied = 0;
        try (OutputStream out =
                Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                requireWanted();
                copied += length;
                if (unpacked) {
                    countUnpacked(length);
                }
                out.write(buffer, 0, length);
                transferredBytes.addAndGet(length);
            }
        }
        return copied;
    }

    private void countUnpacked(int length) throws IOException {
        unpackedBytes += length;
        if (unpackedBytes > limits.maxBytes()) {
            throw new IOException("it becomes more than " + (limits.maxBytes() >> BYTES_PER_MB_SHIFT)
                    + " MB, which heddle.nodemanager.localizer.max-unpacked-size-mb allows");
        }
    }
}
