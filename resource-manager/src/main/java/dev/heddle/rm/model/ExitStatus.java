package dev.heddle.rm.model;

/** Exit statuses that the RM gives, as in YARN's {@code ContainerExitStatus}. */
public final class ExitStatus {
    /** It ended well. */
    public static final int SUCCESS = 0;

    /** Not known: the process was never seen to end. */
    public static final int INVALID = -1000;

    /** Released by the application, lost with its node, or never started. */
    public static final int ABORTED = -100;

    /** The node's disks failed. */
    public static final int DISKS_FAILED = -101;

    /** Preempted by the RM. */
    public static final int PREEMPTED = -102;

    /** Used more virtual memory than it may. */
    public static final int KILLED_EXCEEDED_VIRTUAL_MEMORY = -103;

    /** Used more memory than it may. */
    public static final int KILLED_EXCEEDED_PHYSICAL_MEMORY = -104;

    /** Stopped by its application master. */
    public static final int KILLED_BY_MASTER = -105;

    /** Killed by the RM. */
    public static final int KILLED_BY_RESOURCE_MANAGER = -106;

    /** Killed because its application had ended. */
    public static final int KILLED_AFTER_APPLICATION_COMPLETION = -107;

    private ExitStatus() {}
}
