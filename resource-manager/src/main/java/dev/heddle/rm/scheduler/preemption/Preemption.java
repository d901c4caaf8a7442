package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.scheduler.Amounts;
import dev.heddle.rm.scheduler.queue.PreemptionRules;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Partition;
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
            if (partition.total().equals(Resource.NONE)
                    || !state.share(state.rootQueue(), partition).isHungry()) {
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
}
