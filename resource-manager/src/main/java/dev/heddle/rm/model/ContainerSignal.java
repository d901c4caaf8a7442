package dev.heddle.rm.model;

/** What a container's process is told. */
public record ContainerSignal(ContainerId container, Kind kind) {
    /** With YARN's names. */
    public enum Kind {
        OUTPUT_THREAD_DUMP,
        GRACEFUL_SHUTDOWN,
        FORCEFUL_SHUTDOWN
    }
}
