package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.wire.BufferBudget;
import dev.heddle.common.rpc.wire.ResponseEncoder;
import dev.heddle.common.rpc.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is yet to send. Answers are gathered in one buffer and written together; while more than a little
 * waits for the peer to read it, the outbox is {@linkplain #congested congested}, and the connection takes no calls. Belongs
 * to the connection's I/O thread.
 */
final class Outbox {
    /** Answers are written no later than when so many bytes of them lie ready. */
    private static final int FLUSH_BYTES = 64 * 1024;

    private static final int CONGESTED_BYTES = 256 * 1024;
    private static final int FIRST_BUFFER_BYTES = 512;

    private final DuplexChannel channel;
    private final BufferBudget budget;
    private final int limitBytes;
    private final ResponseEncoder encoder;
    private final Runnable congestionChanged;
    private @Nullable Protection protection;
    private @Nullable ByteBuf unwritten;
    private long unsentBytes;
    private int longestUnsent;
    private boolean congested;

    /**
     * @param limitBytes so much may wait for the peer
     * @param congestionChanged is called when the outbox becomes congested and when it no longer is, at any moment of the
     *     I/O thread
     */
    Outbox(
            DuplexChannel channel,
            BufferBudget budget,
            int limitBytes,
            ResponseEncoder encoder,
            Runnable congestionChanged) {
        this.channel = channel;
        this.budget = budget;
        this.limitBytes = limitBytes;
        this.encoder = encoder;
        this.congestionChanged = congestionChanged;
    }

    /** From here on all is wrapped. */
    void protect(Protection agreed) {
        protection = agreed;
    }

    /** Where answers are appended. */
    ByteBuf buffer() {
        ByteBuf out = unwritten;
        if (out == null) {
            out = channel.alloc().buffer(FIRST_BUFFER_BYTES);
            unwritten = out;
        }
        return out;
    }

    /** Whether there is enough to be written at once. */
    boolean full() {
        ByteBuf out = unwritten;
        return out != null && out.readableBytes() >= FLUSH_BYTES;
    }

    /** Whether so much waits for the peer that it should be given nothing more to do. */
    boolean congested() {
        return congested;
    }

    long unsentBytes() {
        return unsentBytes;
    }

    /**
     * Writes what lies ready.
     *
     * @throws WireException if too much waits for the peer, or it cannot be wrapped
     */
    void flush() throws WireException {
        ByteBuf out = unwritten;
        if (out == null) {
            return;
        }
        unwritten = null;
        Protection agreed = protection;
        if (agreed != null) {
            try {
                out = agreed.wrap(out, encoder);
            } catch (IOException e) {
                throw new WireException("what is sent to it cannot be wrapped: " + e.getMessage());
            }
        }
        int size = out.readableBytes();
        ChannelFuture written = channel.writeAndFlush(out);
        if (!written.isDone()) {
            await(written, size);
        }
    }

    private void await(ChannelFuture written, int size) throws WireException {
        if (unsentBytes == 0) {
            longestUnsent = 0;
        }
        longestUnsent = Math.max(longestUnsent, size);
        unsentBytes += size;
        boolean taken = budget.take(size);
        var unused = written.addListener(done -> {
            unsentBytes -= size;
            if (taken) {
                budget.give(size);
            }
            if (congested && unsentBytes < CONGESTED_BYTES / 2) {
                congested = false;
                congestionChanged.run();
            }
        });
        if (unsentBytes > CONGESTED_BYTES && !congested) {
            congested = true;
            congestionChanged.run();
        }
        // A single answer may be longer than what may wait: it is there already.
        long besides = unsentBytes - longestUnsent;
        if (besides > limitBytes || (!taken && besides > 0)) {
            throw new WireException("it does not read its answers: " + unsentBytes + " bytes wait for it");
        }
    }

    /** Ends what is sent, once it is sent. */
    void end() {
        var unused = channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            var unusedEnd = channel.shutdownOutput();
        });
    }

    /** Drops what is not written. */
    void close() {
        ByteBuf rest = unwritten;
        unwritten = null;
        if (rest != null) {
            rest.release();
        }
    }
}
