package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.Limits;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.QueueShare;
import dev.heddle.rm.state.UserShare;
import org.jspecify.annotations.Nullable;

/**
 * A limit that somebody waits for, whatever room nodes have: others have to give back as much of it.
 *
 * @param queue that has its maximum, or in which the limit of a user is
 * @param user who has what a user may have, or null
 */
record Bottleneck(QueueShare queue, @Nullable String user) {
    /** What is in the way of a container of a size in a leaf, or null where it waits for room on a node. */
    static @Nullable Bottleneck of(ClusterState state, QueueShare leaf, Attempt attempt, Resource size) {
        // What a node is kept for has been counted already.
        boolean kept = attempt.reserved() != null && Limits.mayTakeKept(leaf, size);
        QueueShare full = kept ? null : Limits.overMaximum(leaf, size);
        if (full != null) {
            return new Bottleneck(full, null);
        }
        UserShare user = leaf.user(attempt.application().spec().user());
        return user != null && Limits.isOver(leaf, user, state.queuePlan().minimumAllocation())
                ? new Bottleneck(leaf, user.user())
                : null;
    }

    /** Whether there is more of it when an attempt loses something. */
    boolean loosens(Attempt loser) {
        if (user != null && !user.equals(loser.application().spec().user())) {
            return false;
        }
        QueueShare share = loser.application().queue().share(queue.partition().label());
        while (share != null && share != queue) {
            share = share.parent();
        }
        return share == queue;
    }
}
