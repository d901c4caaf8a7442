package dev.heddle.app.driver;

import dev.heddle.app.scheduling.SubmittedTask;
import dev.heddle.app.task.ObjectCodec;
import dev.heddle.app.task.Payload;
import dev.heddle.app.task.TaskOutcome;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An {@link ExecutorService} whose tasks run in the application's executors. Thread-safe. */
final class ClusterExecutorService implements ExecutorService {
    private static final Logger log = LoggerFactory.getLogger(ClusterExecutorService.class);

    private final TaskGateway gateway;
    /** Tasks that this service has taken and that have no outcome yet. */
    private final Set<ClusterFuture<?>> unfinished = ConcurrentHashMap.newKeySet();

    private final CountDownLatch terminated = new CountDownLatch(1);
    /** Guarded by this, together with additions to {@link #unfinished}. */
    private boolean shutdown;

    ClusterExecutorService(TaskGateway gateway) {
        this.gateway = gateway;
    }

    /** A runnable as a callable that can travel. */
    private record RunnableTask<T>(Runnable runnable, @Nullable T result) implements Task<T> {
        @Override
        public @Nullable T call() {
            runnable.run();
            return result;
        }
    }

    @Override
    public <T> Future<T> submit(Callable<T> task) {
        return start(task);
    }

    @Override
    public <T> Future<T> submit(Runnable task, T result) {
        return start(new RunnableTask<>(requireSerializable(task), result));
    }

    @Override
    public Future<?> submit(Runnable task) {
        return start(new RunnableTask<>(requireSerializable(task), null));
    }

    /** Runs a task of which nobody asks the result; that it failed is logged. */
    @Override
    public void execute(Runnable command) {
        ClusterFuture<Object> future = start(new RunnableTask<>(requireSerializable(command), null));
        future.whenDone(() -> {
            try {
                future.get();
            } catch (ExecutionException e) {
                log.error("task {} failed", future.taskId(), e.getCause());
            } catch (CancellationException e) {
                log.info("task {} was cancelled", future.taskId());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private <T> ClusterFuture<T> start(Callable<T> task) {
        Payload payload = serialize(task);
        ClusterFuture<T> future = new ClusterFuture<>(gateway.nextTaskId(), gateway);
        synchronized (this) {
            if (shutdown) {
                throw new RejectedExecutionException("this executor service has been shut down");
            }
            unfinished.add(future);
        }
        future.whenDone(() -> ended(future));
        try {
            gateway.submit(new SubmittedTask(future.taskId(), payload, future::complete));
        } catch (RejectedExecutionException e) {
            future.complete(new TaskOutcome.Lost(String.valueOf(e.getMessage())));
            throw e;
        }
        return future;
    }

    private Payload serialize(Callable<?> task) {
        requireSerializable(task);
        Payload payload;
        try {
            payload = ObjectCodec.encode(task);
        } catch (NotSerializableException e) {
            throw notSerializable(task, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new RejectedExecutionException(
                    "task " + task.getClass().getName() + " cannot be serialized: " + e.getMessage(), e);
        }
        if (payload.size() > gateway.maxPayloadBytes()) {
            throw new RejectedExecutionException("task " + task.getClass().getName() + " is " + payload.size()
                    + " bytes when serialized and the limit is " + gateway.maxPayloadBytes()
                    + ": capture less, or raise heddle.rpc.message.maxSize");
        }
        return payload;
    }

    private static <T> T requireSerializable(T task) {
        if (!(Objects.requireNonNull(task) instanceof Serializable)) {
            throw notSerializable(task, task.getClass().getName(), null);
        }
        return task;
    }

    private static RejectedExecutionException notSerializable(
            Object task, String className, @Nullable NotSerializableException cause) {
        return new RejectedExecutionException(
                "task " + task.getClass().getName() + " cannot be sent to an executor: class " + className
                        + " is not serializable; let it implement java.io.Serializable (a lambda: declare it as "
                        + Task.class.getName() + "), or keep it out of the task",
                cause);
    }

    private void ended(ClusterFuture<?> future) {
        unfinished.remove(future);
        terminateIfDone();
    }

    private synchronized void terminateIfDone() {
        if (shutdown && unfinished.isEmpty()) {
            terminated.countDown();
        }
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks) throws InterruptedException {
        return invokeAll(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    @Override
    public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException {
        long start = System.nanoTime();
        long limitNanos = unit.toNanos(timeout);
        List<Future<T>> futures = new ArrayList<>(tasks.size());
        boolean complete = false;
        try {
            for (Callable<T> task : tasks) {
                futures.add(start(task));
            }
            for (Future<T> future : futures) {
                if (!awaitEnd(future, limitNanos - (System.nanoTime() - start))) {
                    return futures;
                }
            }
            complete = true;
            return futures;
        } finally {
            if (!complete) {
                futures.forEach(future -> future.cancel(true));
            }
        }
    }

    /** False where the time runs out. */
    private static boolean awaitEnd(Future<?> future, long nanos) throws InterruptedException {
        try {
            future.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
            // How it ended is for the caller to ask.
            return true;
        } catch (TimeoutException e) {
            return false;
        }
        return true;
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks) throws InterruptedException, ExecutionException {
        try {
            return invokeAny(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("a wait of centuries has ended", e);
        }
    }

    @Override
    public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("invokeAny needs at least one task");
        }
        long start = System.nanoTime();
        long limitNanos = unit.toNanos(timeout);
        LinkedBlockingQueue<ClusterFuture<T>> done = new LinkedBlockingQueue<>();
        List<ClusterFuture<T>> futures = new ArrayList<>(tasks.size());
        ExecutionException last = null;
        try {
            for (Callable<T> task : tasks) {
                ClusterFuture<T> future = start(task);
                futures.add(future);
                future.whenDone(() -> done.add(future));
            }
            for (int i = 0; i < futures.size(); i++) {
                ClusterFuture<T> first = done.poll(limitNanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
                if (first == null) {
                    throw new TimeoutException("no task has returned in time");
                }
                try {
                    return first.get();
                } catch (ExecutionException e) {
                    last = e;
                } catch (CancellationException e) {
                    last = new ExecutionException(e);
                }
            }
            throw Objects.requireNonNull(last);
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }

    @Override
    public synchronized void shutdown() {
        shutdown = true;
        terminateIfDone();
    }

    /**
     * Cancels every unfinished task.
     *
     * @return empty: whether a task has begun is known to its executor alone
     */
    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        for (ClusterFuture<?> future : unfinished) {
            future.cancel(true);
        }
        return List.of();
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutdown;
    }

    @Override
    public boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }
}
