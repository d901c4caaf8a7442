package dev.heddle.app.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.List;

/**
 * Cuts the stream into messages: four bytes of length, then the message. The limit is small until the peer has proved who
 * it is, so that a stranger cannot make this side hold much for it. Owned by its channel's event loop.
 */
final class FrameDecoder extends ByteToMessageDecoder {
    static final int LENGTH_BYTES = 4;
    /** Enough for each message of the handshake. */
    static final int HANDSHAKE_LIMIT_BYTES = 1024;

    private int limitBytes = HANDSHAKE_LIMIT_BYTES;

    /** To be called once the peer is known. */
    void raiseLimit(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.readableBytes() < LENGTH_BYTES) {
            return;
        }
        int length = in.getInt(in.readerIndex());
        if (length <= 0 || length > limitBytes) {
            in.skipBytes(in.readableBytes());
            throw new CorruptedFrameException(
                    "a frame of " + Integer.toUnsignedString(length) + " bytes; the limit is " + limitBytes);
        }
        if (in.readableBytes() >= LENGTH_BYTES + length) {
            in.skipBytes(LENGTH_BYTES);
            out.add(MessageCodec.decode(in.readSlice(length)));
        }
    }
}
