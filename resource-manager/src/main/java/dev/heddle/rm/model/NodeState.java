package dev.heddle.rm.model;

/** The states of a node. {@code LOST}: it was not heard of for too long; {@code SHUTDOWN}: it said good-bye. */
public enum NodeState {
    RUNNING,
    LOST,
    SHUTDOWN
}
