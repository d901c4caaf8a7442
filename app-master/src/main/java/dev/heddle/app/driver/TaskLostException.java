package dev.heddle.app.driver;

/** The task was given up without having run to its end. The message names the executor, the node and the cause. */
public final class TaskLostException extends Exception {
    private static final long serialVersionUID = 1L;

    TaskLostException(String message) {
        super(message);
    }
}
