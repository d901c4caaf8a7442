package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.scheduler.Amounts;
import dev.heddle.rm.scheduler.queue.PreemptionRules;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.Queue;
import dev.heddle.rm.state.QueueShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which containers are to go so that queues get what they are guaranteed, and urgent applications and users below their limit
 * what they are to have of their queue. A function of the state alone, with the amounts of YARN's
 * {@code ProportionalCapacityPreemptionPolicy}: what each queue should have, and so has to give. It differs from that in whom
 * it hits: there a queue loses containers until it has given enough, wherever they are. Here room is made for one container
 * that is waited for after the other, on one node each, so that nothing goes in vain, and never more than is owed.
 */
public final class Preemption {
    private Preemption() {}

    /** What would go now. */
    public static PreemptionPlan plan(ClusterState state) {
        PreemptionRules rules = state.queuePlan().preemption();
        if (!rules.enabled()) {
            return PreemptionPlan.NOTHING;
        }
        Resource atMost = Amounts.times(state.total(), rules.pace().perRound());
        Departures departures = new Departures(state);
        Allowance allowance = new Allowance(atMost);
        List<Loss> losses = new ArrayList<>();
        for (Partition partition : state.partitions()) {
            if (!mayConcern(state, partition, departures)) {
                continue;
            }
            List<IdealShare> leaves = IdealAssignment.leaves(state, partition, departures, atMost, false);
            Rooms rooms = new Rooms(departures);
            List<Loss> between = new BetweenQueues(state, partition, departures, rooms, allowance).losses(leaves);
            if (between.isEmpty() && leaves.stream().anyMatch(BetweenQueues::lacks)) {
                // Others have too much, but not by a whole container: so far siblings share what their parent has.
                List<IdealShare> apart = IdealAssignment.leaves(state, partition, departures, atMost, true);
                between = new BetweenQueues(state, partition, departures, rooms, allowance).losses(apart);
            }
            losses.addAll(between);
            Set<ContainerId> gone = between.stream().map(Loss::container).collect(Collectors.toSet());
            losses.addAll(new InsideQueues(state, partition, departures, rooms, allowance, gone).losses(leaves));
        }
        return new PreemptionPlan(losses);
    }

    /** Whether anything may be owed in a partition: spares a look at everybody who waits where nothing is. */
    private static boolean mayConcern(ClusterState state, Partition partition, Departures departures) {
        if (!state.share(state.rootQueue(), partition).isHungry()) {
            return false;
        }
        Resource total = partition.total();
        double tolerated = 1 + state.queuePlan().preemption().ignoredOver();
        boolean over = false;
        boolean lacking = false;
        for (Queue queue : state.queues()) {
            if (!queue.spec().isLeaf()) {
                continue;
            }
            QueueShare share = state.share(queue, partition);
            Resource used = departures.staying(share);
            Resource guaranteed = share.bounds().guaranteed();
            if (share.isHungry() && queue.spec().preemption().inside()) {
                return true;
            }
            lacking |= share.isHungry() && partition.measure().isMore(guaranteed, used, total);
            over |= queue.spec().preemption().byOtherQueues()
                    && partition.measure().isMore(used, Amounts.times(guaranteed, tolerated), total);
        }
        return over && lacking;
    }
}
