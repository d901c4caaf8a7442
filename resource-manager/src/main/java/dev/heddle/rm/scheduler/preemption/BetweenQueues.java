package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.Amounts;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.PreemptionRules;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.Queue;
import dev.heddle.rm.state.QueueShare;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What queues that have more than they should give to those that have less. */
final class BetweenQueues {
    private final ClusterState state;
    private final Partition partition;
    private final Measure measure;
    private final Departures departures;
    private final Rooms rooms;
    private final Standings standings;
    private final Allowance allowance;

    BetweenQueues(ClusterState state, Partition partition, Departures departures, Rooms rooms, Allowance allowance) {
        this.state = state;
        this.partition = partition;
        this.measure = partition.measure();
        this.departures = departures;
        this.rooms = rooms;
        this.standings = new Standings(departures);
        this.allowance = allowance;
    }

    List<Loss> losses(List<IdealShare> leaves) {
        List<IdealShare> owing = new ArrayList<>();
        List<IdealShare> missing = new ArrayList<>();
        for (IdealShare leaf : leaves) {
            if (owes(leaf)) {
                owing.add(leaf);
            } else if (lacks(leaf)) {
                missing.add(leaf);
            }
        }
        if (owing.isEmpty() || missing.isEmpty()) {
            return List.of();
        }
        owing.sort(Comparator.comparingDouble((IdealShare leaf) -> -leaf.partOfGuarantee(leaf.used)));
        missing.sort(Comparator.comparingDouble((IdealShare leaf) -> leaf.partOfGuarantee(leaf.used)));
        VictimSearch search = new VictimSearch(partition, rooms, allowance, victims(owing), departures.nodes());
        List<Loss> losses = new ArrayList<>();
        for (IdealShare leaf : missing) {
            serve(leaf, search, losses);
        }
        return losses;
    }

    /** Whether it has less than it should, and wants it. */
    static boolean lacks(IdealShare leaf) {
        Partition partition = leaf.share().partition();
        return !leaf.demands.isEmpty() && partition.measure().isMore(leaf.ideal, leaf.used, partition.total());
    }

    /** Whether it has more than it should by more than is overlooked. */
    private boolean owes(IdealShare leaf) {
        PreemptionRules rules = state.queuePlan().preemption();
        Resource overlooked = Amounts.times(leaf.guaranteed(), 1 + rules.ignoredOver());
        return leaf.share().queue().spec().preemption().byOtherQueues()
                && !measure.fits(leaf.owed(), Resource.NONE)
                && measure.isMore(leaf.used, overlooked, partition.total());
    }

    private List<Victim> victims(List<IdealShare> owing) {
        Map<Queue, IdealShare> byQueue = new HashMap<>();
        owing.forEach(leaf -> byQueue.put(leaf.share().queue(), leaf));
        Map<Queue, List<Attempt>> holders = Victims.holders(state, byQueue.keySet());
        Victims victims = new Victims(state, partition, Set.of());
        for (IdealShare leaf : owing) {
            QueueSpec spec = leaf.share().queue().spec();
            List<Attempt> attempts = holders.getOrDefault(leaf.share().queue(), List.of());
            List<Attempt> ordered = new ArrayList<>(attempts);
            ordered.sort(Victims.order(spec, partition));
            Budget budget = budget(leaf);
            victims.add(ordered, Victims.MAX_VICTIMS / owing.size(), attempt -> budget);
        }
        return victims.cheapestFirst();
    }

    private Budget budget(IdealShare leaf) {
        double part = state.queuePlan().preemption().pace().naturalTermination();
        Budget budget = new Budget(partition, leaf.used, leaf.floor(), false, Amounts.timesUp(leaf.owed(), part), null);
        QueueSpec.Partition own = leaf.share().queue().spec().partition(partition.label());
        budget.keepMasters(Amounts.times(leaf.guaranteed(), own == null ? 0 : own.masterShare()));
        return budget;
    }

    private void serve(IdealShare leaf, VictimSearch search, List<Loss> losses) {
        Resource missing = leaf.missing();
        for (Demand demand : leaf.demands) {
            if (!allowance.isOpen() || !measure.fits(demand.size(), missing)) {
                continue;
            }
            Predicate<Node> suitable = demand.suitable(state, partition);
            for (int i = 0; i < demand.count(); i++) {
                if (!allowance.isOpen() || !measure.fits(demand.size(), missing)) {
                    break;
                }
                Bottleneck limit = Bottleneck.of(state, leaf.share(), demand.attempt(), demand.size());
                boolean room = search.makeRoom(
                        demand,
                        suitable,
                        limit,
                        (victim, lost) -> standings.goesTo(leaf.share(), shareOf(victim), lost),
                        victim -> {
                            standings.lose(shareOf(victim), victim.size());
                            losses.add(loss(victim, leaf, demand));
                        });
                if (!room) {
                    break;
                }
                standings.gain(leaf.share(), demand.size());
                missing = missing.minusOrZero(demand.size());
            }
        }
    }

    private QueueShare shareOf(Victim victim) {
        return state.share(victim.attempt().application().queue(), partition);
    }

    private Loss loss(Victim victim, IdealShare leaf, Demand demand) {
        QueueShare loser = shareOf(victim);
        return victim.lost(
                allowance.room(),
                new Claim.Guarantee(
                        demand.attempt().application().id(),
                        partition.label(),
                        standing(leaf.share()),
                        standing(loser),
                        demand.size()));
    }

    private static Claim.Standing standing(QueueShare share) {
        return new Claim.Standing(
                share.queue().path(), share.used(), share.bounds().guaranteed());
    }
}
