package dev.heddle.rm.model;

/** Exit statuses that the RM gives, as in YARN's {@code ContainerExitStatus}. */
public final class ExitStatus {
    /** Released by the application, lost with its node, or never started. */
    public static final int ABORTED = -100;

    /** Killed by the RM. */
    public static final int KILLED_BY_RESOURCE_MANAGER = -106;

    /** Killed because its application had ended. */
    public static final int KILLED_AFTER_APPLICATION_COMPLETION = -107;

    private ExitStatus() {}
}
