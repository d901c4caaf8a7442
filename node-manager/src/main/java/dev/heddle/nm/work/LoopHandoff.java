package dev.heddle.nm.work;

import dev.heddle.common.runtime.EventLoop;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.ipc.RetriableException;

/**
 * The ways into the writer thread. A question from outside is refused when there is no room ("too busy"); the result of
 * a worker must not be lost, so {@link #execute} waits for room: the writer never waits for workers.
 */
public final class LoopHandoff implements Executor {
    private static final long RETRY_INTERVAL_NANOS = 1_000_000;

    private final EventLoop loop;
    private volatile boolean closed;

    public LoopHandoff(EventLoop loop) {
        this.loop = loop;
    }

    /** Has the writer thread answer a question. The answer fails at once when the queue is full. */
    public <T> CompletableFuture<T> ask(Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean taken = loop.offer(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        if (!taken) {
            answer.completeExceptionally(new RetriableException("The node manager is too busy or stopping."));
        }
        return answer;
    }

    /** Hands a worker's result over. Never called by the writer thread itself. */
    @Override
    public void execute(Runnable task) {
        while (!loop.offer(task)) {
            if (closed) {
                return;
            }
            if (loop.isCurrentThread()) {
                throw new RejectedExecutionException("the writer thread would wait for itself");
            }
            LockSupport.parkNanos(RETRY_INTERVAL_NANOS);
        }
    }

    /** From now on results that come too late are dropped: nobody is left to care. */
    public void close() {
        closed = true;
    }
}
