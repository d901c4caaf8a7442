package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.NodeId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One attempt to run an application. Changed by {@link ClusterState} alone. */
public final class Attempt {
    /** What YARN shows for a master that has not registered. */
    public static final String UNKNOWN_HOST = "N/A";

    private final AttemptId id;
    private final long startedAtMs;
    final PendingAsks asks = new PendingAsks();
    final Map<ContainerId, Container> containers = new LinkedHashMap<>();
    final List<Container> grants = new ArrayList<>();
    final List<ContainerExit> exits = new ArrayList<>();
    final Set<NodeId> nodesWithToken = new HashSet<>();
    final Set<String> blacklist = new LinkedHashSet<>();

    AttemptState state = Lifecycles.ATTEMPT.initial();
    Resource used = Resource.NONE;
    long containersGranted;

    @Nullable
    Container master;

    String host = UNKNOWN_HOST;
    int rpcPort = -1;
    String trackingUrl = "";
    FinalStatus finalStatus = FinalStatus.UNDEFINED;
    String diagnostics = "";
    float progress;
    int responseId;

    @Nullable
    Object lastReply;

    long lastHeardMs;
    long endedAtMs;
    int exitStatus = ExitStatus.INVALID;

    Attempt(AttemptId id, long startedAtMs) {
        this.id = id;
        this.startedAtMs = startedAtMs;
        this.lastHeardMs = startedAtMs;
    }

    public AttemptId id() {
        return id;
    }

    public long startedAtMs() {
        return startedAtMs;
    }

    /** When it ended; 0 before. */
    public long endedAtMs() {
        return endedAtMs;
    }

    /** How its master's container ended, or {@link ExitStatus#INVALID}. */
    public int exitStatus() {
        return exitStatus;
    }

    public AttemptState state() {
        return state;
    }

    /** Whether it is over. */
    public boolean isOver() {
        return Lifecycles.ATTEMPT.isFinal(state);
    }

    public PendingAsks asks() {
        return asks;
    }

    /** The containers that hold room for it, its master's among them. */
    public Collection<Container> containers() {
        return Collections.unmodifiableCollection(containers.values());
    }

    /** The hosts and racks on which it wants nothing. */
    public Set<String> blacklist() {
        return Collections.unmodifiableSet(blacklist);
    }

    public Resource used() {
        return used;
    }

    /** How many containers it has been granted so far; the last part of the next one's id is one more. */
    public long containersGranted() {
        return containersGranted;
    }

    /** The container of its master, or null before it was placed and for an unmanaged one. */
    public @Nullable Container master() {
        return master;
    }

    /** The grants that its master has not been told of. */
    public List<Container> undeliveredGrants() {
        return List.copyOf(grants);
    }

    /** The exits that its master has not been told of. */
    public List<ContainerExit> undeliveredExits() {
        return List.copyOf(exits);
    }

    /** Whether its master has been given a token for a node. */
    public boolean hasTokenFor(NodeId node) {
        return nodesWithToken.contains(node);
    }

    public String host() {
        return host;
    }

    /** Of the master's own service, or -1. */
    public int rpcPort() {
        return rpcPort;
    }

    public String trackingUrl() {
        return trackingUrl;
    }

    public FinalStatus finalStatus() {
        return finalStatus;
    }

    public String diagnostics() {
        return diagnostics;
    }

    /** From 0 to 1. */
    public float progress() {
        return progress;
    }

    /** Of the last reply to its master. */
    public int responseId() {
        return responseId;
    }

    public @Nullable Object lastReply() {
        return lastReply;
    }

    public long lastHeardMs() {
        return lastHeardMs;
    }
}
