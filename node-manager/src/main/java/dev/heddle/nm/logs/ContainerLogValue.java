package dev.heddle.nm.logs;

import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.logaggregation.AggregatedLogFormat.LogValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of one container as Hadoop's writers take them: for each file its name, its length and that many bytes.
 * Hadoop's own class would follow links, wait for pipes and leave a file unreadable from where another was cut short.
 */
final class ContainerLogValue extends LogValue {
    private static final Logger log = LoggerFactory.getLogger(ContainerLogValue.class);

    private static final int BUFFER_BYTES = 1 << 16;
    private static final byte[] CUT_SHORT =
            "\n[this file was cut short while it was uploaded]\n".getBytes(StandardCharsets.UTF_8);

    private final ContainerLogFiles files;
    private final ContainerId container;
    private final Map<File, LogPiece> pieces = new LinkedHashMap<>();

    ContainerLogValue(ContainerLogFiles files, ContainerId container, String user, List<LogPiece> pieces) {
        super(List.of(), container, user);
        this.files = files;
        this.container = container;
        pieces.forEach(piece -> this.pieces.put(piece.file().path().toFile(), piece));
    }

    @Override
    public Set<File> getPendingLogFilesToUploadForThisContainer() {
        return pieces.keySet();
    }

    @Override
    public void write(DataOutputStream out, Set<File> pending) throws IOException {
        for (File file : pending) {
            LogPiece piece = pieces.get(file);
            if (piece == null) {
                continue;
            }
            try (ContainerLogFiles.Opened opened = files.open(container, piece.file())) {
                if (opened == null) {
                    throw new NoSuchFileException(piece.file().path().toString());
                }
                write(out, piece, opened.channel());
            } catch (AccessDeniedException e) {
                log.warn("{} has a log file that cannot be read: {}", container, e.toString());
                byte[] said = "[this node manager has no right to read this file]\n".getBytes(StandardCharsets.UTF_8);
                out.writeUTF(piece.file().name());
                out.writeUTF(Integer.toString(said.length));
                out.write(said);
            }
        }
    }

    private static void write(DataOutputStream out, LogPiece piece, SeekableByteChannel channel) throws IOException {
        long left = piece.to() - piece.from();
        out.writeUTF(piece.file().name());
        out.writeUTF(Long.toString(left));
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        channel.position(piece.from());
        while (left > 0) {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, left));
            int read = channel.read(buffer);
            if (read < 0) {
                fill(out, left);
                return;
            }
            out.write(buffer.array(), 0, read);
            left -= read;
        }
    }

    /** The length has been promised, and whoever reads the next file relies on it. */
    private static void fill(DataOutputStream out, long missing) throws IOException {
        log.debug("a log file ended {} bytes early", missing);
        int said = (int) Math.min(missing, CUT_SHORT.length);
        out.write(CUT_SHORT, 0, said);
        for (long i = said; i < missing; i++) {
            out.write('\n');
        }
    }
}
