package dev.heddle.common.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jctools.queues.MpscBlockingConsumerArrayQueue;

/**
 * One thread that runs tasks in the order in which they were offered, and a tick at a fixed interval between them. What is
 * touched by its tasks alone needs no lock.
 *
 * <p>The queue is bounded: {@link #offer} answers false when it is full, and the caller passes that on ("too busy").
 * A task that throws goes to the {@link FaultHandler}.
 */
public final class EventLoop implements AutoCloseable {
    private final MpscBlockingConsumerArrayQueue<Runnable> queue;
    private final FaultHandler faults;
    private final Runnable tick;
    private final long tickIntervalNanos;
    private final Thread thread;
    /** Read and written by the loop's thread alone. */
    private boolean stopping;

    /** The loop's thread takes no more tasks. */
    private volatile boolean ended;

    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

    private enum State {
        NEW,
        RUNNING,
        CLOSED
    }

    /**
     * @param name of the thread
     * @param capacity of the queue, in tasks
     * @param tickIntervalMs how often the tick runs, in milliseconds
     */
    public EventLoop(String name, int capacity, long tickIntervalMs, Runnable tick, FaultHandler faults) {
        this.queue = new MpscBlockingConsumerArrayQueue<>(capacity);
        this.faults = faults;
        this.tick = tick;
        this.tickIntervalNanos = TimeUnit.MILLISECONDS.toNanos(tickIntervalMs);
        this.thread = new Thread(this::run, name);
    }

    /** Starts the thread; once. */
    public EventLoop start() {
        if (!state.compareAndSet(State.NEW, State.RUNNING)) {
            throw new IllegalStateException(thread.getName() + " was started before");
        }
        thread.start();
        return this;
    }

    /**
     * Queues a task. Returns false, and drops the task, when the queue is full or the loop is closed. A task that was
     * taken runs, also when the loop is closed at the same moment.
     */
    public boolean offer(Runnable task) {
        if (state.get() == State.CLOSED || !queue.offer(task)) {
            return false;
        }
        if (ended) {
            runLeftovers();
        }
        return true;
    }

    /** Whether the calling thread is this loop's own. */
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    private void run() {
        long nextTick = System.nanoTime() + tickIntervalNanos;
        while (!stopping) {
            try {
                Runnable task = queue.poll(Math.max(0, nextTick - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (task != null) {
                    task.run();
                }
                long now = System.nanoTime();
                if (now - nextTick >= 0) {
                    tick.run();
                    nextTick = now + tickIntervalNanos;
                }
            } catch (InterruptedException e) {
                // Nobody but close() ends this loop, and it says so through the queue.
            } catch (RuntimeException | Error e) {
                faults.fatal("running a task of " + thread.getName(), e);
                return;
            }
        }
        ended = true;
        runLeftovers();
    }

    /**
     * Runs what was offered while the loop was closing. Whoever offered before {@link #ended} was set leaves it to the
     * loop's own thread; whoever comes later does it here, one at a time and after the loop.
     */
    private synchronized void runLeftovers() {
        Runnable task = queue.poll();
        while (task != null) {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                faults.fatal("running a task of " + thread.getName(), e);
                return;
            }
            task = queue.poll();
        }
    }

    private void stop() {
        stopping = true;
    }

    /** Lets the tasks that are queued now run, then ends the thread and waits for it. Safe to call more than once. */
    @Override
    public void close() {
        State before = state.getAndSet(State.CLOSED);
        if (before != State.RUNNING) {
            return;
        }
        if (isCurrentThread()) {
            stop();
            return;
        }
        while (thread.isAlive() && !queue.offer(this::stop)) {
            Thread.onSpinWait();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
