package dev.heddle.rm.model;

/** How far a node, or an application, is with bringing together what containers have logged; as YARN's states. */
public enum LogState {
    NOT_STARTED,
    RUNNING,
    RUNNING_WITH_FAILURE,
    SUCCEEDED,
    FAILED,
    TIMED_OUT
}
