package dev.heddle.rm.model;

/** What a container's process may be told, as in YARN's {@code SignalContainerCommand}. */
public enum ContainerSignal {
    OUTPUT_THREAD_DUMP,
    GRACEFUL_SHUTDOWN,
    FORCEFUL_SHUTDOWN
}
