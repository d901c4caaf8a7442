package dev.heddle.app.driver;

import dev.heddle.app.scheduling.SubmittedTask;

/** Where a driver's tasks go: the application master of the same process. Thread-safe. */
public interface TaskGateway {
    /** A number that no other task of the application attempt has. */
    long nextTaskId();

    /**
     * Takes a task over; its outcome is told to it.
     *
     * @throws java.util.concurrent.RejectedExecutionException if there are too many unfinished tasks or the application
     *     ends
     */
    void submit(SubmittedTask task);

    /** Forgets a task that waits; one that runs is interrupted where {@code interrupt} says so. */
    void cancel(long taskId, boolean interrupt);

    /** The largest serialized task that can be sent. */
    int maxPayloadBytes();

    /** Finds the application's classes. */
    ClassLoader classLoader();
}
