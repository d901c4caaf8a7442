package dev.heddle.rm.scheduler.preemption;

import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.Queue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * The containers that may go, the cheapest first: those that were told already, then those of the youngest application of the
 * least priority, of these the least important and youngest; masters last. Of one round.
 */
final class Victims {
    /** Containers that are looked at in a partition. */
    static final int MAX_VICTIMS = 5_000;

    private static final Comparator<Attempt> SUBMITTED = Comparator.comparing(
                    (Attempt attempt) -> attempt.application().id())
            .thenComparing(Attempt::id);

    private static final Comparator<Attempt> CHEAPEST = Comparator.comparingInt(
                    (Attempt attempt) -> attempt.application().priority())
            .thenComparing(SUBMITTED.reversed());

    private static final Comparator<Attempt> LARGEST = Comparator.comparingLong(
                    (Attempt attempt) -> attempt.used().memoryMb())
            .reversed()
            .thenComparing(SUBMITTED.reversed());

    private static final Comparator<Container> LEAST_IMPORTANT = Comparator.comparing(Container::isMaster)
            .thenComparing(Comparator.comparing(Container::key).reversed())
            .thenComparing(
                    Comparator.comparing((Container container) -> container.id().number())
                            .reversed());

    private final ClusterState state;
    private final Partition partition;
    private final List<Victim> victims = new ArrayList<>();
    private final Set<ContainerId> gone;
    private int holders;

    /**
     * Nobody at first.
     *
     * @param gone those that go already
     */
    Victims(ClusterState state, Partition partition, Set<ContainerId> gone) {
        this.state = state;
        this.partition = partition;
        this.gone = gone;
    }

    /** The attempts that have containers, in each of some leaves. */
    static Map<Queue, List<Attempt>> holders(ClusterState state, Set<Queue> leaves) {
        Map<Queue, List<Attempt>> holders = new LinkedHashMap<>();
        for (Application application : state.unsettledApplications()) {
            if (leaves.contains(application.queue())) {
                for (Attempt attempt : application.attempts()) {
                    if (!attempt.containers().isEmpty()) {
                        holders.computeIfAbsent(application.queue(), leaf -> new ArrayList<>())
                                .add(attempt);
                    }
                }
            }
        }
        return holders;
    }

    /** In the order in which those of a leaf lose: whom it serves last loses first. */
    static Comparator<Attempt> order(QueueSpec leaf, Partition partition) {
        return switch (leaf.ordering().applications()) {
            case FIFO -> CHEAPEST;
            case FAIR, FAIR_BY_SIZE -> LARGEST;
            case DOMINANT ->
                Comparator.comparingDouble(
                                (Attempt attempt) -> -Measure.DOMINANT.share(attempt.used(), partition.total()))
                        .thenComparing(SUBMITTED.reversed());
        };
    }

    /**
     * Adds what attempts have on nodes where it would make room.
     *
     * @param attempts in the order in which they lose
     * @param atMost how many containers suffice
     * @param budgets of each
     */
    void add(Collection<Attempt> attempts, int atMost, Function<Attempt, Budget> budgets) {
        int enough = victims.size() + atMost;
        for (Attempt attempt : attempts) {
            if (victims.size() >= enough) {
                return;
            }
            add(attempt, budgets.apply(attempt));
        }
    }

    private void add(Attempt attempt, Budget budget) {
        Victim.Holder holder = new Victim.Holder(attempt, holders++);
        List<Container> going = new ArrayList<>();
        for (Container container : attempt.containers()) {
            Node node = state.node(container.node());
            boolean leaves = container.state() == ContainerState.STOPPING || gone.contains(container.id());
            if (!leaves && !container.isMaster()) {
                holder.countOther();
            }
            if (!leaves && node != null && node.partition() == partition && node.takesContainers()) {
                going.add(container);
            }
        }
        going.sort(LEAST_IMPORTANT);
        for (Container container : going) {
            if (container.isMaster()) {
                budget.countMaster(container.resource());
            }
            victims.add(new Victim(
                    container,
                    Objects.requireNonNull(state.node(container.node())),
                    budget,
                    holder,
                    state.preemptions().notices().containsKey(container.id()),
                    victims.size()));
        }
    }

    /** Those in which no master runs, the cheapest first. */
    List<Victim> withoutMasters() {
        List<Victim> ordered = cheapestFirst();
        ordered.removeIf(victim -> victim.container.isMaster());
        return ordered;
    }

    /** All of them, the cheapest first. */
    List<Victim> cheapestFirst() {
        List<Victim> ordered = new ArrayList<>(victims.size());
        List<Victim> unnoticed = new ArrayList<>();
        List<Victim> masters = new ArrayList<>();
        for (Victim victim : victims) {
            boolean master = victim.container.isMaster();
            (master ? masters : victim.noticed ? ordered : unnoticed).add(victim);
        }
        ordered.addAll(unnoticed);
        ordered.addAll(masters);
        return ordered;
    }
}
