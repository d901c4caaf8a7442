package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.wire.BufferBudget;
import dev.heddle.common.rpc.wire.FrameAssembler;
import dev.heddle.common.rpc.wire.ResponseEncoder;
import dev.heddle.common.rpc.wire.WireConstants;
import dev.heddle.common.rpc.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import javax.security.sasl.SaslException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslState;
import org.apache.hadoop.thirdparty.protobuf.InvalidProtocolBufferException;
import org.apache.hadoop.thirdparty.protobuf.UnsafeByteOperations;

/**
 * Integrity or privacy of a connection: frames travel inside others ({@code RpcSaslProto} with state {@code WRAP}), as a
 * stream that has been cut and wrapped piece by piece. Belongs to the connection's I/O thread.
 */
final class Protection implements FrameAssembler.Sink, AutoCloseable {
    private final SaslSession session;
    private final ByteBufAllocator allocator;
    private final FrameAssembler frames;
    private final ServerConnection connection;

    Protection(SaslSession session, ByteBufAllocator allocator, BufferBudget budget, ServerConnection connection) {
        this.session = session;
        this.allocator = allocator;
        this.frames = new FrameAssembler(allocator, budget);
        this.connection = connection;
    }

    /** Takes a wrapped piece of the stream. */
    void feed(byte[] bytes, int offset, int end) throws FatalRpcException, WireException {
        byte[] plain;
        try {
            RpcSaslProto message = SaslMessages.read(bytes, offset, end);
            if (message.getState() != SaslState.WRAP) {
                throw new FatalRpcException(
                        RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER,
                        "the conversation about who the client is is over: " + message.getState());
            }
            plain = session.unwrap(message.getToken().toByteArray());
            // The JDK's DIGEST-MD5 hands back nothing where a checksum is wrong; nobody wraps nothing.
            if (plain.length == 0) {
                throw new SaslException("nothing is left of it");
            }
        } catch (InvalidProtocolBufferException e) {
            throw new FatalRpcException(RpcErrorCodeProto.FATAL_DESERIALIZING_REQUEST, e.toString());
        } catch (SaslException | RuntimeException e) {
            throw changed();
        }
        if (plain.length == 0) {
            // What Java's DIGEST-MD5 makes of a wrong checksum; no client wraps nothing.
            throw changed();
        }
        frames.feed(Unpooled.wrappedBuffer(plain), this);
    }

    private static FatalRpcException changed() {
        return new FatalRpcException(
                RpcErrorCodeProto.FATAL_UNAUTHORIZED,
                new SaslException("what came wrapped cannot be unwrapped: it was changed, or wrapped by another key"));
    }

    void resume() throws WireException {
        frames.resume(this);
    }

    /** Wraps a piece of the stream, which it releases. */
    ByteBuf wrap(ByteBuf plain, ResponseEncoder encoder) throws IOException {
        byte[] bytes;
        try {
            bytes = ByteBufUtil.getBytes(plain);
        } finally {
            plain.release();
        }
        RpcSaslProto message = RpcSaslProto.newBuilder()
                .setState(SaslState.WRAP)
                .setToken(UnsafeByteOperations.unsafeWrap(session.wrap(bytes, 0, bytes.length)))
                .build();
        ByteBuf wrapped = allocator.buffer(message.getSerializedSize() + SaslMessages.MAX_HEADER_BYTES);
        CallHeader id = CallHeader.noCall(WireConstants.SASL_CALL_ID);
        encoder.success(wrapped, id.callId(), id.clientId(), id.retryCount(), message);
        return wrapped;
    }

    @Override
    public boolean ready() {
        return connection.ready();
    }

    @Override
    public int maxFrameBytes() {
        return connection.maxFrameBytes();
    }

    @Override
    public void frame(ByteBuf source, int length) throws WireException {
        connection.frame(source, length, true);
    }

    @Override
    public void close() {
        frames.close();
        session.dispose();
    }
}
