package dev.heddle.nm.logs;

import dev.heddle.nm.logs.UploadState.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.util.zip.CRC32;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/**
 * What of a file is to be uploaded.
 *
 * @param from the first byte
 * @param to the byte after the last one
 */
record LogPiece(LogFile file, long from, long to) {
    /** Enough of a log's end to tell it from another's. */
    static final int TAIL_BYTES = 256;

    /**
     * What is left of a file.
     *
     * @param done what has been uploaded, or null
     * @return null where nothing is left or the file is gone
     */
    static @Nullable LogPiece left(ContainerLogFiles files, ContainerId container, LogFile file, @Nullable Part done)
            throws IOException {
        if (done == null) {
            return new LogPiece(file, 0, file.length());
        }
        if (isAsUploaded(file, done)) {
            return null;
        }
        try (ContainerLogFiles.Opened opened = files.open(container, file)) {
            if (opened == null) {
                return null;
            }
            boolean grown =
                    file.length() >= done.length() && checksum(opened.channel(), done.length()) == done.checksum();
            if (!grown) {
                return new LogPiece(file, 0, file.length());
            }
            return file.length() == done.length() ? null : new LogPiece(file, done.length(), file.length());
        }
    }

    /** Whether nothing has been written to a file since it was uploaded whole. */
    static boolean isAsUploaded(LogFile file, Part done) {
        return file.length() == done.length() && file.modifiedMs() == done.modifiedMs();
    }

    LogPiece whole() {
        return new LogPiece(file, 0, to);
    }

    /** What has been uploaded once this piece has. */
    Part uploaded(ContainerLogFiles files, ContainerId container) throws IOException {
        try (ContainerLogFiles.Opened opened = files.open(container, file)) {
            return new Part(to, opened == null ? 0 : checksum(opened.channel(), to), file.modifiedMs());
        } catch (AccessDeniedException e) {
            return new Part(to, 0, file.modifiedMs());
        }
    }

    private static int checksum(SeekableByteChannel channel, long end) throws IOException {
        long start = Math.max(0, end - TAIL_BYTES);
        ByteBuffer tail = ByteBuffer.allocate((int) (end - start));
        channel.position(start);
        while (tail.hasRemaining() && channel.read(tail) >= 0) {
            // A file may have been cut short, which gives another checksum.
        }
        CRC32 checksum = new CRC32();
        checksum.update(tail.flip());
        return (int) checksum.getValue();
    }
}
