package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.Amounts;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.QueueShare;
import java.util.ArrayList;
import java.util.List;

/**
 * What a queue has of a partition, and what it should have, as YARN's {@code TempQueuePerPartition}. Of one round, and
 * changed by {@link IdealAssignment} alone.
 */
final class IdealShare {
    private final QueueShare share;
    private final Measure measure;
    private final Resource total;
    private final Resource maximum;
    final List<IdealShare> children = new ArrayList<>();
    final List<Demand> demands;
    final Resource used;
    private Resource pending;

    /** What it should have. */
    Resource ideal = Resource.NONE;

    /** How much more than its guarantee must be left to it, as nobody below may be touched. */
    private Resource untouchable = Resource.NONE;

    private Resource touchable = Resource.NONE;

    /** What it must be left with: its guarantee, as far as it wants it. */
    private Resource floor = Resource.NONE;

    /** What it has beyond that and beyond what it should have, as far as it may be taken in one round. */
    private Resource owed = Resource.NONE;

    /**
     * A queue before anything is assigned.
     *
     * @param used what it has that stays
     * @param demands of a leaf
     * @param pending what these want together
     */
    IdealShare(QueueShare share, Resource used, List<Demand> demands, Resource pending) {
        this.share = share;
        this.measure = share.partition().measure();
        this.total = share.partition().total();
        this.used = used;
        this.demands = demands;
        this.pending = pending;
        boolean lends =
                share.partition().isShared() && !share.partition().label().isEmpty();
        // Asks without a label may go to nodes whose label is not exclusive, whatever their queue may have of these.
        this.maximum = lends && share.bounds().maximum().equals(Resource.NONE)
                ? total
                : share.bounds().maximum();
    }

    QueueShare share() {
        return share;
    }

    boolean isLeaf() {
        return share.queue().spec().isLeaf();
    }

    Resource guaranteed() {
        return share.bounds().guaranteed();
    }

    Resource floor() {
        return floor;
    }

    Resource owed() {
        return owed;
    }

    /** What is still missing to what it should have. */
    Resource missing() {
        return ideal.minusOrZero(used);
    }

    /** How large a part of its guarantee it has, or should have; the largest number where it has none. */
    double partOfGuarantee(Resource some) {
        return guaranteed().equals(Resource.NONE) ? Double.MAX_VALUE : measure.share(some, guaranteed());
    }

    int priority() {
        QueueShare parent = share.parent();
        return parent != null
                        && parent.queue().spec().ordering().children()
                                == QueueSpec.Ordering.Children.PRIORITY_UTILIZATION
                ? share.queue().spec().priority()
                : 0;
    }

    void add(IdealShare child) {
        children.add(child);
        pending = pending.plus(child.pending).min(total);
    }

    /** Tells what may be taken below from what may not, after its children have. */
    void noteTouchable() {
        boolean over = measure.isMore(used, guaranteed(), total);
        Resource extra = over ? used.minusOrZero(guaranteed()) : Resource.NONE;
        if (isLeaf()) {
            boolean exempt = !share.queue().spec().preemption().byOtherQueues();
            untouchable = exempt ? extra : Resource.NONE;
            touchable = exempt ? Resource.NONE : extra;
            return;
        }
        Resource below = Resource.NONE;
        for (IdealShare child : children) {
            below = below.plus(child.touchable);
        }
        untouchable = measure.isMore(extra, below, total) ? extra.minusOrZero(below) : Resource.NONE;
        touchable = measure.smaller(below, extra, total);
    }

    /** Begins with what it keeps in any case. */
    void begin() {
        ideal = measure.isMore(used, guaranteed(), total)
                ? guaranteed().min(used).plus(untouchable)
                : used;
    }

    boolean wantsMore() {
        return measure.isMore(used.plus(pending), ideal, total);
    }

    /** Takes of an offer what it can use; returns that. A leaf takes no more than its guarantee, or what it has already. */
    Resource take(Resource offered) {
        Resource wanted = used.plus(pending).minusOrZero(ideal);
        Resource accepted = maximum.minusOrZero(ideal).min(measure.smaller(offered, wanted, total));
        if (isLeaf()) {
            Resource entitled = measure.larger(used, guaranteed(), total).minusOrZero(ideal);
            accepted = measure.smaller(accepted, entitled, total);
        }
        accepted = accepted.min(offered);
        ideal = ideal.plus(accepted);
        return accepted;
    }

    /** What it has more than it should. */
    Resource surplus() {
        return measure.isMore(used, ideal, total) ? used.minusOrZero(ideal) : Resource.NONE;
    }

    /** Works out what it owes, of which a part may be taken in one round. */
    void settle(double scale) {
        floor = measure.smaller(used.plus(pending), guaranteed(), total);
        Resource kept = measure.larger(floor, ideal, total);
        owed = measure.isMore(used, kept, total) ? Amounts.times(used.minusOrZero(kept), scale) : Resource.NONE;
    }

    @Override
    public String toString() {
        return share + " has " + used + ", should have " + ideal + ", owes " + owed;
    }
}
