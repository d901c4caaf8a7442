package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeOrders;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Reservation;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A node. Changed by {@link ClusterState} alone. Used and free always add up to the total. */
public final class Node {
    private final NodeId id;
    final Map<ContainerId, Container> containers = new LinkedHashMap<>();

    NodeState state = Lifecycles.NODE.initial();
    NodeOffer offer;
    NodeStatus status = NodeStatus.HEALTHY;
    Resource total;
    Resource used = Resource.NONE;

    /** Which one of all registrations its last was: a token that was given before is void. */
    int registration;

    /** What it adds to the cluster's total. */
    Resource counted = Resource.NONE;

    /** What it adds to the cluster's busy cores, in thousandths. */
    long busyMillicores;

    /** By which applications know it; kept for as long as it is remembered. */
    int number;

    /** The nodes with the same label. */
    Partition partition;

    /** Whether it is among those of its host, its rack and its partition. */
    boolean listed;

    /** Its place in its partition, while it is listed. */
    int poolSlot;

    /** Its place in its rack, while it is listed. */
    int rackSlot;

    /** Whom it is kept for, or null; only while it is listed. */
    @Nullable
    Reservation reservation;

    /** What it has not been told yet; null while that is nothing. */
    @Nullable
    PendingOrders orders;

    /** What it is waited for; null unless it is being emptied. */
    @Nullable
    Decommission decommission;

    /** Until when containers may hold more than its total; 0 for ever. */
    long overcommittedUntilMs;

    String reason = "";
    int responseId;

    @Nullable
    Object lastReply;

    long lastHeardMs;

    Node(NodeId id, Partition partition, NodeOffer offer, Resource total) {
        this.id = id;
        this.partition = partition;
        this.offer = offer;
        this.total = total;
    }

    public NodeId id() {
        return id;
    }

    public NodeState state() {
        return state;
    }

    /** Whether containers may be there; new ones only where {@link #takesContainers}. */
    public boolean isInUse() {
        return state.isInUse();
    }

    /** Its label, or empty. */
    public String label() {
        return partition.label();
    }

    /** The nodes with the same label. */
    public Partition partition() {
        return partition;
    }

    /** Whether it may be given new containers. */
    public boolean takesContainers() {
        return state == NodeState.RUNNING;
    }

    /** What it said of itself when it registered last. */
    public NodeOffer offer() {
        return offer;
    }

    /** Where it stands, such as {@code /default-rack}. */
    public String rack() {
        return offer.rack();
    }

    /** How it said it was with its last heartbeat. */
    public NodeStatus status() {
        return status;
    }

    public Resource total() {
        return total;
    }

    public Resource used() {
        return used;
    }

    /** What is left; nothing where a node has shrunk below what is used. */
    public Resource free() {
        return total.minusOrZero(used);
    }

    /** Whom it is kept for, or null. */
    public @Nullable Reservation reservation() {
        return reservation;
    }

    /** What anybody may take of what is left: nothing where it is kept for somebody. */
    public Resource room() {
        return reservation == null ? free() : Resource.NONE;
    }

    /** Until when containers may hold more than its total, in ms since 1970; 0 for ever. */
    public long overcommittedUntilMs() {
        return overcommittedUntilMs;
    }

    /** Of the node's web server, or 0 where it has none. */
    public int httpPort() {
        return offer.httpPort();
    }

    public String version() {
        return offer.version();
    }

    /** Why it is in a state in which it gets no containers; empty while it does. */
    public String reason() {
        return reason;
    }

    /** How far its decommission is, or null where it is not being emptied. */
    public @Nullable Decommission decommission() {
        return decommission;
    }

    /** Which one of all registrations its last was. */
    public int registration() {
        return registration;
    }

    public int responseId() {
        return responseId;
    }

    /** What it was answered last, or null where it has only registered. */
    public @Nullable Object lastReply() {
        return lastReply;
    }

    /** When it was last heard of; for one that is gone, when it went. */
    public long lastHeardMs() {
        return lastHeardMs;
    }

    /** The containers that hold room here. */
    public Collection<Container> containers() {
        return Collections.unmodifiableCollection(containers.values());
    }

    /** What waits to be told to the node. */
    public NodeOrders pendingOrders() {
        return orders == null ? NodeOrders.NONE : orders.copy();
    }

    PendingOrders orders() {
        if (orders == null) {
            orders = new PendingOrders();
        }
        return orders;
    }
}
