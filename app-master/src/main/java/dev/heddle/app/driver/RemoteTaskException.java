package dev.heddle.app.driver;

/**
 * Stands for what a task threw where that itself cannot be brought back to the driver. The message holds its class, message
 * and stack trace.
 */
public final class RemoteTaskException extends Exception {
    private static final long serialVersionUID = 1L;

    RemoteTaskException(String message) {
        super(message);
    }
}
