package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.Caller;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.jspecify.annotations.Nullable;

/**
 * One call, from its handler to its answer. The handler begins on the I/O thread of its connection; its stage may complete
 * on any thread, and the answer goes back to the I/O thread.
 */
final class ServerCall implements BiConsumer<@Nullable Message, @Nullable Throwable>, Runnable {
    private final Calls calls;
    private final ServerLoop loop;
    private final MethodTable.Target<?, ?> target;
    private final CallHeader header;
    private final long arrivedNanos;
    private final int requestBytes;
    private long startedNanos;
    private @Nullable Message response;
    private @Nullable Throwable failure;

    ServerCall(
            Calls calls,
            ServerLoop loop,
            MethodTable.Target<?, ?> target,
            CallHeader header,
            long arrivedNanos,
            int requestBytes) {
        this.calls = calls;
        this.loop = loop;
        this.target = target;
        this.header = header;
        this.arrivedNanos = arrivedNanos;
        this.requestBytes = requestBytes;
    }

    /** Calls the handler with the request that lies in these bytes. */
    void start(Caller caller, byte[] bytes, int offset, int length) {
        startedNanos = System.nanoTime();
        try {
            CompletionStage<? extends Message> stage = target.call(caller, bytes, offset, length);
            if (stage.getClass() == CompletableFuture.class
                    && ((CompletableFuture<? extends Message>) stage).isDone()) {
                takeDone((CompletableFuture<? extends Message>) stage);
            } else {
                // Also for those subclasses that do not tell whether they are done.
                var unused = stage.whenComplete(this);
            }
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            accept(null, e);
        }
    }

    private void takeDone(CompletableFuture<? extends Message> future) throws InterruptedException {
        if (!future.isCompletedExceptionally()) {
            accept(future.join(), null);
            return;
        }
        try {
            accept(future.get(), null);
        } catch (ExecutionException e) {
            accept(null, e.getCause());
        }
    }

    @Override
    public void accept(@Nullable Message answered, @Nullable Throwable failed) {
        response = answered;
        failure = failed;
        if (loop.thread().inEventLoop()) {
            run();
        } else {
            loop.execute(this);
        }
    }

    /** Hands the answer on to be sent. */
    @Override
    public void run() {
        calls.answer(this);
        response = null;
    }

    MethodTable.Target<?, ?> target() {
        return target;
    }

    CallHeader header() {
        return header;
    }

    int requestBytes() {
        return requestBytes;
    }

    long queuedNanos() {
        return startedNanos - arrivedNanos;
    }

    long processedNanos(long nowNanos) {
        return nowNanos - startedNanos;
    }

    @Nullable
    Message response() {
        return response;
    }

    /** Why there is no response; what completion stages wrap around it is taken off. */
    Throwable failure() {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? new IllegalStateException(target + " answered nothing") : cause;
    }
}
