package dev.heddle.common.rpc.client;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Arrays;

/**
 * Cuts a stream of bytes into frames: four bytes of length, then as many bytes. Memory is taken as bytes come, so that a
 * length alone costs nothing. For one thread.
 */
final class FrameReader {
    private static final int FIRST_CAPACITY = 8 * 1024;

    /** Takes a frame without its length. */
    interface Sink {
        /** Answers whether to go on: a reader that is told to stop leaves the rest of its input alone. */
        boolean frame(byte[] bytes) throws IOException;
    }

    private final int maxLength;
    private int lengthBytes;
    private int length;
    private byte[] frame = new byte[0];
    private int filled;

    FrameReader(int maxLength) {
        this.maxLength = maxLength;
    }

    /**
     * Takes the next bytes of the stream and hands on each frame that they complete.
     *
     * @throws ProtocolViolationException if a length is not positive or too large
     */
    void feed(ByteBuf in, Sink sink) throws IOException {
        while (in.isReadable()) {
            if (lengthBytes < Integer.BYTES) {
                length = length << Byte.SIZE | in.readUnsignedByte();
                lengthBytes++;
                if (lengthBytes == Integer.BYTES) {
                    begin();
                }
                continue;
            }
            int count = Math.min(in.readableBytes(), length - filled);
            if (filled + count > frame.length) {
                long doubled = Math.max(2L * frame.length, filled + count);
                frame = Arrays.copyOf(frame, (int) Math.min(length, doubled));
            }
            in.readBytes(frame, filled, count);
            filled += count;
            if (filled == length) {
                byte[] complete = frame;
                reset();
                if (!sink.frame(complete)) {
                    return;
                }
            }
        }
    }

    private void begin() throws ProtocolViolationException {
        if (length <= 0 || length > maxLength) {
            throw new ProtocolViolationException("a frame of " + length + " bytes, where 1 to " + maxLength
                    + " are allowed (ipc.maximum.response.length)");
        }
        frame = new byte[Math.min(length, FIRST_CAPACITY)];
    }

    private void reset() {
        lengthBytes = 0;
        length = 0;
        frame = new byte[0];
        filled = 0;
    }
}
