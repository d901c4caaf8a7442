package dev.heddle.nm.work;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A fixed number of threads for work that blocks, behind a bounded queue. */
public final class WorkerPool implements Executor, AutoCloseable {
    private static final long IDLE_LIMIT_S = 30;

    private final ThreadPoolExecutor threads;

    /**
     * @param name of the threads, to which a number is added
     * @param capacity how many tasks may wait for a thread
     */
    public WorkerPool(String name, int size, int capacity) {
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                size, size, IDLE_LIMIT_S, TimeUnit.SECONDS, new ArrayBlockingQueue<>(capacity), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Queues a task.
     *
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full or the pool is closed
     */
    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    /** Ends the threads; what waits is dropped and what runs is interrupted. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** Lets what is queued run for at most the given time. Nothing new is taken. */
    public void drain(long limitMs) {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(limitMs, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
