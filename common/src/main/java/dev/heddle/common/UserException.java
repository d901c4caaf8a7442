package dev.heddle.common;

/**
 * An error that a person caused and can mend. Its message is one line that says what happened, to what, why, and what to
 * do; commands print it as it is, without a stack trace.
 */
public final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        super(message);
    }

    /** The cause is shown only where somebody asks for it ({@code --verbose}). */
    public UserException(String message, Throwable cause) {
        super(message, cause);
    }
}
