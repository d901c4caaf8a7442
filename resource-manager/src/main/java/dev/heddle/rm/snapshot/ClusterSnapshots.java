package dev.heddle.rm.snapshot;

import dev.heddle.rm.event.Event;
import dev.heddle.rm.event.MarkEvent;
import dev.heddle.rm.event.QueueEvent;
import dev.heddle.rm.loop.Publisher;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Queue;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The latest picture of each application and node. The core's thread replaces the pictures of what has changed; any thread
 * reads, without waiting and without being waited for. Each picture is consistent in itself; two of them may be from
 * different moments.
 */
public final class ClusterSnapshots implements Publisher {
    private final ConcurrentNavigableMap<ApplicationId, ApplicationSnapshot> applications =
            new ConcurrentSkipListMap<>();
    private final ConcurrentNavigableMap<NodeId, NodeSnapshot> nodes = new ConcurrentSkipListMap<>();
    private final ContainerSnapshots containers;
    private final Map<String, QueueSnapshot> queues = new ConcurrentHashMap<>();
    private volatile @Nullable QueuePlan queuePlan;
    private volatile MarksSnapshot marks = MarksSnapshot.NONE;
    private volatile Totals totals = Totals.NONE;
    private volatile ApplicationCounts counts = ApplicationCounts.NONE;

    /**
     * Empty.
     *
     * @param endedContainers how many containers that have ended are remembered for each attempt
     */
    public ClusterSnapshots(int endedContainers) {
        containers = new ContainerSnapshots(endedContainers);
    }

    @Override
    public void publish(ClusterState state, List<Event> events) {
        Set<ApplicationId> changedApplications = Set.of();
        Set<NodeId> changedNodes = Set.of();
        boolean marksChanged = false;
        boolean queuesChanged = queuePlan == null;
        for (Event event : events) {
            containers.take(state, event);
            ApplicationId application = event.touchedApplication();
            if (application != null) {
                changedApplications = with(changedApplications, application);
            }
            marksChanged |= event instanceof MarkEvent;
            queuesChanged |= event instanceof QueueEvent;
            NodeId node = event.touchedNode();
            if (node != null) {
                changedNodes = with(changedNodes, node);
            }
        }
        for (ApplicationId id : changedApplications) {
            replace(id, state.application(id));
        }
        publishQueues(state, queuesChanged, changedApplications);
        for (NodeId id : changedNodes) {
            Node node = state.node(id);
            if (node == null) {
                nodes.remove(id);
            } else {
                nodes.put(id, NodeSnapshot.of(node));
            }
        }
        if (marksChanged) {
            marks = MarksSnapshot.of(state.marks());
        }
        if (!changedNodes.isEmpty()) {
            totals = new Totals(
                    state.runningNodes(), state.total(), state.used(), state.largestFree(), state.busyCores());
        }
    }

    /** Most of the time it is the queues of a few applications that look different. */
    private void publishQueues(ClusterState state, boolean all, Set<ApplicationId> changed) {
        if (all || !state.total().equals(totals.capacity())) {
            state.queues().forEach(queue -> queues.put(queue.path(), QueueSnapshot.of(queue)));
            queues.keySet().removeIf(path -> state.queue(path) == null);
            queuePlan = state.queuePlan();
            return;
        }
        for (ApplicationId id : changed) {
            Application application = state.application(id);
            Queue queue = application == null ? null : application.queue();
            for (; queue != null; queue = queue.parent()) {
                queues.put(queue.path(), QueueSnapshot.of(queue));
            }
        }
    }

    /** The queues as they are configured, or null before anything has happened. */
    public @Nullable QueuePlan queuePlan() {
        return queuePlan;
    }

    /** The queue of a path, or null. */
    public @Nullable QueueSnapshot queue(String path) {
        return queues.get(path);
    }

    private void replace(ApplicationId id, @Nullable Application application) {
        ApplicationSnapshot before = applications.get(id);
        if (application == null) {
            applications.remove(id);
            if (before != null) {
                before.attempts().forEach(attempt -> containers.forget(attempt.id()));
            }
            return;
        }
        ApplicationSnapshot now = ApplicationSnapshot.of(application, before);
        applications.put(id, now);
        counts = counts.after(before == null ? null : before.state(), now.state());
        if (before != null && !before.earlier().isEmpty() && before.earlier() != now.earlier()) {
            before.earlier().stream()
                    .filter(attempt -> now.attempt(attempt.id()) == null)
                    .forEach(attempt -> containers.forget(attempt.id()));
        }
    }

    /** Most commands change nothing that readers see, so the set is only made when it is needed. */
    private static <T> Set<T> with(Set<T> set, T element) {
        Set<T> mutable = set.isEmpty() ? new HashSet<>() : set;
        mutable.add(element);
        return mutable;
    }

    public @Nullable ApplicationSnapshot application(ApplicationId id) {
        return applications.get(id);
    }

    /** In the order of their ids. */
    public Collection<ApplicationSnapshot> applications() {
        return Collections.unmodifiableCollection(applications.values());
    }

    /** The node, also one that is gone and still remembered, or null. */
    public @Nullable NodeSnapshot node(NodeId id) {
        return nodes.get(id);
    }

    /** In the order of their ids; also those that are gone. */
    public Collection<NodeSnapshot> nodes() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    /** A container that holds room, or one that has ended and is remembered, or null. */
    public @Nullable ContainerSnapshot container(ContainerId id) {
        return containers.container(id);
    }

    /** The containers of an attempt that hold room, and those that have ended and are remembered, by their ids. */
    public List<ContainerSnapshot> containers(AttemptId attempt) {
        return containers.containers(attempt);
    }

    public ApplicationCounts counts() {
        return counts;
    }

    /** Labels and attributes. */
    public MarksSnapshot marks() {
        return marks;
    }

    public Totals totals() {
        return totals;
    }
}
