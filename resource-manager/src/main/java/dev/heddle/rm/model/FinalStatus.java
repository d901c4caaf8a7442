package dev.heddle.rm.model;

/** How an application says it ended, as in YARN. */
public enum FinalStatus {
    UNDEFINED,
    SUCCEEDED,
    FAILED,
    KILLED
}
