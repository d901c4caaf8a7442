package dev.heddle.rm.model;

/** The states of a container. {@code GRANTED}: its master does not know yet; {@code ACQUIRED}: it knows; {@code STOPPING}: it ran and its node has been told to end it. */
public enum ContainerState {
    GRANTED,
    ACQUIRED,
    RUNNING,
    STOPPING,
    COMPLETED
}
