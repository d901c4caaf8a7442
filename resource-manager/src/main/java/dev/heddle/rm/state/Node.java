package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerUpdate;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A node. Changed by {@link ClusterState} alone. Used and free always add up to the total. */
public final class Node {
    private final NodeId id;
    private final int slot;
    final Map<ContainerId, Container> containers = new LinkedHashMap<>();
    final Set<ContainerId> containersToClean = new LinkedHashSet<>();
    final Set<ApplicationId> applicationsToClean = new LinkedHashSet<>();
    final List<ContainerId> exitsNoted = new ArrayList<>();
    final Map<ContainerId, ContainerUpdate> containersToUpdate = new LinkedHashMap<>();

    NodeState state = Lifecycles.NODE.initial();
    Resource total;
    Resource used = Resource.NONE;
    String rack;

    /** Another one each time that the tokens which masters have for it become void. */
    long registration;

    int rackSlot;
    int httpPort;
    String version;
    String reasonGone = "";
    int responseId;

    @Nullable
    Object lastReply;

    long lastHeardMs;

    Node(NodeId id, int slot, String rack, Resource total, int httpPort, String version) {
        this.id = id;
        this.slot = slot;
        this.rack = rack;
        this.total = total;
        this.httpPort = httpPort;
        this.version = version;
    }

    public NodeId id() {
        return id;
    }

    /** Its place in the index of free capacity; kept for life. */
    public int slot() {
        return slot;
    }

    /** Where it stands, such as {@code /default-rack}. */
    public String rack() {
        return rack;
    }

    public NodeState state() {
        return state;
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

    /** Of the node's web server, or 0 where it has none. */
    public int httpPort() {
        return httpPort;
    }

    public String version() {
        return version;
    }

    /** Why it is not used any more; empty while it is. */
    public String reasonGone() {
        return reasonGone;
    }

    public int responseId() {
        return responseId;
    }

    /** What it was answered last, or null where it has only registered. */
    public @Nullable Object lastReply() {
        return lastReply;
    }

    public long lastHeardMs() {
        return lastHeardMs;
    }

    /** The containers that hold room here. */
    public Collection<Container> containers() {
        return Collections.unmodifiableCollection(containers.values());
    }

    /** Whether something waits to be told to the node. */
    public boolean hasInstructions() {
        return !containersToClean.isEmpty()
                || !applicationsToClean.isEmpty()
                || !exitsNoted.isEmpty()
                || !containersToUpdate.isEmpty();
    }

    public List<ContainerId> containersToClean() {
        return List.copyOf(containersToClean);
    }

    public List<ContainerUpdate> containersToUpdate() {
        return List.copyOf(containersToUpdate.values());
    }

    public List<ApplicationId> applicationsToClean() {
        return List.copyOf(applicationsToClean);
    }

    public List<ContainerId> exitsNoted() {
        return List.copyOf(exitsNoted);
    }
}
