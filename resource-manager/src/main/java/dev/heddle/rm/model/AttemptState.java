package dev.heddle.rm.model;

/** The states of an application attempt. {@code SCHEDULED}: its master waits for a container; {@code FINISHING}: the master has said that it is done and its process may still run. */
public enum AttemptState {
    SCHEDULED,
    ALLOCATED,
    LAUNCHED,
    RUNNING,
    FINISHING,
    FINISHED,
    FAILED,
    KILLED
}
