package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.scheduler.Amounts;
import dev.heddle.rm.scheduler.Limits;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.QueueShare;
import dev.heddle.rm.state.UserShare;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What those want in a partition who wait there, as far as it could be placed if there were room: nothing is taken from
 * anybody for an ask that is larger than every node.
 */
final class Wants {
    private static final double HAIR = 1e-6;

    private final ClusterState state;
    private final Partition partition;
    private final Measure measure;

    Wants(ClusterState state, Partition partition) {
        this.state = state;
        this.partition = partition;
        this.measure = partition.measure();
    }

    /** What a leaf's attempts want, each user no more than may be had, as YARN counts what is pending. */
    List<Demand> within(QueueShare leaf) {
        Map<UserShare, Resource> left = new HashMap<>();
        List<Demand> demands = new ArrayList<>();
        for (Attempt attempt : leaf.waiting()) {
            UserShare user = leaf.user(attempt.application().spec().user());
            if (user != null) {
                Resource room = left.computeIfAbsent(user, some -> headroom(leaf, some));
                left.put(user, room.minusOrZero(of(attempt, room, demands)));
            }
        }
        return demands;
    }

    private Resource headroom(QueueShare leaf, UserShare user) {
        return Limits.userLimit(leaf, user, state.queuePlan().minimumAllocation())
                .minusOrZero(user.used());
    }

    /** Adds what an attempt wants, whole containers that fit together into some room; returns what they take. */
    Resource of(Attempt attempt, Resource room, List<Demand> into) {
        Resource sum = Resource.NONE;
        for (AskKey key : attempt.asks().keys()) {
            Ask ask = attempt.asks().anywhere(key);
            if (ask == null || !ask.label().equals(partition.label())) {
                continue;
            }
            Resource size = measure.counted(ask.capability());
            if (!measure.fits(size, partition.largestTotal())) {
                continue;
            }
            Resource left = room.minusOrZero(sum);
            int count = Math.min(ask.count(), times(size, left));
            if (attempt.asks().constrained(key) != null) {
                // Where one more is allowed afterwards is not known before it is there.
                count = Math.min(1, count);
            }
            if (count > 0) {
                into.add(new Demand(attempt, key, size, count));
                sum = sum.plus(total(size, count));
            }
        }
        return sum;
    }

    /** How many of a size go into some room. */
    private int times(Resource size, Resource room) {
        double part = measure.share(size, room);
        return part <= 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, 1 / part + HAIR);
    }

    /** More than the whole partition is as good as the whole partition. */
    Resource total(Resource size, int count) {
        return Amounts.times(size, count).min(partition.total());
    }

    Resource total(List<Demand> demands) {
        Resource total = Resource.NONE;
        for (Demand demand : demands) {
            total = total.plus(total(demand.size(), demand.count())).min(partition.total());
        }
        return total;
    }
}
