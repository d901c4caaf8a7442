package dev.heddle.rm.model;

/** The states of an application, as YARN's clients see them. */
public enum ApplicationState {
    ACCEPTED,
    RUNNING,
    FINISHED,
    FAILED,
    KILLED
}
