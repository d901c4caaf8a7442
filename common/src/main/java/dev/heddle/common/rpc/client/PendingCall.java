package dev.heddle.common.rpc.client;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.thirdparty.protobuf.CodedInputStream;
import org.apache.hadoop.thirdparty.protobuf.ExtensionRegistryLite;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.thirdparty.protobuf.UninitializedMessageException;
import org.jspecify.annotations.Nullable;

/** A call that has neither answer nor failure yet. Made on the caller's thread, then the connection's loop owns it. */
final class PendingCall<R extends Message> {
    private final int id;
    private final RpcCall<?, R> call;
    private final CompletableFuture<R> future = new CompletableFuture<>();
    private final long limitNanos;
    private final long begunNanos;
    private final AtomicInteger outstanding;
    private byte @Nullable [] frame;
    private @Nullable ScheduledFuture<?> deadline;

    /**
     * Begins to wait.
     *
     * @param frame the encoded request
     * @param outstanding what to count down when the call ends
     */
    PendingCall(int id, RpcCall<?, R> call, byte[] frame, long limitNanos, long nowNanos, AtomicInteger outstanding) {
        this.id = id;
        this.call = call;
        this.frame = frame;
        this.limitNanos = limitNanos;
        this.begunNanos = nowNanos;
        this.outstanding = outstanding;
    }

    int id() {
        return id;
    }

    String method() {
        return call.method();
    }

    CompletableFuture<R> future() {
        return future;
    }

    long limitNanos() {
        return limitNanos;
    }

    /** What is left until the deadline; not positive when it has passed. */
    long remainingNanos(long nowNanos) {
        return limitNanos - (nowNanos - begunNanos);
    }

    boolean sent() {
        return frame == null;
    }

    /** Gives the encoded request away, once. */
    byte[] take() {
        byte[] bytes = frame;
        if (bytes == null) {
            throw new IllegalStateException("call " + id + " was sent already");
        }
        frame = null;
        return bytes;
    }

    void deadline(ScheduledFuture<?> timer) {
        deadline = timer;
    }

    /**
     * Completes the call with the message that follows.
     *
     * @throws ProtocolViolationException if that is no message of its kind; the call goes on then
     */
    void answer(CodedInputStream in) throws ProtocolViolationException {
        R response;
        try {
            response = read(in);
        } catch (IOException | UninitializedMessageException e) {
            throw new ProtocolViolationException("an answer to " + method() + " that cannot be read", e);
        }
        end();
        future.complete(response);
    }

    @SuppressWarnings("unchecked") // A prototype's builder builds messages of the prototype's class.
    private R read(CodedInputStream in) throws IOException {
        Message.Builder builder = call.responsePrototype().newBuilderForType();
        in.readMessage(builder, ExtensionRegistryLite.getEmptyRegistry());
        if (!in.isAtEnd()) {
            throw new ProtocolViolationException("more bytes than the message has");
        }
        return (R) builder.build();
    }

    void fail(Throwable reason) {
        end();
        future.completeExceptionally(reason);
    }

    private void end() {
        ScheduledFuture<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
        // Before the future completes: what follows from it may be the next call.
        outstanding.decrementAndGet();
    }
}
