package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.scheduler.queue.Bounds;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The queues, the partitions of the cluster, and what the former have of the latter. Changed by {@link ClusterState} alone,
 * which tells it of each container that comes, changes or goes, and of each attempt that wants something.
 */
final class QueueTree {
    private final Map<String, Partition> partitions = new LinkedHashMap<>();
    private final Map<String, Queue> byPath = new LinkedHashMap<>();
    private final Set<Queue> activationDue = new LinkedHashSet<>();
    private final Map<String, Integer> activeByUser = new HashMap<>();
    private final Set<Partition> stale = new LinkedHashSet<>();
    final Absences absences = new Absences();
    private final Function<NodeId, Node> nodes;
    private QueuePlan plan;
    private Queue root;

    QueueTree(QueuePlan plan, Function<NodeId, Node> nodes) {
        this.plan = plan;
        this.nodes = nodes;
        this.root = build(plan.root(), null);
        partition(Partition.UNLABELLED).shared = true;
    }

    private Queue build(QueueSpec spec, @Nullable Queue parent) {
        Queue queue = new Queue(spec, parent, byPath.size());
        byPath.put(spec.path(), queue);
        for (QueueSpec child : spec.children()) {
            queue.children.add(build(child, queue));
        }
        return queue;
    }

    /** Another plan holds: every sum is taken anew. */
    void replace(QueuePlan next, Collection<Application> applications) {
        plan = next;
        byPath.clear();
        activationDue.clear();
        activeByUser.clear();
        absences.clear();
        root = build(next.root(), null);
        for (Partition partition : partitions.values()) {
            partition.begin(next.measure());
            addShares(partition);
        }
        for (Application application : applications) {
            Queue queue = byPath.get(application.spec().queue());
            if (queue != null) {
                application.queue = queue;
                enter(application);
            }
        }
    }

    /** An application goes to another leaf with all that it has. */
    void move(Application application, Queue target) {
        Attempt current = application.currentAttempt();
        boolean active = current != null && current.active;
        if (current != null && !current.isOver()) {
            release(current);
        }
        for (Attempt attempt : application.attempts) {
            attempt.containers
                    .values()
                    .forEach(container -> refund(attempt, partitionOf(container), container.resource()));
        }
        if (!application.isOver()) {
            countLive(application, -1);
        }
        application.move(target);
        if (current != null) {
            current.active = active;
        }
        enter(application);
    }

    /** Counts an application and all that it has in the leaf that it is in. */
    private void enter(Application application) {
        if (!application.isOver()) {
            countLive(application, 1);
        }
        for (Attempt attempt : application.attempts) {
            attempt.places.clear();
            attempt.linedShape = Attempt.NO_SHAPE;
            attempt.containers
                    .values()
                    .forEach(container -> charge(attempt, partitionOf(container), container.resource()));
        }
        Attempt current = application.currentAttempt();
        if (current == null || current.isOver()) {
            return;
        }
        if (current.active) {
            chargeMaster(current);
            noteWishes(current);
        } else {
            hold(current);
        }
    }

    private Partition partitionOf(Container container) {
        return nodes.apply(container.node()).partition();
    }

    QueuePlan plan() {
        return plan;
    }

    Queue root() {
        refresh();
        return root;
    }

    @Nullable
    Queue queue(String path) {
        refresh();
        return byPath.get(path);
    }

    Collection<Queue> queues() {
        refresh();
        return byPath.values();
    }

    Collection<Partition> partitions() {
        refresh();
        return partitions.values();
    }

    /** The nodes with a label, which need not exist. */
    Partition partition(String label) {
        Partition known = partitions.get(label);
        if (known != null) {
            return known;
        }
        Partition partition = new Partition(label, plan.measure());
        partitions.put(label, partition);
        addShares(partition);
        return partition;
    }

    private void addShares(Partition partition) {
        addShares(root, null, partition);
        stale.add(partition);
    }

    private static void addShares(Queue queue, @Nullable QueueShare parent, Partition partition) {
        QueueShare share = new QueueShare(queue, partition, parent);
        queue.shares.put(partition.label(), share);
        queue.children.forEach(child -> addShares(child, share, partition));
    }

    QueueShare share(Queue queue, Partition partition) {
        return ClusterState.known(queue.share(partition.label()), queue);
    }

    /** The capacity of a partition has changed, and with it the bounds of every queue: worked out when somebody looks. */
    void noteTotal(Partition partition) {
        stale.add(partition);
    }

    private void refresh() {
        if (stale.isEmpty()) {
            return;
        }
        for (Partition partition : stale) {
            rebound(share(root, partition), Bounds.root(plan.root().partition(partition.label()), partition.total()));
            partition.makeDue();
            if (partition.adjustYardstick()) {
                rankByShares();
            }
        }
        stale.clear();
        makeActivationDue();
    }

