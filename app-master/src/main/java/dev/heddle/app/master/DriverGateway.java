package dev.heddle.app.master;

import dev.heddle.app.driver.TaskGateway;
import dev.heddle.app.scheduling.SubmittedTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The driver's threads on one side, the controller's on the other. Bounds the unfinished tasks, and the driver's commands
 * that are queued at a time: a driver's thread waits for its turn.
 */
final class DriverGateway implements TaskGateway {
    private static final int MAX_QUEUED_COMMANDS = 8_192;

    private final ApplicationController controller;
    private final ControllerLimits limits;
    private final ClassLoader loader;
    private final Semaphore turns = new Semaphore(MAX_QUEUED_COMMANDS);
    private final AtomicLong lastTaskId = new AtomicLong();
    private final AtomicInteger unfinished = new AtomicInteger();

    /** @param loader of the application's classes */
    DriverGateway(ApplicationController controller, ControllerLimits limits, ClassLoader loader) {
        this.controller = controller;
        this.limits = limits;
        this.loader = loader;
    }

    @Override
    public long nextTaskId() {
        return lastTaskId.incrementAndGet();
    }

    @Override
    public void submit(SubmittedTask task) {
        if (unfinished.incrementAndGet() > limits.maxUnfinishedTasks()) {
            unfinished.decrementAndGet();
            throw new RejectedExecutionException("the application has " + limits.maxUnfinishedTasks()
                    + " unfinished tasks: wait for some of them, or raise heddle.driver.maxPendingTasks");
        }
        SubmittedTask counted = new SubmittedTask(task.id(), task.task(), outcome -> {
            unfinished.decrementAndGet();
            task.done().accept(outcome);
        });
        if (!queue(() -> controller.submit(counted))) {
            unfinished.decrementAndGet();
            throw new RejectedExecutionException("the application is ending");
        }
    }

    @Override
    public void cancel(long taskId, boolean interrupt) {
        // Where the application ends, its tasks end with it.
        boolean unused = queue(() -> controller.cancel(taskId, interrupt));
    }

    /** False where the application is ending. */
    private boolean queue(Runnable command) {
        turns.acquireUninterruptibly();
        boolean queued = !controller.isClosed()
                && controller.offer(() -> {
                    turns.release();
                    command.run();
                });
        if (!queued) {
            turns.release();
        }
        return queued;
    }

    @Override
    public int maxPayloadBytes() {
        return limits.maxPayloadBytes();
    }

    @Override
    public ClassLoader classLoader() {
        return loader;
    }
}
