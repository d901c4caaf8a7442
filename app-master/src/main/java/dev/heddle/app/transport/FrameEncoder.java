package dev.heddle.app.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToByteEncoder;

/** Writes a message behind its length. Stateless. */
@ChannelHandler.Sharable
final class FrameEncoder extends MessageToByteEncoder<Message> {
    static final FrameEncoder INSTANCE = new FrameEncoder();

    private FrameEncoder() {
        super(Message.class);
    }

    @Override
    protected void encode(ChannelHandlerContext context, Message message, ByteBuf out) {
        int start = out.writerIndex();
        out.writeInt(0);
        MessageCodec.encode(message, out);
        out.setInt(start, out.writerIndex() - start - FrameDecoder.LENGTH_BYTES);
    }
}
