package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.Queue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What applications give to others in the same leaf. */
final class InsideQueues {
    private final ClusterState state;
    private final Partition partition;
    private final Measure measure;
    private final Departures departures;
    private final Rooms rooms;
    private final Allowance allowance;
    private final Set<ContainerId> gone;

    /**
     * Inside the leaves of a partition.
     *
     * @param gone what goes to other queues already
     */
    InsideQueues(
            ClusterState state,
            Partition partition,
            Departures departures,
            Rooms rooms,
            Allowance allowance,
            Set<ContainerId> gone) {
        this.state = state;
        this.partition = partition;
        this.measure = partition.measure();
        this.departures = departures;
        this.rooms = rooms;
        this.allowance = allowance;
        this.gone = gone;
    }

    List<Loss> losses(List<IdealShare> leaves) {
        Map<Queue, IdealShare> concerned = new LinkedHashMap<>();
        for (IdealShare leaf : leaves) {
            if (InsideQueue.concerns(leaf)) {
                concerned.put(leaf.share().queue(), leaf);
            }
        }
        if (concerned.isEmpty()) {
            return List.of();
        }
        Map<Queue, List<Attempt>> holders = Victims.holders(state, concerned.keySet());
        List<Loss> losses = new ArrayList<>();
        concerned.forEach((queue, leaf) -> {
            List<Attempt> ofLeaf = holders.getOrDefault(queue, List.of());
            List<InsideQueue.Transfer> transfers =
                    new InsideQueue(state, partition, departures, leaf).transfers(ofLeaf, allowance.left());
            serve(leaf, transfers, losses);
        });
        return losses;
    }

    private void serve(IdealShare leaf, List<InsideQueue.Transfer> transfers, List<Loss> losses) {
        Map<InsideQueue.Entry, Budget> budgets = budgets(transfers);
        Map<InsideQueue.Entry, List<InsideQueue.Transfer>> byReceiver = new LinkedHashMap<>();
        for (InsideQueue.Transfer transfer : transfers) {
            byReceiver.computeIfAbsent(transfer.to(), to -> new ArrayList<>()).add(transfer);
        }
        Set<ContainerId> taken = new LinkedHashSet<>(gone);
        byReceiver.forEach((to, parts) -> {
            Map<Attempt, InsideQueue.Entry> givers = new LinkedHashMap<>();
            Resource owed = Resource.NONE;
            for (InsideQueue.Transfer part : parts) {
                givers.put(part.from().attempt, part.from());
                owed = owed.plus(part.amount());
            }
            Victims victims = new Victims(state, partition, taken);
            victims.add(
                    givers.keySet(),
                    Victims.MAX_VICTIMS,
                    attempt -> Objects.requireNonNull(budgets.get(givers.get(attempt))));
            VictimSearch search =
                    new VictimSearch(partition, rooms, allowance, victims.withoutMasters(), departures.nodes());
            serve(leaf, to, owed, search, victim -> {
                taken.add(victim.container.id());
                losses.add(
                        victim.lost(allowance.room(), claim(to, Objects.requireNonNull(givers.get(victim.attempt())))));
            });
        });
    }

    /** Each gives no more than is its part, and users over their limit stay so where they would have it back otherwise. */
    private Map<InsideQueue.Entry, Budget> budgets(List<InsideQueue.Transfer> transfers) {
        Set<InsideQueue.Entry> capped = new HashSet<>();
        for (InsideQueue.Transfer transfer : transfers) {
            if (transfer.staysOver()) {
                capped.add(transfer.from());
            }
        }
        Map<InsideQueue.Member, Budget> ofUsers = new HashMap<>();
        Map<InsideQueue.Entry, Budget> budgets = new HashMap<>();
        for (InsideQueue.Transfer transfer : transfers) {
            InsideQueue.Entry from = transfer.from();
            Budget ofUser = capped.contains(from) ? ofUsers.computeIfAbsent(from.user, this::overLimit) : null;
            Resource kept = from.used().minusOrZero(from.given());
            budgets.computeIfAbsent(
                    from, entry -> new Budget(partition, entry.used(), kept, false, entry.given(), ofUser));
        }
        return budgets;
    }

    private Budget overLimit(InsideQueue.Member user) {
        return new Budget(partition, user.used(), user.limit(), true, partition.total(), null);
    }

    private void serve(
            IdealShare leaf, InsideQueue.Entry to, Resource owed, VictimSearch search, Consumer<Victim> chosen) {
        Resource left = owed;
        for (Demand demand : to.demands) {
            Predicate<Node> suitable = demand.suitable(state, partition);
            for (int i = 0; i < demand.count(); i++) {
                if (!allowance.isOpen() || !measure.fits(demand.size(), left)) {
                    break;
                }
                Bottleneck limit = Bottleneck.of(state, leaf.share(), demand.attempt(), demand.size());
                if (!search.makeRoom(demand, suitable, limit, (victim, lost) -> true, chosen)) {
                    break;
                }
                left = left.minusOrZero(demand.size());
            }
        }
    }

    private Claim claim(InsideQueue.Entry to, InsideQueue.Entry from) {
        ApplicationId application = to.attempt.application().id();
        String queue = to.attempt.application().queue().path();
        Resource size = to.demands.get(0).size();
        InsideQueue.Member user = from.user;
        if (to.priority() > from.priority()) {
            return new Claim.Priority(application, queue, to.priority(), from.priority(), size);
        }
        return measure.isMore(user.used(), user.limit(), partition.total())
                ? new Claim.UserLimit(application, queue, user.name(), user.used(), user.limit(), size)
                : new Claim.Age(application, queue, size);
    }
}
