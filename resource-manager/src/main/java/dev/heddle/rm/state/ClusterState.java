package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.event.EventVisitors;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeChange;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeLists;
import dev.heddle.rm.model.Purpose;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything the RM knows: applications, attempts, containers, nodes. Owned by the core's thread. It changes by
 * {@link #apply} alone, and every change is an {@link Event}.
 *
 * <p>What always holds: a container is in the maps of exactly one node and one attempt, and what a node or an attempt uses
 * is the sum of its containers.
 */
public final class ClusterState {
    private final long clusterTimestamp;
    private final long epoch;
    final Marks marks = new Marks();
    final AllocationTags allocationTags = new AllocationTags();
    final Preemptions preemptions = new Preemptions();
    private final EventVisitors appliers = new EventVisitors(
            new ApplicationApplier(this),
            new AttemptApplier(this),
            new ContainerApplier(this),
            new NodeApplier(this),
            new MarkApplier(this, marks),
            new QueueApplier(this));

    final Map<ApplicationId, Application> applications = new LinkedHashMap<>();
    final Map<ApplicationId, Application> unsettled = new LinkedHashMap<>();
    final QueueTree queues;
    final NodeTable nodes;
    final Map<ContainerId, Container> containers = new HashMap<>();
    final Set<Attempt> growing = new LinkedHashSet<>();
    final Set<ApplicationId> endedApplications = new LinkedHashSet<>();
    Resource used = Resource.NONE;
    private long wantedContainers;
    NodeLists nodeLists = NodeLists.EVERYBODY;
    long nodeListsAtMs;
    Map<NodeId, Resource> dynamicResources = Map.of();

    @Nullable
    Integer maxPriority;

    final Map<ContainerId, UnsettledIncrease> unsettledIncreases = new LinkedHashMap<>();
    int lastSequence;

    /**
     * An empty cluster.
     *
     * @param clusterTimestamp the part of application ids that tells this RM's from others', in ms since 1970
     * @param epoch the part of container ids that does so
     * @param plan the queues at first
     */
    public ClusterState(long clusterTimestamp, long epoch, QueuePlan plan) {
        this.clusterTimestamp = clusterTimestamp;
        this.epoch = epoch;
        this.queues = new QueueTree(plan, id -> known(node(id), id));
        this.nodes = new NodeTable(this);
    }

    /** Makes an event true. */
    public void apply(Event event) {
        event.accept(appliers);
    }

    public long clusterTimestamp() {
        return clusterTimestamp;
    }

    public long epoch() {
        return epoch;
    }

    /** The last part of the application id that was given last; 0 before the first. */
    public int lastSequence() {
        return lastSequence;
    }

    public @Nullable Application application(ApplicationId id) {
        return applications.get(id);
    }

    /** The nodes on which an application was granted containers and that are remembered. */
    public List<Node> nodesOf(Application application) {
        List<Node> nodes = new ArrayList<>();
        application.footprint.forEachNode(number -> nodes.add(this.nodes.at(number)));
        return nodes;
    }

    /** In the order in which they were accepted. */
    public Collection<Application> applications() {
        return Collections.unmodifiableCollection(applications.values());
    }

    /** Those that are not over, or whose last attempt is not: the ones that time matters to. */
    public Collection<Application> unsettledApplications() {
        return Collections.unmodifiableCollection(unsettled.values());
    }

    /** The highest priority that applications may get: what an operator has had read since, else what was configured. */
    public int maxPriority(int configured) {
        return maxPriority == null ? configured : maxPriority;
    }

    /** The number of applications that are not over. */
    public int liveApplications() {
        return applications.size() - endedApplications.size();
    }

    /** The attempt, past or present, or null. */
    public @Nullable Attempt attempt(AttemptId id) {
        Application application = applications.get(id.application());
        if (application == null) {
            return null;
        }
        int index = id.number() - application.firstAttempt;
        return index < 0 || index >= application.attempts.size() ? null : application.attempts.get(index);
    }

    /** A container that holds room, or null. */
    public @Nullable Container container(ContainerId id) {
        return containers.get(id);
    }

    /** The node, also one that is gone and still remembered, or null. */
    public @Nullable Node node(NodeId id) {
        return nodes.byId.get(id);
    }

    public Marks marks() {
        return marks;
    }

    /** The tags of containers, and where they are. */
    public AllocationTags allocationTags() {
        return allocationTags;
    }

    /** What is to be taken from applications, and what is on its way out. */
    public Preemptions preemptions() {
        return preemptions;
    }

    /** What a container was asked for. */
    public Purpose purpose(Container container) {
        return new Purpose(container.key(), allocationTags.of(container.id()));
    }

    /** The hosts that may take part. */
    public NodeLists nodeLists() {
        return nodeLists;
    }

    /** When they were read, in ms since 1970; 0 before. */
    public long nodeListsAtMs() {
        return nodeListsAtMs;
    }

    /** What nodes are counted with when they register, whatever they offer. */
    public Map<NodeId, Resource> dynamicResources() {
        return dynamicResources;
    }

    /** Every node in use, and those that are gone and still remembered; in no order. */
    public Collection<Node> nodes() {
        return Collections.unmodifiableCollection(nodes.byId.values());
    }

    /** The nodes that are not used any more and are still remembered, the first to go first. */
    public Set<NodeId> goneNodes() {
        return Collections.unmodifiableSet(nodes.gone);
    }

    /** The nodes on a host that take containers. */
    public List<Node> nodesOn(String host) {
        return nodes.on(host);
    }

    /** The number of nodes that take containers. */
    public int runningNodes() {
        return nodes.running();
    }

    /** The capacity of the nodes that take containers, and what is used on the others and on those that have shrunk. */
    public Resource total() {
        return nodes.total();
    }

    /** How many containers are asked for and not granted yet, by all together. */
    public long wantedContainers() {
        return wantedContainers;
    }

    /** What containers hold, on all nodes together. */
    public Resource used() {
        return used;
    }

    /** How many of the cores of nodes in use are at work, by what nodes measure: their share of the machine's counts. */
    public float busyCores() {
        return nodes.busyCores();
    }

    /** The applications that have ended, the earliest end first. */
    public Set<ApplicationId> endedApplications() {
        return Collections.unmodifiableSet(endedApplications);
    }

    /** The queues as they are configured. */
    public QueuePlan queuePlan() {
        return queues.plan();
    }

    /** The root of all queues. */
    public Queue rootQueue() {
        return queues.root();
    }

    /** The queue of a path, or null. */
    public @Nullable Queue queue(String path) {
        return queues.queue(path);
    }

    /** The queue of a path that is in the plan. */
    public Queue knownQueue(String path) {
        return known(queue(path), path);
    }

    /** Every queue, parents before their children. */
    public Collection<Queue> queues() {
        return Collections.unmodifiableCollection(queues.queues());
    }

    /** Whether somebody waits until nodes with room have been heard of often enough. */
    public boolean countsHeartbeats() {
        for (Partition partition : queues.partitions()) {
            if (partition.countsOpportunities()) {
                return true;
            }
        }
        return false;
    }

    /** The partitions of the cluster, that of the nodes without a label first. */
    public Collection<Partition> partitions() {
        return Collections.unmodifiableCollection(queues.partitions());
    }

    /** What a queue has of a partition. */
    public QueueShare share(Queue queue, Partition partition) {
        queues.root();
        return queues.share(queue, partition);
    }

    /** The nodes with a label. */
    public Partition partition(String label) {
        return queues.partition(label);
    }

    /** How many applications of a user have begun, in all queues. */
    public int activeApplications(String user) {
        return queues.activeApplications(user);
    }

    /** Everybody who is held is to be looked at again. */
    public void makeActivationDue() {
        queues.makeActivationDue();
    }

    /** The leaves in which somebody who is held may perhaps begin, since the last call. */
    public List<Queue> takeActivationDue() {
        return queues.takeActivationDue();
    }

    /** Time has passed: who has waited long enough for certain places is looked at again. */
    public void noteTime(long nowMs) {
        queues.noteTime(nowMs);
    }

    /** Whether anybody who waits may perhaps be served, or begin. */
    public boolean isPlacementDue() {
        return !growing.isEmpty() || queues.isDue();
    }

    /** Whether somebody who waits in a partition may perhaps be served, since the last call. */
    public boolean takePlacementDue(Partition partition) {
        return partition.takeDue();
    }

    /** A pass over a partition was cut short: it goes on later. */
    public void makePlacementDue(Partition partition) {
        partition.makeDue();
    }

    /** Leaves an attempt out of the lines until {@link #restoreLines}: it cannot be served in this pass. */
    public void setAside(Attempt attempt) {
        queues.absences.setAside(attempt);
    }

    /**
     * Leaves an attempt out of the lines that waits in one partition alone, until a node with room is on one of these hosts or
     * in one of these racks, or what it wants is different, or it has waited long enough.
     *
     * @param opportunity of its partition, after which it has; or {@link Long#MAX_VALUE}
     * @param atMs the same by the clock, in ms since 1970
     */
    public void sleep(Attempt attempt, Set<String> places, long opportunity, long atMs) {
        queues.absences.sleep(attempt, places, opportunity, atMs);
    }

    /** Those who have waited long enough for certain places of a partition are in line again. */
    public void wakeDue(Partition partition, long nowMs) {
        queues.absences.wakeDue(partition, nowMs);
    }

    /** Everybody is in line again who waits for certain places. */
    public void wakeAll() {
        queues.absences.wakeAll();
    }

    /** Leaves a line out until {@link #restoreLines}: nobody in it can be served in this pass. */
    public void leaveOut(QueueShare leaf, Line line) {
        queues.absences.leaveOut(leaf, line);
    }

    /** Leaves a line out as long as its user has too much, but not longer than until {@link #restoreLines}. */
    public void leaveOutForUse(QueueShare leaf, Line line) {
        queues.absences.leaveOutForUse(leaf, line);
    }

    /** The user of a line that was left out may have more. */
    public void letIn(QueueShare leaf, Line line) {
        queues.absences.letIn(leaf, line);
    }

    /** Everybody who was left out is in line again. */
    public void restoreLines() {
        queues.absences.restore();
    }

    /** Whether a node that takes containers is in the rack. */
    public boolean knowsRack(String rack) {
        return queues.partitions().stream().anyMatch(partition -> partition.hasRack(rack));
    }

    /** The largest free amount of each kind on any node; not always on the same one. */
    public Resource largestFree() {
        Resource largest = Resource.NONE;
        for (Partition partition : queues.partitions()) {
            largest = largest.max(partition.largestFree());
        }
        return largest;
    }

    /** As {@link #largestFree} for the whole capacity of nodes in use. */
    public Resource largestTotal() {
        Resource largest = Resource.NONE;
        for (Partition partition : queues.partitions()) {
            largest = largest.max(partition.largestTotal());
        }
        return largest;
    }

    /** The last change of each node that has changed after so many changes; of very many changes, the latest. */
    public List<NodeChange> nodeChangesSince(long seen) {
        return nodes.changes.since(seen);
    }

    /**
     * The containers that may grow and have not been seen to, the first to be allowed first: their masters have the tokens
     * that make their nodes do it.
     */
    public Map<ContainerId, UnsettledIncrease> unsettledIncreases() {
        return Collections.unmodifiableMap(unsettledIncreases);
    }

    /**
     * A container that may be larger than its node has seen to.
     *
     * @param settled the size that the node knows of
     * @param sinceMs when it was allowed to grow, in ms since 1970
     */
    public record UnsettledIncrease(Resource settled, long sinceMs) {}

    /** The attempt that has a container: the one that was granted it, or the last of those to which it was passed on. */
    public @Nullable Attempt holder(Container container) {
        Attempt first = attempt(container.id().attempt());
        if (first != null && first.containers.containsKey(container.id())) {
            return first;
        }
        Application application = applications.get(container.id().attempt().application());
        if (application == null) {
            return null;
        }
        // It need not be the latest: one that was being stopped when its holder failed stayed behind.
        for (int i = application.attempts.size() - 1; i >= 0; i--) {
            Attempt later = application.attempts.get(i);
            if (later.containers.containsKey(container.id())) {
                return later;
            }
        }
        return application.currentAttempt();
    }

    /** Who is told of an attempt's containers: itself, or the one that has taken over what it left. */
    public Attempt heir(Attempt attempt) {
        Application application = known(application(attempt.id().application()), attempt.id());
        Attempt current = application.currentAttempt();
        return attempt.isOver() && application.spec().keepContainers() && current != null ? current : attempt;
    }

    /** The attempts with containers that shall grow as soon as there is room. */
    public Collection<Attempt> growing() {
        return Collections.unmodifiableCollection(growing);
    }

    /** Brings the lines of those who wait in line with an attempt after a change. */
    void noteWishes(Attempt attempt) {
        queues.noteWishes(attempt);
        wantedContainers += attempt.asks.containers() - attempt.countedWishes;
        attempt.countedWishes = attempt.asks.containers();
        if (attempt.awaitedIncreases.isEmpty()) {
            growing.remove(attempt);
        } else {
            growing.add(attempt);
        }
    }

    /** Notes whether an application is over for good. */
    void settle(Application application) {
        Attempt attempt = application.currentAttempt();
        if (application.isOver() && (attempt == null || attempt.isOver())) {
            unsettled.remove(application.id());
        }
    }

    Attempt knownAttempt(AttemptId id) {
        return known(attempt(id), id);
    }

    Container knownContainer(ContainerId id) {
        return known(container(id), id);
    }

    /** What an event is about, which must be there. */
    static <T> T known(@Nullable T entity, Object id) {
        if (entity == null) {
            throw new NoSuchElementException("an event about " + id + ", which is not known");
        }
        return entity;
    }
}
