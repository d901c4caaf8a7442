package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.Amounts;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.Queue;
import dev.heddle.rm.state.QueueShare;
import java.util.ArrayList;
import java.util.List;

/**
 * Who should have how much of a partition: everybody keeps what is within the guarantee, and the rest goes to those who want
 * more, those who have the smallest part of their guarantee first, level by level down the tree of queues. As YARN's
 * {@code PreemptableResourceCalculator}.
 */
final class IdealAssignment {
    /** Offers among the children of one queue, at most. */
    private static final int MAX_OFFERS = 10_000;

    private final ClusterState state;
    private final Partition partition;
    private final Measure measure;
    private final Departures departures;
    private final Wants wants;
    private final boolean apart;
    private final List<IdealShare> leaves = new ArrayList<>();

    private IdealAssignment(ClusterState state, Partition partition, Departures departures, boolean apart) {
        this.apart = apart;
        this.state = state;
        this.partition = partition;
        this.measure = partition.measure();
        this.departures = departures;
        this.wants = new Wants(state, partition);
    }

    /**
     * The leaves with what they should have.
     *
     * @param atMost what may be taken in one round
     * @param apart whether each parent divides what it has, and not what it should have
     */
    static List<IdealShare> leaves(
            ClusterState state, Partition partition, Departures departures, Resource atMost, boolean apart) {
        IdealAssignment assignment = new IdealAssignment(state, partition, departures, apart);
        IdealShare root = assignment.build(state.rootQueue());
        root.ideal = root.guaranteed();
        assignment.divide(root, atMost);
        return assignment.leaves;
    }

    private IdealShare build(Queue queue) {
        QueueShare share = state.share(queue, partition);
        boolean waitedIn = queue.spec().isLeaf() && share.isHungry();
        List<Demand> demands = waitedIn ? wants.within(share) : List.of();
        IdealShare built = new IdealShare(share, departures.staying(share), demands, wants.total(demands));
        if (built.isLeaf()) {
            leaves.add(built);
        }
        queue.children().forEach(child -> built.add(build(child)));
        built.noteTouchable();
        return built;
    }

    private void divide(IdealShare parent, Resource atMost) {
        if (parent.children.isEmpty()) {
            return;
        }
        List<IdealShare> guaranteed = new ArrayList<>();
        List<IdealShare> others = new ArrayList<>();
        for (IdealShare child : parent.children) {
            boolean promised = measure.isMore(child.guaranteed(), Resource.NONE, partition.total());
            (promised ? guaranteed : others).add(child);
        }
        Resource left = assign(guaranteed, parent.ideal);
        if (!others.isEmpty() && isSomething(left)) {
            assign(others, left);
        }
        Resource needed = Resource.NONE;
        for (IdealShare child : parent.children) {
            needed = needed.plus(child.surplus());
        }
        Resource total = partition.total();
        double scale =
                measure.isMore(needed, atMost, total) ? measure.share(atMost, total) / measure.share(needed, total) : 1;
        for (IdealShare child : parent.children) {
            child.settle(scale);
            if (apart && !child.isLeaf()) {
                child.ideal = measure.smaller(child.ideal, child.used, total);
            }
            divide(child, atMost);
        }
    }

    /** Divides something among queues as they need it; returns what nobody wants. */
    private Resource assign(List<IdealShare> queues, Resource all) {
        Resource left = all;
        List<IdealShare> needy = new ArrayList<>();
        for (IdealShare queue : queues) {
            queue.begin();
            left = left.minusOrZero(queue.ideal);
            if (queue.wantsMore()) {
                needy.add(queue);
            }
        }
        for (int offers = 0; offers < MAX_OFFERS && !needy.isEmpty() && isSomething(left); ) {
            double weights = 0;
            for (IdealShare queue : needy) {
                weights += queue.share().bounds().absolute();
            }
            Resource round = left;
            List<IdealShare> neediest = neediest(needy);
            for (IdealShare queue : neediest) {
                double part = weights == 0
                        ? 1.0 / needy.size()
                        : queue.share().bounds().absolute() / weights;
                Resource taken = queue.take(Amounts.timesUp(round, part).min(left));
                left = left.minusOrZero(taken);
                offers++;
                if (!isSomething(taken)) {
                    needy.remove(queue);
                }
            }
        }
        return left;
    }

    /** Those that all others come after: the smallest part of their guarantee, or the highest priority. */
    private static List<IdealShare> neediest(List<IdealShare> needy) {
        List<IdealShare> first = new ArrayList<>();
        for (IdealShare queue : needy) {
            int order = first.isEmpty() ? 0 : compare(queue, first.get(0));
            if (order < 0) {
                first.clear();
            }
            if (order <= 0) {
                first.add(queue);
            }
        }
        return first;
    }

    /** As YARN's {@code PriorityUtilizationQueueOrderingPolicy}. */
    private static int compare(IdealShare one, IdealShare other) {
        double part = one.partOfGuarantee(one.ideal);
        double partOfOther = other.partOfGuarantee(other.ideal);
        boolean alike = part < 1 == partOfOther < 1;
        return one.priority() != other.priority() && alike
                ? Integer.compare(other.priority(), one.priority())
                : Double.compare(part, partOfOther);
    }

    private boolean isSomething(Resource some) {
        return !measure.fits(some, Resource.NONE);
    }
}
