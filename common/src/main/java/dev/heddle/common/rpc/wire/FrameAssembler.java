package dev.heddle.common.rpc.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into frames: four bytes of length, big-endian, then as many bytes. What arrives whole is handed
 * on where it lies; only the beginning of a frame whose end is yet to come is copied, and its buffer grows with the bytes
 * that have come, not with the length that was announced. For one thread.
 */
public final class FrameAssembler implements AutoCloseable {
    private static final int LENGTH_BYTES = Integer.BYTES;

    /** Takes the frames. */
    public interface Sink {
        /** Whether another frame may come now. */
        boolean ready();

        /** The longest frame that is taken now, in bytes. */
        int maxFrameBytes();

        /** Takes a frame: the next {@code length} bytes of the source, all of which it reads. */
        void frame(ByteBuf source, int length) throws WireException;
    }

    private final ByteBufAllocator allocator;
    private final BufferBudget budget;
    private @Nullable ByteBuf held;
    private int takenFromBudget;
    private boolean closed;

    public FrameAssembler(ByteBufAllocator allocator, BufferBudget budget) {
        this.allocator = allocator;
        this.budget = budget;
    }

    /**
     * Hands on the frames that are whole with these bytes and keeps the rest. Reads the source to its end; does not
     * release it.
     *
     * @throws WireException if a frame's length is negative or past the limit, or too much memory is held
     */
    public void feed(ByteBuf source, Sink sink) throws WireException {
        if (held == null) {
            cut(source, sink);
            if (source.isReadable() && !closed) {
                hold(source);
            }
        } else {
            hold(source);
            resume(sink);
        }
    }

    /** Hands on the frames that were whole before, but not wanted then. */
    public void resume(Sink sink) throws WireException {
        ByteBuf bytes = held;
        if (bytes == null) {
            return;
        }
        cut(bytes, sink);
        if (closed) {
            return;
        }
        if (!bytes.isReadable()) {
            release();
        } else if (bytes.readerIndex() > bytes.capacity() / 2) {
            bytes.discardReadBytes();
        }
    }

    private static void cut(ByteBuf bytes, Sink sink) throws WireException {
        while (sink.ready() && bytes.readableBytes() >= LENGTH_BYTES) {
            int length = bytes.getInt(bytes.readerIndex());
            if (length < 0 || length > sink.maxFrameBytes()) {
                throw new WireException("a frame of " + Integer.toUnsignedString(length) + " bytes, where "
                        + sink.maxFrameBytes() + " are allowed");
            }
            if (bytes.readableBytes() - LENGTH_BYTES < length) {
                return;
            }
            int end = bytes.readerIndex() + LENGTH_BYTES + length;
            bytes.skipBytes(LENGTH_BYTES);
            sink.frame(bytes, length);
            if (bytes.refCnt() == 0) {
                return; // The sink has closed this assembler, and these were its bytes.
            }
            bytes.readerIndex(end);
        }
    }

    private void hold(ByteBuf source) throws WireException {
        ByteBuf bytes = held;
        if (bytes == null) {
            bytes = allocator.buffer(source.readableBytes());
            held = bytes;
        }
        bytes.ensureWritable(source.readableBytes());
        int growth = bytes.capacity() - takenFromBudget;
        if (growth > 0) {
            if (!budget.take(growth)) {
                throw new WireException("all connections together hold too many bytes in buffers");
            }
            takenFromBudget += growth;
        }
        bytes.writeBytes(source);
    }

    /** Lets go of what it holds and takes no more. */
    @Override
    public void close() {
        closed = true;
        release();
    }

    private void release() {
        if (held != null) {
            held.release();
            held = null;
        }
        budget.give(takenFromBudget);
        takenFromBudget = 0;
    }
}