    /** What attempts have is another part of the cluster now. */
    private void rankByShares() {
        for (Queue queue : byPath.values()) {
            if (queue.spec().ordering().applications() == QueueSpec.Ordering.Applications.DOMINANT) {
                Set<Attempt> waiting = new LinkedHashSet<>();
                for (QueueShare share : queue.shares.values()) {
                    waiting.addAll(share.waiting());
                }
                waiting.forEach(this::rank);
            }
        }
    }

    private void rebound(QueueShare share, Bounds bounds) {
        share.setBounds(bounds);
        share.parts = 0;
        for (UserShare user : share.users.values()) {
            user.part = 0;
            share.noteParts(user);
        }
        List<Queue> children = share.queue().children;
        if (children.isEmpty()) {
            return;
        }
        List<QueueSpec> specs = children.stream().map(Queue::spec).toList();
        List<Bounds> ofChildren = Bounds.children(
                bounds, specs, share.partition().label(), share.partition().total());
        for (int i = 0; i < children.size(); i++) {
            rebound(share(children.get(i), share.partition()), ofChildren.get(i));
        }
    }

    /** An application has come to a queue, or left it. */
    void countLive(Application application, int change) {
        application.queue.countLive(application.spec().user(), change);
        activationDue.add(application.queue);
    }

    /** A container has come. */
    void charge(Attempt attempt, Partition partition, Resource resource) {
        Queue leaf = attempt.application().queue;
        QueueShare share = share(leaf, partition);
        share.charge(share.userShare(attempt.application().spec().user()), resource);
        for (QueueShare above = share; above != null; above = above.parent()) {
            above.charge(resource);
        }
        if (share.activeUsers() > 1) {
            // An equal part of what all have together is more now, for the others too.
            partition.makeDue();
        }
        rank(attempt);
    }

    /** A container has gone. */
    void refund(Attempt attempt, Partition partition, Resource resource) {
        Queue leaf = attempt.application().queue;
        QueueShare share = share(leaf, partition);
        share.refund(share.userShare(attempt.application().spec().user()), resource);
        for (QueueShare above = share; above != null; above = above.parent()) {
            above.refund(resource);
        }
        partition.makeDue();
        rank(attempt);
    }

    /** An attempt must wait until the queue has room for its master. */
    void hold(Attempt attempt) {
        Queue queue = attempt.application().queue;
        queue.held.put(heldTurn(attempt), attempt);
        activationDue.add(queue);
    }

    /** An attempt may begin: its master is counted, and what it asks for is served. */
    void activate(Attempt attempt, Resource master, String label) {
        Application application = attempt.application();
        application.queue.held.remove(heldTurn(attempt));
        attempt.active = true;
        attempt.masterSize = master;
        attempt.masterLabel = label;
        chargeMaster(attempt);
        noteWishes(attempt);
        attempt.places.forEach(place -> place.share().partition().makeDue());
    }

    private void chargeMaster(Attempt attempt) {
        Application application = attempt.application();
        String user = application.spec().user();
        QueueShare share = share(application.queue, partition(attempt.masterLabel));
        share.masters.add(attempt.masterSize);
        share.userShare(user).masters.add(attempt.masterSize);
        application.queue.countActive(user, 1);
        activeByUser.merge(user, 1, Integer::sum);
    }

    /** An attempt is over, or its queue is about to be another one. */
    void release(Attempt attempt) {
        noteReserved(attempt);
        leaveLines(attempt);
        Application application = attempt.application();
        Queue queue = application.queue;
        if (!attempt.active) {
            queue.held.remove(heldTurn(attempt));
            return;
        }
        String user = application.spec().user();
        QueueShare share = share(queue, partition(attempt.masterLabel));
        share.masters.subtract(attempt.masterSize);
        UserShare ofUser = share.userShare(user);
        ofUser.masters.subtract(attempt.masterSize);
        share.forgetIdle(ofUser);
        queue.countActive(user, -1);
        activeByUser.merge(user, -1, Integer::sum);
        activeByUser.remove(user, 0);
        attempt.active = false;
        noteFreedPlace(queue);
    }

    /** Whoever is held in this queue, or in others where the limit of a parent or a user may have been in the way. */
    private void noteFreedPlace(Queue queue) {
        activationDue.add(queue);
        boolean limited = plan.userParallel().everybody() < Integer.MAX_VALUE
                || !plan.userParallel().exceptions().isEmpty();
        for (Queue above = queue; above != null && !limited; above = above.parent()) {
            limited = above.spec().applications().parallel() < Integer.MAX_VALUE;
        }
        if (limited) {
            byPath.values().stream().filter(other -> !other.held.isEmpty()).forEach(activationDue::add);
        }
    }

    void noteTime(long nowMs) {
        for (Partition partition : partitions.values()) {
            partition.noteTime(nowMs);
        }
    }

    boolean isDue() {
        if (!stale.isEmpty() || !activationDue.isEmpty()) {
            return true;
        }
        for (Partition partition : partitions.values()) {
            if (partition.isDue()) {
                return true;
            }
        }
        return false;
    }

