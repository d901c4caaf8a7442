package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.metrics.MethodMetrics;
import dev.heddle.common.rpc.wire.RequestHeader;
import dev.heddle.common.rpc.wire.ResponseEncoder.Failure;
import dev.heddle.common.rpc.wire.WireException;
import io.netty.buffer.ByteBuf;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.RpcServerException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.security.authorize.AuthorizationException;
import org.apache.hadoop.thirdparty.protobuf.InvalidProtocolBufferException;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.jspecify.annotations.Nullable;

/** The calls of one connection: finds their methods, begins them, and encodes their answers. Belongs to its I/O thread. */
final class Calls {
    private final Service service;
    private final ServerLoop loop;
    private final Outbox outbox;
    private final Runnable answered;
    private @Nullable Caller caller;
    private @Nullable String protocol;
    private int inFlight;
    private boolean closed;

    /**
     * @param answered is told that there is an answer to send
     */
    Calls(Service service, ServerLoop loop, Outbox outbox, Runnable answered) {
        this.service = service;
        this.loop = loop;
        this.outbox = outbox;
        this.answered = answered;
    }

    /** Calls may come now, of this caller and for this protocol. */
    void open(Caller who, @Nullable String protocolName) {
        caller = who;
        protocol = protocolName;
    }

    /** Answers no more. */
    void close() {
        closed = true;
    }

    /** How many are at work. */
    int inFlight() {
        return inFlight;
    }

    /**
     * Begins the call that a frame holds.
     *
     * @param offset where the name of the method begins, behind the header
     * @param arrivedNanos when its bytes came
     * @throws FatalRpcException if it is of a kind that is not served, which ends the connection
     */
    void begin(CallHeader id, byte[] bytes, int offset, int end, long arrivedNanos) throws FatalRpcException {
        RequestHeader header = loop.header();
        if (header.kind() != RequestHeader.KIND_PROTOCOL_BUFFER) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, "an rpc kind that is not served: " + header.kind());
        }
        MethodTable.Target<?, ?> target;
        int start;
        int length;
        try {
            int nameLength = header.delimited(bytes, offset, end);
            int nameStart = header.position();
            target = service.methods().find(bytes, nameStart, nameLength);
            length = header.delimited(bytes, nameStart + nameLength, end);
            start = header.position();
        } catch (WireException e) {
            unanswerable(id, new InvalidProtocolBufferException("the request cannot be read: " + e.reason()));
            return;
        } catch (RpcServerException e) {
            unanswerable(id, e);
            return;
        }
        Caller who = caller;
        if (who == null || !service.security().allows(protocol, target.protocol())) {
            unanswerable(
                    id,
                    new AuthorizationException("This connection was made for " + protocol + " and may not call "
                            + target.protocol().name()));
            return;
        }
        if (!service.admission().beginCall(inFlight)) {
            answer(
                    id,
                    new Failure(
                            RpcStatusProto.ERROR,
                            RpcErrorCodeProto.ERROR_RPC_SERVER,
                            RetriableException.class.getName(),
                            "Server too busy"));
            return;
        }
        inFlight++;
        new ServerCall(this, loop, target, id, arrivedNanos, Integer.BYTES + end).start(who, bytes, start, length);
    }

    /** Takes the answer of a call that was begun; drops it where the connection has ended. */
    void answer(ServerCall call) {
        inFlight--;
        service.admission().endCall();
        long now = System.nanoTime();
        Message response = call.response();
        MethodMetrics.Share metrics = call.target().metrics().share(loop.index());
        metrics.answered(call.queuedNanos(), call.processedNanos(now), response == null);
        if (closed) {
            return;
        }
        ByteBuf out = outbox.buffer();
        int before = out.writerIndex();
        CallHeader id = call.header();
        if (response != null) {
            try {
                loop.encoder().success(out, id.callId(), id.clientId(), id.retryCount(), response);
            } catch (RuntimeException e) {
                out.writerIndex(before);
                service.defects().found("the answer of " + call.target() + " cannot be written", e);
                encode(
                        id,
                        new Failure(
                                RpcStatusProto.ERROR,
                                RpcErrorCodeProto.ERROR_SERIALIZING_RESPONSE,
                                RpcServerException.class.getName(),
                                "the answer cannot be written: " + e.getMessage()));
            }
        } else {
            Throwable failure = call.failure();
            if (failure instanceof RuntimeException || failure instanceof Error) {
                service.defects().found(call.target() + " failed", failure);
            }
            call.target().metrics().failed(failure);
            encode(id, failure(failure));
        }
        metrics.moved(call.requestBytes(), out.writerIndex() - before);
        answered.run();
    }

    private void unanswerable(CallHeader id, Exception why) {
        service.unanswerable().count(why);
        answer(id, failure(why));
    }

    private void answer(CallHeader id, Failure failure) {
        encode(id, failure);
        answered.run();
    }

    /** Appends an answer to what the connection is to send. */
    void encode(CallHeader id, Failure failure) {
        loop.encoder().failure(outbox.buffer(), id.callId(), id.clientId(), id.retryCount(), failure);
    }

    private static Failure failure(Throwable thrown) {
        RpcStatusProto status = RpcStatusProto.ERROR;
        RpcErrorCodeProto code = RpcErrorCodeProto.ERROR_APPLICATION;
        if (thrown instanceof RpcServerException refusal) {
            code = refusal.getRpcErrorCodeProto();
        }
        // An error's class says more than its message, and clients show only the message of what they cannot create.
        String message = thrown instanceof Error ? thrown.toString() : thrown.getMessage();
        return new Failure(
                status,
                code,
                thrown.getClass().getName(),
                message == null ? thrown.getClass().getName() : message);
    }
}
