package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.QueueShare;
import dev.heddle.rm.state.UserShare;
import org.jspecify.annotations.Nullable;

/**
 * How much queues, users and masters may have, as YARN's capacity scheduler has it. Functions of the state alone, which the
 * scheduler asks before it grants and which explain why it does not.
 */
public final class Limits {
    private Limits() {}

    /**
     * The lowest queue, from a leaf upwards, that would exceed its maximum with something more and with what it has nodes
     * kept for; or null.
     */
    public static @Nullable QueueShare overMaximum(QueueShare leaf, Resource more) {
        Measure measure = leaf.partition().measure();
        for (QueueShare share = leaf; share != null; share = share.parent()) {
            Resource with = share.used().plus(more);
            if (!share.reserved().equals(Resource.NONE) && isLimited(share)) {
                with = with.plus(share.reserved());
            }
            if (!measure.fits(with, share.bounds().maximum())) {
                return share;
            }
        }
        return null;
    }

    /** Whether a leaf may be given what a node is kept for now. */
    public static boolean mayTakeKept(QueueShare leaf, Resource kept) {
        Measure measure = leaf.partition().measure();
        for (QueueShare share = leaf; share != null; share = share.parent()) {
            if (!measure.fits(share.used().plus(kept), share.bounds().maximum())) {
                return false;
            }
        }
        return true;
    }

    /** Whether a node may be kept for a leaf: when others in it, or in the queues above, have given enough back, it may be had. */
    public static boolean mayKeep(QueueShare leaf, Resource size) {
        Measure measure = leaf.partition().measure();
        for (QueueShare share = leaf; share != null; share = share.parent()) {
            if (!measure.fits(share.reserved().plus(size), share.bounds().maximum())) {
                return false;
            }
        }
        return true;
    }

    /** Whether a queue may not have everything. */
    private static boolean isLimited(QueueShare share) {
        return !share.bounds().maximum().equals(share.partition().total());
    }

    /** What a queue may have as things are: its maximum, and what its siblings and those of its parents leave it. */
    public static Resource attainable(QueueShare share) {
        QueueShare parent = share.parent();
        if (parent == null) {
            return share.bounds().maximum();
        }
        Resource others = parent.used().minusOrZero(share.used());
        return share.bounds().maximum().min(attainable(parent).minusOrZero(others));
    }

    /** Whether a user already has more than a leaf lets him have: then nothing more is granted. */
    public static boolean isOver(QueueShare leaf, UserShare user, Resource step) {
        QueueSpec.UserShares shares = leaf.queue().spec().users();
        if (shares.factor() < 0 && shares.minimumPercent() >= 100) {
            return false;
        }
        Resource limit = userLimit(leaf, user, step);
        return leaf.partition()
                .measure()
                .isMore(user.used(), limit, leaf.partition().total());
    }

    /**
     * What a user may have in a leaf, as YARN's {@code UsersManager.computeUserLimit}: an equal part of what those have
     * together who want more, but at least the minimum percentage, and at most the factor.
     *
     * @param step the smallest container
     */
    public static Resource userLimit(QueueShare leaf, UserShare user, Resource step) {
        return user.isActive() ? userLimitAmongActive(leaf, user, step) : userLimitAmongAll(leaf, user, step);
    }

    /** As {@link #userLimit}, for a user who wants more, or as though. */
    public static Resource userLimitAmongActive(QueueShare leaf, UserShare user, Resource step) {
        Resource shared = leaf.usedByActive().plus(step);
        return user.isActive()
                ? userLimit(leaf, user, step, shared, leaf.activeWeights())
                : userLimit(leaf, user, step, shared.plus(user.used()), leaf.activeWeights() + user.weight());
    }

    /** As {@link #userLimit}, as though everybody wanted more. */
    public static Resource userLimitAmongAll(QueueShare leaf, UserShare user, Resource step) {
        return userLimit(leaf, user, step, current(leaf, step), leaf.allWeights());
    }

