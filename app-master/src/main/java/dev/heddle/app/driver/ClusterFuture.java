package dev.heddle.app.driver;

import dev.heddle.app.task.ObjectCodec;
import dev.heddle.app.task.TaskOutcome;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The result of one task. It is deserialized by the thread that first asks for it, never by the scheduler's.
 *
 * @param <T> what the task returns
 */
final class ClusterFuture<T> implements Future<T> {
    private final long taskId;
    private final TaskGateway gateway;
    private final CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
    private @Nullable Result<T> result;

    private record Result<T>(@Nullable T value, @Nullable Throwable failure) {}

    ClusterFuture(long taskId, TaskGateway gateway) {
        this.taskId = taskId;
        this.gateway = gateway;
    }

    long taskId() {
        return taskId;
    }

    /** The first call counts. */
    void complete(TaskOutcome how) {
        outcome.complete(how);
    }

    /** Runs the action when there is an outcome; on the thread that brings it, so it must not block. */
    void whenDone(Runnable action) {
        CompletableFuture<Void> unused = outcome.thenRun(action);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = outcome.complete(new TaskOutcome.Cancelled());
        if (cancelled) {
            gateway.cancel(taskId, mayInterruptIfRunning);
        }
        return cancelled;
    }

    @Override
    public boolean isCancelled() {
        return outcome.isDone() && outcome.join() instanceof TaskOutcome.Cancelled;
    }

    @Override
    public boolean isDone() {
        return outcome.isDone();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        return valueOf(outcome.get());
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        return valueOf(outcome.get(timeout, unit));
    }

    @SuppressWarnings("NullAway") // Null where the task returned null: what its type says is the driver's to know.
    private T valueOf(TaskOutcome how) throws ExecutionException {
        if (how instanceof TaskOutcome.Cancelled) {
            throw new CancellationException("task " + taskId + " was cancelled");
        }
        Result<T> read = read(how);
        if (read.failure() != null) {
            throw new ExecutionException(read.failure());
        }
        return read.value();
    }

    /** Deserializes once, so that every call sees the same object. */
    private synchronized Result<T> read(TaskOutcome how) {
        if (result == null) {
            result = decode(how);
        }
        return result;
    }

    @SuppressWarnings("unchecked") // The value is what the task returned.
    private Result<T> decode(TaskOutcome how) {
        try {
            if (how instanceof TaskOutcome.Succeeded succeeded) {
                return new Result<>((T) ObjectCodec.decode(succeeded.value(), gateway.classLoader()), null);
            }
            if (how instanceof TaskOutcome.Failed failed) {
                return new Result<>(null, thrown(failed));
            }
            String reason = how instanceof TaskOutcome.Lost lost ? lost.reason() : "task " + taskId + " was cancelled";
            return new Result<>(null, new TaskLostException(reason));
        } catch (IOException | ClassNotFoundException | RuntimeException | LinkageError e) {
            return new Result<>(
                    null, new IllegalStateException("the result of task " + taskId + " cannot be read: " + e, e));
        }
    }

    private Throwable thrown(TaskOutcome.Failed failed) {
        if (failed.throwable().size() > 0) {
            try {
                if (ObjectCodec.decode(failed.throwable(), gateway.classLoader()) instanceof Throwable throwable) {
                    return throwable;
                }
            } catch (IOException | ClassNotFoundException | RuntimeException | LinkageError e) {
                // The text below says what the object would have said.
                RemoteTaskException text = new RemoteTaskException(failed.stackTrace());
                text.addSuppressed(e);
                return text;
            }
        }
        return new RemoteTaskException(failed.stackTrace());
    }
}
