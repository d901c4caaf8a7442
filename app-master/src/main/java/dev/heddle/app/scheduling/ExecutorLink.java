package dev.heddle.app.scheduling;

import dev.heddle.app.task.Payload;

/** A running executor as the scheduler sees it. Its methods return at once. */
public interface ExecutorLink {
    String executorId();

    /** The node it runs on, for texts. */
    String node();

    void run(long taskId, Payload task);

    /** Asks the executor to interrupt a task; the task still ends with an outcome of its own. */
    void cancel(long taskId);
}
