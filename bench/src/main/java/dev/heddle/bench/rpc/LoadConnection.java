package dev.heddle.bench.rpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client connection: calls gather until {@link #flush} and leave in one write; of an answer only length, call id and
 * status are read, and every so often its body is compared. Used by its event loop's thread alone.
 */
@SuppressWarnings("FutureReturnValueIgnored") // With a void promise a write that fails reaches exceptionCaught.
final class LoadConnection extends ByteToMessageDecoder {
    private static final int CALL_ID_TAG = 1 << 3;
    private static final int STATUS_TAG = 2 << 3;
    private static final int SUCCESS = 0;
    private static final int WIRE_TYPE_VARINT = 0;
    private static final int WIRE_TYPE_BYTES = 2;

    /** Every so many answers one is compared byte by byte. */
    private static final int COMPARE_EVERY = 256;

    private final LoadLoop loop;
    private final CallFrame frame;
    private final ByteBuf expectedAnswer;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf pending;
    private int answers;
    private long now;

    LoadConnection(LoadLoop loop, CallFrame frame) {
        this.loop = loop;
        this.frame = frame;
        this.expectedAnswer = Unpooled.wrappedBuffer(frame.answer());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        ctx.writeAndFlush(Unpooled.wrappedBuffer(frame.opening()), ctx.voidPromise());
    }

    /** Adds a call to what the next {@link #flush} sends. */
    void call(int callId) {
        ByteBuf calls = pending;
        if (calls == null) {
            calls = active().alloc().buffer(frame.length() * 4);
            pending = calls;
        }
        frame.write(calls, callId);
    }

    void flush() {
        ByteBuf calls = pending;
        if (calls != null) {
            pending = null;
            active().writeAndFlush(calls, active().voidPromise());
        }
    }

    void close() {
        active().close();
    }

    private ChannelHandlerContext active() {
        ChannelHandlerContext active = context;
        if (active == null) {
            throw new IllegalStateException("not connected yet");
        }
        return active;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        now = System.nanoTime();
        while (in.readableBytes() >= Integer.BYTES) {
            int length = in.getInt(in.readerIndex());
            if (in.readableBytes() - Integer.BYTES < length) {
                return;
            }
            in.skipBytes(Integer.BYTES);
            int end = in.readerIndex() + length;
            answer(in, end);
            in.readerIndex(end);
        }
    }

    private void answer(ByteBuf in, int end) {
        int headerLength = varint(in);
        int headerEnd = in.readerIndex() + headerLength;
        int callId = -1;
        int status = SUCCESS;
        while (in.readerIndex() < headerEnd) {
            int tag = varint(in);
            switch (tag) {
                case CALL_ID_TAG -> callId = varint(in);
                case STATUS_TAG -> status = varint(in);
                default -> skip(in, tag & 7);
            }
        }
        boolean asExpected = status == SUCCESS;
        if (asExpected && answers++ % COMPARE_EVERY == 0) {
            asExpected = ByteBufUtil.equals(in.slice(headerEnd, end - headerEnd), expectedAnswer);
        }
        loop.answered(this, callId, asExpected, now);
    }

    private static int varint(ByteBuf in) {
        int value = 0;
        for (int shift = 0; shift < 32; shift += 7) {
            byte next = in.readByte();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        // The upper half of a negative number, which takes ten bytes.
        while (in.readByte() < 0) {}
        return value;
    }

    private static void skip(ByteBuf in, int wireType) {
        switch (wireType) {
            case WIRE_TYPE_VARINT -> varint(in);
            case WIRE_TYPE_BYTES -> in.skipBytes(varint(in));
            default -> throw new CorruptedFrameException("wire type " + wireType + " in an answer's header");
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        super.channelReadComplete(ctx);
        flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        loop.broken(cause);
        ctx.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        super.channelInactive(ctx);
        loop.disconnected();
    }
}