    private static Resource userLimit(QueueShare leaf, UserShare user, Resource step, Resource shared, double weights) {
        Measure measure = leaf.partition().measure();
        Resource total = leaf.partition().total();
        QueueSpec.UserShares shares = leaf.queue().spec().users();
        Resource configured = leaf.bounds().guaranteed();
        Resource guaranteed = measure.larger(configured, step, total);
        Resource equal = Amounts.divideUp(shared, Math.max(weights, Double.MIN_NORMAL));
        Resource least = Amounts.divideUp(Amounts.times(current(leaf, step), shares.minimumPercent()), 100);
        Resource most = shares.factor() < 0 || configured.equals(Resource.NONE)
                ? Amounts.roundDown(leaf.bounds().maximum(), step)
                : Amounts.times(guaranteed, shares.factor());
        Resource limit = Amounts.roundUp(measure.smaller(measure.larger(equal, least, total), most, total), step);
        return user.weight() == 1 ? limit : Amounts.roundDown(Amounts.times(limit, user.weight()), step);
    }

    /** What users share: what the leaf is guaranteed, or what they have together and one container more. */
    private static Resource current(QueueShare leaf, Resource step) {
        Measure measure = leaf.partition().measure();
        Resource total = leaf.partition().total();
        Resource guaranteed = measure.larger(leaf.bounds().guaranteed(), step, total);
        Resource consumed = Amounts.roundUp(Amounts.timesUp(total, leaf.parts()), step);
        return measure.isMore(guaranteed, consumed, total) ? guaranteed : consumed.plus(step);
    }

    /**
     * What an attempt may still be granted, on nodes with the label that its application is for: what its user and its queue
     * have left, and what is free.
     */
    public static Resource headroom(ClusterState state, Attempt attempt) {
        Application application = attempt.application();
        Partition partition = state.partition(application.spec().labels().containers());
        QueueShare leaf = state.share(application.queue(), partition);
        Resource left = attainable(leaf).minusOrZero(leaf.used());
        QueueShare root = state.share(state.rootQueue(), partition);
        left = left.min(partition.total().minusOrZero(root.used()));
        UserShare user = leaf.user(application.spec().user());
        if (user != null) {
            left = left.min(
                    userLimit(leaf, user, state.queuePlan().minimumAllocation()).minusOrZero(user.used()));
        }
        return left;
    }

    /** What the masters in a leaf may take together. */
    public static Resource masterLimit(QueueShare leaf, Resource step) {
        Resource guaranteed = leaf.bounds().guaranteed();
        Resource usable = guaranteed;
        if (leaf.partition().label().isEmpty()) {
            Resource attainable = attainable(leaf);
            usable = leaf.partition().measure().fits(guaranteed, attainable) ? attainable : guaranteed;
        }
        return Amounts.roundUp(Amounts.timesUp(usable, masterShare(leaf)), step);
    }

    /** What the masters of one user in a leaf may take together. */
    public static Resource userMasterLimit(QueueShare leaf, String user, Resource step) {
        QueueSpec.UserShares shares = leaf.queue().spec().users();
        long activeUsers = leaf.users().stream().filter(UserShare::isActive).count();
        double part = Math.max(shares.minimumPercent() / 100, 1.0 / Math.max(1, activeUsers));
        double factor = shares.factor() < 0 ? 1 : Math.min(part * shares.weight(user), 1) * shares.factor();
        Resource limit = Amounts.roundUp(Amounts.timesUp(leaf.bounds().guaranteed(), masterShare(leaf) * factor), step);
        return leaf.partition()
                .measure()
                .smaller(limit, masterLimit(leaf, step), leaf.partition().total());
    }

    private static double masterShare(QueueShare leaf) {
        QueueSpec.Partition partition =
                leaf.queue().spec().partition(leaf.partition().label());
        return partition == null ? 0 : partition.masterShare();
    }
}
