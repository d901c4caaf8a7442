package dev.heddle.rm.command;

/**
 * What was asked is refused for a reason that the caller can act on. The wire gives each kind the exception that YARN's
 * clients know.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Kind {
        /** No application of that id is known. */
        APPLICATION_NOT_FOUND,
        /** The attempt is not, or no longer, the application's current one. */
        ATTEMPT_NOT_FOUND,
        /** The master has not registered. */
        NOT_REGISTERED,
        /** Nobody knows the attempt that registers or finishes. */
        UNKNOWN_MASTER,
        /** The master has registered before. */
        ALREADY_REGISTERED,
        /** The response id is neither the last one nor the one before. */
        WRONG_RESPONSE_ID,
        /** An ask is malformed or larger than anything that may be granted. */
        INVALID_ASK,
        /** An ask names a label that its queue may not use, or that there is not. */
        INVALID_LABEL,
        /** A blacklist cannot be used. */
        INVALID_BLACKLIST,
        /** A release names a container of another application. */
        INVALID_RELEASE,
        /** The submission cannot be accepted. */
        INVALID_SUBMISSION,
        /** What an operator wants cannot be done. */
        INVALID_ADMINISTRATION,
        /** What is asked for cannot be done with this application, container or queue. */
        INVALID_REQUEST
    }

    private final Kind kind;

    public Refusal(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