    /** How many applications of a user have begun, in all queues. */
    int activeApplications(String user) {
        return activeByUser.getOrDefault(user, 0);
    }

    /** Limits may have loosened in some way that is not followed as it happens, such as what other queues have. */
    void makeActivationDue() {
        for (Queue queue : byPath.values()) {
            if (!queue.held.isEmpty()) {
                activationDue.add(queue);
            }
        }
    }

    /** The leaves in which somebody who is held may perhaps begin since the last call. */
    List<Queue> takeActivationDue() {
        refresh();
        if (activationDue.isEmpty()) {
            return List.of();
        }
        List<Queue> due = new ArrayList<>();
        for (Queue queue : activationDue) {
            if (!queue.held.isEmpty()) {
                due.add(queue);
            }
        }
        activationDue.clear();
        return due;
    }

    /** Puts an attempt in the lines for what it wants, if it has begun. */
    void noteWishes(Attempt attempt) {
        noteReserved(attempt);
        absences.wake(attempt);
        if (!attempt.active || attempt.asks.shape() == attempt.linedShape) {
            return;
        }
        leaveLines(attempt);
        joinLines(attempt);
    }

    /** A node is kept for something that an attempt wants. */
    void reserve(Attempt attempt, Partition partition, Resource size) {
        for (QueueShare share = share(attempt.application().queue, partition); share != null; share = share.parent()) {
            share.reserved.add(size);
        }
    }

    /** It is not kept any more. */
    void unreserve(Attempt attempt, Partition partition, Resource size) {
        for (QueueShare share = share(attempt.application().queue, partition); share != null; share = share.parent()) {
            share.reserved.subtract(size);
        }
        partition.makeDue();
    }

    /** What an attempt has a node kept for may not be wanted any more. */
    private static void noteReserved(Attempt attempt) {
        if (attempt.reserved != null) {
            attempt.reserved.partition.makeDue();
        }
    }

    private void joinLines(Attempt attempt) {
        Application application = attempt.application();
        attempt.turn = turn(attempt);
        attempt.linedShape = attempt.asks.shape();
        for (AskKey key : attempt.asks.keys()) {
            Ask wanted = attempt.asks.anywhere(key);
            if (wanted == null) {
                continue;
            }
            Partition partition = partition(wanted.label());
            QueueShare share = share(application.queue, partition);
            Size size = partition.size(partition.measure().counted(wanted.capability()));
            UserShare user = share.userShare(application.spec().user());
            if (!attempt.isIn(size)) {
                attempt.places.add(new Attempt.Place(share, share.join(attempt, user, size)));
            }
        }
    }

    private void leaveLines(Attempt attempt) {
        attempt.linedShape = Attempt.NO_SHAPE;
        if (attempt.places.isEmpty()) {
            return;
        }
        absences.wake(attempt);
        for (Attempt.Place place : attempt.places) {
            if (place.share().leave(attempt, place.line())) {
                // The others' limits have grown with the number of those who share.
                place.share().partition().makeDue();
            }
        }
        attempt.places.clear();
    }

    /** Brings an attempt's places in the lines in line with what it has, or with its priority. */
    void rank(Attempt attempt) {
        if (attempt.places.isEmpty()) {
            return;
        }
        Turn now = turn(attempt);
        if (now.equals(attempt.turn)) {
            return;
        }
        absences.wake(attempt);
        attempt.places.forEach(place -> place.share().stepOut(attempt, place.line()));
        attempt.turn = now;
        attempt.places.forEach(place -> place.share().stepIn(attempt, place.line()));
    }

    /** The priority of an application changes. */
    void reprioritize(Application application, int priority) {
        Attempt attempt = application.currentAttempt();
        boolean held = attempt != null && application.queue.held.remove(heldTurn(attempt)) != null;
        application.priority = priority;
        if (attempt != null && held) {
            application.queue.held.put(heldTurn(attempt), attempt);
        } else if (attempt != null) {
            rank(attempt);
        }
    }

    private static Turn heldTurn(Attempt attempt) {
        return new Turn(0, attempt.application().priority, attempt.id());
    }

    private Turn turn(Attempt attempt) {
        Application application = attempt.application();
        double usedMb = (double) attempt.used.memoryMb();
        return switch (application.queue.spec().ordering().applications()) {
            case FIFO -> new Turn(0, application.priority, attempt.id());
            case FAIR -> new Turn(usedMb, 0, attempt.id());
            case DOMINANT -> {
                Partition partition = partition(application.spec().labels().containers());
                yield new Turn(
                        Measure.DOMINANT.share(attempt.used, partition.yardstick()),
                        application.priority,
                        attempt.id());
            }
            // As YARN's FairOrderingPolicy: by the logarithm of what it wants.
            case FAIR_BY_SIZE -> {
                double weight = Math.log1p((double) attempt.asks.total().memoryMb()) / Math.log(2);
                yield new Turn(weight > 0 ? usedMb / weight : usedMb, 0, attempt.id());
            }
        };
    }
}
