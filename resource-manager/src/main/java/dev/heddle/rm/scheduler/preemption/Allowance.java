package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;

/** How much may be taken in a round, of all queues and partitions together, and how much may be looked at. */
final class Allowance {
    /** Containers that may go. */
    static final int MAX_LOSSES = 1_000;

    /** Nodes that are looked at. */
    static final int MAX_LOOKS = 20_000;

    private Resource left;
    private int losses;
    private int rooms;
    private int looks;

    Allowance(Resource left) {
        this.left = left;
    }

    /** Whether there is anything left of it. */
    boolean isOpen() {
        return losses < MAX_LOSSES && looks < MAX_LOOKS && !left.equals(Resource.NONE);
    }

    /** Counts a look at a node; returns whether there may be another one. */
    boolean mayLook() {
        return looks++ < MAX_LOOKS;
    }

    Resource left() {
        return left;
    }

    /** Whether so much may go. What the first asks for is taken as a whole, as a part of it would help nobody. */
    boolean lets(Resource lost, int containers) {
        return losses == 0 || (lost.fitsIn(left) && losses + containers <= MAX_LOSSES);
    }

    /** The number of the container that room is made for now. */
    int room() {
        return rooms;
    }

    void take(Resource lost, int containers) {
        rooms++;
        left = left.minusOrZero(lost);
        losses += containers;
    }
}
