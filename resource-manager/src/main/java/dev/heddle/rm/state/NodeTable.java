package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Reservation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The nodes, the ways to find them, and their sums. Changed by the appliers of {@link ClusterState} alone. */
final class NodeTable {
    private static final float MILLI = 1_000;

    final Map<NodeId, Node> byId = new HashMap<>();
    final Set<NodeId> gone = new LinkedHashSet<>();
    final NodeChanges changes = new NodeChanges();
    private final ClusterState state;
    private final Map<String, List<Node>> byHost = new HashMap<>();
    private final Roster roster = new Roster();
    private Resource total = Resource.NONE;
    private int running;
    private int registrations;
    private long busyMillicores;

    NodeTable(ClusterState state) {
        this.state = state;
    }

    /** A node that has not been here. */
    void add(Node node) {
        byId.put(node.id(), node);
        roster.join(node);
    }

    /** A node is not remembered any more. Returns it. */
    Node forget(NodeId id) {
        Node node = ClusterState.known(byId.remove(id), id);
        gone.remove(id);
        roster.leave(node);
        return node;
    }

    /** The node with a number. */
    Node at(int number) {
        return ClusterState.known(roster.at(number), number);
    }

    /** The number of a new registration. */
    int nextRegistration() {
        return ++registrations;
    }

    /** The nodes on a host that take containers. */
    List<Node> on(String host) {
        return Collections.unmodifiableList(byHost.getOrDefault(host, List.of()));
    }

    /** The number of nodes that take containers. */
    int running() {
        return running;
    }

    Resource total() {
        return total;
    }

    float busyCores() {
        return busyMillicores / MILLI;
    }

    /** Brings the sums and indexes in line with a node after a change. */
    void reindex(Node node) {
        boolean takes = node.takesContainers();
        if (takes && !node.listed) {
            list(node);
        } else if (!takes && node.listed) {
            unlist(node);
        }
        if (takes) {
            node.partition.setFree(node);
        }
        noteLoad(node);
        // A node that has shrunk below what runs there keeps the others from nothing.
        count(node, takes ? node.total.max(node.used) : node.used);
    }

    private void count(Node node, Resource counted) {
        if (!counted.equals(node.counted)) {
            total = total.minus(node.counted).plus(counted);
            node.partition.count(node.counted, counted);
            state.queues.noteTotal(node.partition);
            node.counted = counted;
        }
    }

    /** Brings the sum of busy cores in line with a node after a change. */
    void noteLoad(Node node) {
        float share =
                node.status.machine().cpu() / Math.max(1, node.offer.physical().vcores());
        long busy = node.isInUse() ? (long) (Math.max(0, Math.min(1, share)) * node.total.vcores() * MILLI) : 0;
        busyMillicores += busy - node.busyMillicores;
        node.busyMillicores = busy;
    }

    /** A node may have more room than before: whoever waited for it in vain is looked at again. */
    void noteRoom(Node node) {
        if (!node.takesContainers()) {
            return;
        }
        if (node.reservation != null) {
            node.partition.makeDue();
            return;
        }
        Resource free = node.partition.measure().counted(node.free());
        node.partition.grown(free);
        state.queues.absences.wakeAt(node.id().host());
        state.queues.absences.wakeAt(node.rack());
        if (node.partition.isShared() && !node.partition.label().isEmpty()) {
            state.queues.partition(Partition.UNLABELLED).grown(free);
        }
    }

    /** A node has another label: what runs there is what its queues have of another partition. */
    void moveToPartition(Node node, Partition partition) {
        if (node.partition == partition) {
            return;
        }
        if (node.listed) {
            unlist(node);
        }
        for (Container container : node.containers.values()) {
            state.queues.refund(
                    ClusterState.known(state.holder(container), container.id()), node.partition, container.resource());
        }
        count(node, Resource.NONE);
        node.partition = partition;
        for (Container container : node.containers.values()) {
            state.queues.charge(
                    ClusterState.known(state.holder(container), container.id()), partition, container.resource());
        }
        reindex(node);
        noteRoom(node);
    }

    private void list(Node node) {
        node.listed = true;
        running++;
        byHost.computeIfAbsent(node.id().host(), name -> new ArrayList<>()).add(node);
        node.partition.list(node);
        state.queues.absences.wakeAll();
    }

    /** A node is kept for somebody. */
    void reserve(Node node, Reservation reservation) {
        Attempt attempt = state.knownAttempt(reservation.attempt());
        node.reservation = reservation;
        attempt.reserved = node;
        state.queues.reserve(attempt, node.partition, reservation.size());
        node.partition.reserve(node);
    }

    /** A node is not kept for anybody any more. */
    void release(Node node) {
        Reservation reservation = ClusterState.known(node.reservation, node.id());
        Attempt attempt = state.knownAttempt(reservation.attempt());
        node.reservation = null;
        attempt.reserved = null;
        state.queues.unreserve(attempt, node.partition, reservation.size());
        node.partition.release(node);
        noteRoom(node);
    }

    /** Takes a node out of its host, its rack and the indexes. It is not kept for anybody any more. */
    void unlist(Node node) {
        if (node.reservation != null) {
            release(node);
        }
        node.listed = false;
        running--;
        String host = node.id().host();
        List<Node> onHost = ClusterState.known(byHost.get(host), host);
        onHost.remove(node);
        if (onHost.isEmpty()) {
            byHost.remove(host);
        }
        node.partition.unlist(node);
        state.queues.absences.wakeAll();
    }
}
