package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.state.Partition;
import org.jspecify.annotations.Nullable;

/** How much may be taken from somebody: never so much that less is left than there has to be. Of one round. */
final class Budget {
    private final Measure measure;
    private final Resource whole;
    private final Resource floor;
    private final boolean above;
    private final @Nullable Budget wider;
    private Resource has;
    private Resource pace;

    /** What masters take, and may keep. */
    private Resource masters = Resource.NONE;

    private Resource mastersKept = Resource.NONE;

    /**
     * What somebody has to give.
     *
     * @param has what there is
     * @param floor what has to be left
     * @param above whether more than that has to be left
     * @param pace what may be taken: the last container may exceed it, but not what is left
     * @param wider of what this is a part, or null
     */
    Budget(Partition partition, Resource has, Resource floor, boolean above, Resource pace, @Nullable Budget wider) {
        this.measure = partition.measure();
        this.whole = partition.total();
        this.has = has;
        this.floor = floor;
        this.above = above;
        this.pace = pace;
        this.wider = wider;
    }

    /** Masters are taken only while they have more than this. */
    void keepMasters(Resource kept) {
        mastersKept = kept;
    }

    void countMaster(Resource master) {
        masters = masters.plus(master);
    }

    boolean maySpareMaster() {
        return !measure.fits(masters, mastersKept);
    }

    /** Whether anything may be taken any more. */
    boolean isOpen() {
        return !measure.fits(pace, Resource.NONE) && (wider == null || wider.isOpen());
    }

    /** Takes something on trial, if enough is left. */
    boolean tryTake(Resource size) {
        if (!leavesEnough(size) || (wider != null && !wider.tryTake(size))) {
            return false;
        }
        has = has.minusOrZero(size);
        return true;
    }

    private boolean leavesEnough(Resource size) {
        if (!measure.fits(size, has)) {
            return false;
        }
        Resource left = has.minusOrZero(size);
        return above ? measure.isMore(left, floor, whole) : !measure.isMore(floor, left, whole);
    }

    /** Undoes {@link #tryTake}. */
    void putBack(Resource size) {
        has = has.plus(size);
        if (wider != null) {
            wider.putBack(size);
        }
    }

    /** What was taken on trial is taken. */
    void settle(Resource size, boolean master) {
        pace = pace.minusOrZero(size);
        if (master) {
            masters = masters.minusOrZero(size);
        }
        if (wider != null) {
            wider.settle(size, master);
        }
    }
}
