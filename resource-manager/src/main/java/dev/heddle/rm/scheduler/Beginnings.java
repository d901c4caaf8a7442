package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.scheduler.explain.Obstacle;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.Queue;
import dev.heddle.rm.state.QueueShare;
import dev.heddle.rm.state.UserShare;
import org.jspecify.annotations.Nullable;

/**
 * Whether an attempt may begin: as many applications run at a time as queue and user may run, with masters that take no
 * more than their part (YARN's {@code CSMaxRunningAppsEnforcer} and {@code activateApplications}).
 */
public final class Beginnings {
    private Beginnings() {}

    /** What a master is counted with; one that runs outside the cluster with the smallest container, as in YARN. */
    public static Resource master(ClusterState state, Attempt attempt) {
        ApplicationSpec spec = attempt.application().spec();
        return spec.unmanaged() ? state.queuePlan().minimumAllocation() : spec.masterResource();
    }

    /** Why an attempt that is held may not begin, or null where it may. */
    public static @Nullable Obstacle obstacle(ClusterState state, Attempt attempt) {
        Queue leaf = attempt.application().queue();
        String user = attempt.application().spec().user();
        for (Queue queue = leaf; queue != null; queue = queue.parent()) {
            int limit = queue.spec().applications().parallel();
            if (queue.activeApplications() >= limit) {
                return new Obstacle.QueueParallel(queue.path(), queue.activeApplications(), limit);
            }
        }
        int parallel = state.queuePlan().userParallel().limit(user);
        if (state.activeApplications(user) >= parallel) {
            return new Obstacle.UserParallel(user, state.activeApplications(user), parallel);
        }
        return masterObstacle(state, leaf, attempt, user);
    }

    /** The first master in a queue is let in whatever the limit: nobody could begin otherwise. */
    private static @Nullable Obstacle masterObstacle(ClusterState state, Queue leaf, Attempt attempt, String user) {
        Resource step = state.queuePlan().minimumAllocation();
        QueueShare share = state.share(
                leaf, state.partition(attempt.application().spec().labels().master()));
        if (state.partitions().stream().allMatch(Partition::isEmpty)) {
            // Whose turn it is shall be decided when there is something to have.
            return new Obstacle.NoNodes(share.partition().label());
        }
        if (leaf.activeApplications() < 1 || share.masters().equals(Resource.NONE)) {
            return null;
        }
        Measure measure = share.partition().measure();
        Resource wanted = measure.counted(master(state, attempt));
        Resource limit = Limits.masterLimit(share, step);
        if (!measure.fits(share.masters().plus(wanted), limit)) {
            return new Obstacle.MasterShare(leaf.path(), wanted, share.masters(), limit);
        }
        UserShare ofUser = share.user(user);
        Resource used = ofUser == null ? Resource.NONE : ofUser.masters();
        Resource ofUserLimit = Limits.userMasterLimit(share, user, step);
        return measure.fits(used.plus(wanted), ofUserLimit)
                ? null
                : new Obstacle.UserMasterShare(leaf.path(), user, wanted, used, ofUserLimit);
    }
}
