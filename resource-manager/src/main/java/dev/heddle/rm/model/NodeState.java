package dev.heddle.rm.model;

/**
 * The states of a node, with YARN's names. {@code RUNNING} nodes are given containers. {@code UNHEALTHY} ones say
 * themselves that they are not fit, {@code DECOMMISSIONING} ones are being emptied, {@code REBOOTED} ones are out of step
 * and have to register again: these three keep the containers that they have. On {@code LOST} (not heard of for too long),
 * {@code DECOMMISSIONED} (by an operator) and {@code SHUTDOWN} (it said good-bye) nothing runs.
 */
public enum NodeState {
    NEW,
    RUNNING,
    UNHEALTHY,
    DECOMMISSIONING,
    REBOOTED,
    DECOMMISSIONED,
    LOST,
    SHUTDOWN;

    /** Whether containers may be there. */
    public boolean isInUse() {
        return switch (this) {
            case RUNNING, UNHEALTHY, DECOMMISSIONING, REBOOTED -> true;
            case NEW, DECOMMISSIONED, LOST, SHUTDOWN -> false;
        };
    }
}
