package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds those whose end makes room for what is waited for, on one node, the cheapest first. What would make room for nothing
 * is left alone. Of one round.
 */
final class VictimSearch {
    /** Sizes, and limits, that are searched for; the others wait for the next round. */
    private static final int MAX_TARGETS = 32;

    private final Partition partition;
    private final Measure measure;
    private final Rooms rooms;
    private final Allowance allowance;
    private final Map<Node, List<Victim>> byNode = new LinkedHashMap<>();
    private final Map<Target, PriorityQueue<Choice>> byTarget = new HashMap<>();

    /**
     * A search among some victims.
     *
     * @param victims the cheapest first
     * @param leaving nodes that something is about to leave, so that there may be room without anybody going
     */
    VictimSearch(Partition partition, Rooms rooms, Allowance allowance, List<Victim> victims, Iterable<Node> leaving) {
        this.partition = partition;
        this.measure = partition.measure();
        this.rooms = rooms;
        this.allowance = allowance;
        for (Victim victim : victims) {
            byNode.computeIfAbsent(victim.node, node -> new ArrayList<>()).add(victim);
        }
        for (Node node : leaving) {
            if (node.partition() == partition && node.takesContainers()) {
                byNode.computeIfAbsent(node, some -> new ArrayList<>());
            }
        }
    }

    /** What room is made for: on a node, or below a limit. */
    private record Target(Resource size, @Nullable Bottleneck limit) {}

    /**
     * What has to go from a node so that something fits.
     *
     * @param victims none where it fits already
     * @param lost what they have together
     */
    private record Choice(Node node, List<Victim> victims, Resource lost, Price price) {}

    /** Whether masters go, and others than those that have been told; whom it hits; how much goes; the dearest that goes. */
    private record Price(int masters, boolean news, int holder, double lost, int rank) implements Comparable<Price> {
        private static final Comparator<Price> ORDER = Comparator.comparingInt(Price::masters)
                .thenComparing(Price::news)
                .thenComparingInt(Price::holder)
                .thenComparingDouble(Price::lost)
                .thenComparingInt(Price::rank);

        @Override
        public int compareTo(Price other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * Makes room for one container.
     *
     * @param suitable whether a node will do, room aside
     * @param limit that it waits for, or null where it waits for room on a node
     * @param lets whether somebody may go for it, with so much in all
     * @param chosen is told of each container that goes for it; of none where there is room, or about to be
     * @return whether there is room for it then
     */
    boolean makeRoom(
            Demand demand,
            Predicate<Node> suitable,
            @Nullable Bottleneck limit,
            BiPredicate<Victim, Resource> lets,
            Consumer<Victim> chosen) {
        Resource size = demand.size();
        if (limit == null) {
            Node free = partition.nodeWithRoom(
                    size, true, node -> suitable.test(node) && measure.fits(size, rooms.on(node)));
            if (free != null) {
                rooms.fill(free, size);
                return true;
            }
        }
        Target target = new Target(size, limit);
        PriorityQueue<Choice> choices = byTarget.get(target);
        if (choices == null) {
            if (byTarget.size() == MAX_TARGETS) {
                return false;
            }
            choices = choices(target);
            byTarget.put(target, choices);
        }
        Predicate<Choice> allowed = choice -> suitable.test(choice.node())
                && allowance.lets(choice.lost(), choice.victims().size())
                && choice.victims().stream().allMatch(victim -> lets.test(victim, choice.lost()));
        Choice choice = onKeptNode(demand.attempt(), target, allowed);
        if (choice == null) {
            choice = cheapest(choices, target, allowed);
        }
        if (choice == null) {
            return false;
        }
        commit(choice, size, chosen);
        choices.add(choice);
        return true;
    }

    /** What has to go from the node that is kept for an attempt, or null. */
    private @Nullable Choice onKeptNode(Attempt attempt, Target target, Predicate<Choice> allowed) {
        Node kept = attempt.reserved();
        Choice choice = kept == null || !byNode.containsKey(kept) ? null : cheapest(kept, target);
        return choice != null && allowed.test(choice) ? choice : null;
    }

    private PriorityQueue<Choice> choices(Target target) {
        PriorityQueue<Choice> choices = new PriorityQueue<>(Comparator.comparing(Choice::price));
        for (Node node : byNode.keySet()) {
            Choice choice = cheapest(node, target);
            if (choice != null) {
                choices.add(choice);
            }
        }
        return choices;
    }

    private @Nullable Choice cheapest(PriorityQueue<Choice> choices, Target target, Predicate<Choice> allowed) {
        List<Choice> passedOver = new ArrayList<>();
        Choice taken = null;
        while (taken == null && !choices.isEmpty() && allowance.mayLook()) {
            Choice before = choices.remove();
            Choice now = cheapest(before.node(), target);
            if (now == null) {
                continue;
            }
            if (now.price().compareTo(before.price()) > 0) {
                // It has become dearer since: others may be cheaper now.
                choices.add(now);
            } else if (allowed.test(now)) {
                taken = now;
            } else {
                passedOver.add(now);
            }
        }
        choices.addAll(passedOver);
        return taken;
    }

    /** What has to go from a node: nothing where it fits, null where nothing helps. */
    private @Nullable Choice cheapest(Node node, Target target) {
        Resource size = target.size();
        Bottleneck limit = target.limit();
        Resource room = limit == null ? rooms.on(node) : Resource.NONE;
        List<Victim> chosen = new ArrayList<>();
        for (Victim victim : byNode.getOrDefault(node, List.of())) {
            if (measure.fits(size, room)) {
                break;
            }
            boolean helps = limit == null || limit.loosens(victim.attempt());
            if (helps && victim.mayGo() && victim.budget.tryTake(victim.size())) {
                chosen.add(victim);
                room = room.plus(victim.size());
            }
        }
        chosen.forEach(victim -> victim.budget.putBack(victim.size()));
        if (!measure.fits(size, room)) {
            return null;
        }
        // The last one is needed. Of those before it some may have been too small to matter.
        for (int i = chosen.size() - 2; i >= 0; i--) {
            Resource without = room.minusOrZero(chosen.get(i).size());
            if (measure.fits(size, without)) {
                room = without;
                chosen.remove(i);
            }
        }
        return choice(node, chosen);
    }

    private Choice choice(Node node, List<Victim> victims) {
        Resource lost = Resource.NONE;
        int masters = 0;
        boolean news = false;
        int holder = -1;
        int rank = -1;
        for (Victim victim : victims) {
            lost = lost.plus(victim.size());
            masters += victim.container.isMaster() ? 1 : 0;
            news |= !victim.noticed;
            holder = Math.max(holder, victim.holderRank());
            rank = Math.max(rank, victim.rank);
        }
        Price price = new Price(masters, news, holder, measure.share(lost, partition.total()), rank);
        return new Choice(node, victims, lost, price);
    }

    private void commit(Choice choice, Resource size, Consumer<Victim> chosen) {
        for (Victim victim : choice.victims()) {
            victim.budget.tryTake(victim.size());
            victim.take();
            rooms.free(choice.node(), victim.size());
            chosen.accept(victim);
        }
        rooms.fill(choice.node(), size);
        if (!choice.victims().isEmpty()) {
            allowance.take(choice.lost(), choice.victims().size());
        }
    }
}
