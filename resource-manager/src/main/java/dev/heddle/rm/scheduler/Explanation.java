package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.Reservation;
import dev.heddle.rm.scheduler.explain.Obstacle;
import dev.heddle.rm.scheduler.explain.Waiting;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.PendingAsks;
import dev.heddle.rm.state.Queue;
import dev.heddle.rm.state.QueueShare;
import dev.heddle.rm.state.UserShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt has not got what it wants: asks the functions by which the scheduler decides once more, and names the first
 * that says no. Costs a look at all nodes, so it is done when somebody asks and at no other time.
 */
public final class Explanation {
    private final ClusterState state;
    private final long nowMs;

    public Explanation(ClusterState state, long nowMs) {
        this.nowMs = nowMs;
        this.state = state;
    }

    /** What the attempt waits for, in the order of its asks; nothing where it has everything. */
    public List<Waiting> of(Attempt attempt) {
        if (attempt.isOver()) {
            return List.of();
        }
        if (!attempt.isActive()) {
            Obstacle obstacle = Beginnings.obstacle(state, attempt);
            return List.of(new Waiting(
                    null,
                    1,
                    Beginnings.master(state, attempt),
                    attempt.startedAtMs(),
                    obstacle == null ? new Obstacle.Soon() : obstacle));
        }
        List<Waiting> waiting = new ArrayList<>();
        for (AskKey key : attempt.asks().keys()) {
            Ask wanted = attempt.asks().anywhere(key);
            if (wanted != null) {
                waiting.add(new Waiting(
                        key,
                        wanted.count(),
                        wanted.capability(),
                        attempt.asks().sinceMs(key),
                        obstacle(attempt, key, wanted)));
            }
        }
        return waiting;
    }

    private Obstacle obstacle(Attempt attempt, AskKey key, Ask wanted) {
        Queue queue = attempt.application().queue();
        Partition partition = state.partition(wanted.label());
        QueueShare leaf = state.share(queue, partition);
        Resource size = partition.measure().counted(wanted.capability());
        if (!queue.spec().mayUse(wanted.label())) {
            return new Obstacle.NoAccess(queue.path(), wanted.label());
        }
        if (partition.isEmpty()) {
            return new Obstacle.NoNodes(wanted.label());
        }
        Obstacle scarce = scarceKind(partition, size, partition.largestTotal(), false);
        if (scarce != null) {
            return scarce;
        }
        if (!partition.measure().fitsOn(size, partition.largestTotal())) {
            return new Obstacle.NoNodeLargeEnough(wanted.label(), size, partition.largestTotal());
        }
        Obstacle limit = limit(leaf, attempt.application().spec().user(), size);
        return limit != null ? limit : room(partition, attempt, key, wanted, size);
    }

    private @Nullable Obstacle limit(QueueShare leaf, String userName, Resource size) {
        QueueShare over = Limits.overMaximum(leaf, size);
        // Whoever may have everything is not told of a limit when everything is taken.
        if (over != null && !over.bounds().maximum().equals(over.partition().total())) {
            return new Obstacle.QueueMaximum(
                    over.queue().path(),
                    over.partition().label(),
                    size,
                    over.used(),
                    over.bounds().maximum());
        }
        UserShare user = leaf.user(userName);
        Resource step = state.queuePlan().minimumAllocation();
        if (user != null && Limits.isOver(leaf, user, step)) {
            return new Obstacle.UserLimit(
                    leaf.queue().path(), userName, user.used(), Limits.userLimit(leaf, user, step), (int)
                            leaf.users().stream().filter(UserShare::isActive).count());
        }
        return null;
    }

    /**
     * The first of the further kinds of which no node has enough, or null.
     *
     * @param most of each kind on any node
     * @param free whether what is free counts, or all that nodes have
     */
    private @Nullable Obstacle scarceKind(Partition partition, Resource size, Resource most, boolean free) {
        FurtherKinds further = size.further();
        for (int i = 0; i < further.size(); i++) {
            ResourceKind kind = further.kind(i);
            if (further.amount(i) > most.amount(kind)) {
                long largest = most.amount(kind);
                String node = largest == 0 ? "" : nodeWith(partition, kind, largest, free);
                return new Obstacle.NoRoomOfKind(partition.label(), kind, further.amount(i), largest, free, node);
            }
        }
        return null;
    }

    private String nodeWith(Partition partition, ResourceKind kind, long amount, boolean free) {
        for (Node node : state.nodes()) {
            Resource there = free ? node.free() : node.total();
            if (node.partition() == partition && node.takesContainers() && there.amount(kind) == amount) {
                return node.id().toString();
            }
        }
        return "";
    }

    private Obstacle room(Partition partition, Attempt attempt, AskKey key, Ask wanted, Resource size) {
        Node kept = attempt.reserved();
        Reservation reservation = kept == null ? null : kept.reservation();
        if (kept != null && reservation != null && reservation.key().equals(key)) {
            return new Obstacle.Reserved(kept.id().toString(), size, kept.free());
        }
        Node largest = null;
        boolean excluded = false;
        boolean fits = false;
        Set<String> blacklist = attempt.avoided();
        for (Node node : state.nodes()) {
            if (node.partition() != partition || !node.takesContainers()) {
                continue;
            }
            if (partition.measure().fitsOn(size, node.room())) {
                boolean unwanted = blacklist.contains(node.id().host()) || blacklist.contains(node.rack());
                excluded |= unwanted;
                fits |= !unwanted;
            }
            if (largest == null || partition.measure().isMore(node.room(), largest.room(), partition.total())) {
                largest = node;
            }
        }
        Obstacle scarce = fits || excluded ? null : scarceKind(partition, size, partition.largestFree(), true);
        if (scarce != null) {
            return scarce;
        }
        if (!fits && !excluded) {
            return new Obstacle.NoRoom(
                    partition.label(),
                    size,
                    largest == null ? null : largest.room(),
                    largest == null ? "" : largest.id().toString(),
                    partition.reserved().size());
        }
        if (!fits) {
            return new Obstacle.Blacklisted(size, blacklist.size());
        }
        if (attempt.asks().constrained(key) != null) {
            return new Obstacle.Constraint(size);
        }
        Patience patience = new Patience(state, partition, attempt.asks(), key, nowMs);
        if (attempt.asks().rows(key).size() > 1 && !patience.letsAnywhere()) {
            return new Obstacle.Patience(
                    attempt.asks().rows(key).stream()
                            .map(Ask::place)
                            .filter(place -> !place.equals(Ask.ANYWHERE))
                            .toList(),
                    patience.missed(),
                    patience.untilAnywhere(),
                    patience.leftMs());
        }
        return wanted.relaxLocality() ? new Obstacle.Soon() : places(attempt.asks(), key, size);
    }

    private Obstacle places(PendingAsks asks, AskKey key, Resource size) {
        List<String> places = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (Ask row : asks.rows(key)) {
            String place = row.place();
            if (place.equals(Ask.ANYWHERE)) {
                continue;
            }
            places.add(place);
            if (state.nodesOn(place).isEmpty() && !state.knowsRack(place)) {
                unknown.add(place);
            }
        }
        return new Obstacle.Places(size, places, unknown);
    }
}
