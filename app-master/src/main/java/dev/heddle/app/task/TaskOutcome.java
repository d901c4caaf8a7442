package dev.heddle.app.task;

/** How a task ended. */
public sealed interface TaskOutcome {
    /** The task returned. */
    record Succeeded(Payload value) implements TaskOutcome {}

    /**
     * The task threw.
     *
     * @param summary one line: the throwable's class and message
     * @param stackTrace as the executor would print it
     * @param throwable serialized; empty where it cannot be
     */
    record Failed(String summary, String stackTrace, Payload throwable) implements TaskOutcome {}

    /**
     * The task was given up without having run to its end.
     *
     * @param reason names the executor, the node and the cause
     */
    record Lost(String reason) implements TaskOutcome {}

    /** The driver cancelled it. */
    record Cancelled() implements TaskOutcome {}
}
