package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.EndedContainer;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.UpdateWish;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
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

    static final long NO_SHAPE = -1;

    private final AttemptId id;
    private final Application application;
    private final long startedAtMs;
    final PendingAsks asks = new PendingAsks();

    /** As many of its wishes as are in the cluster's sum. */
    long countedWishes;

    final Map<ContainerId, Container> containers = new LinkedHashMap<>();
    final List<Container> grants = new ArrayList<>();
    final List<EndedContainer> exits = new ArrayList<>();
    final List<EndedContainer> unacknowledgedExits = new ArrayList<>();
    final Map<ContainerId, UpdateWish.Kind> updates = new LinkedHashMap<>();
    final Map<ContainerId, Resource> awaitedIncreases = new LinkedHashMap<>();

    /** The registrations of the nodes that its master has tokens for. */
    final IntTable tokens = new IntTable();

    final Set<String> blacklist = new LinkedHashSet<>();

    /** Where its master is not to go. */
    Set<String> keptAway = Set.of();

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
    long nodeChangesSeen;

    @Nullable
    Object lastReply;

    long lastHeardMs;
    long endedAtMs;
    int exitStatus = ExitStatus.INVALID;

    /** The node that is kept for one of its asks, or null. */
    @Nullable
    Node reserved;

    /** The places that it waits for out of line, or null while it is in line. */
    Sleepers.@Nullable Sleep sleep;

    /** A place in a line. */
    record Place(QueueShare share, Line line) {}

    /** Whether its queue has let it begin. */
    boolean active;

    /** What its master is counted with in its queue, and in which partition, once it has begun. */
    Resource masterSize = Resource.NONE;

    String masterLabel = Partition.UNLABELLED;

    /** Where it waits, and when it is served there. */
    final List<Place> places = new ArrayList<>(1);

    Turn turn;

    /** The shape of its asks when it took these places. */
    long linedShape = NO_SHAPE;

    Attempt(AttemptId id, Application application, long startedAtMs) {
        this.id = id;
        this.application = application;
        this.turn = new Turn(0, 0, id);
        this.startedAtMs = startedAtMs;
        this.lastHeardMs = startedAtMs;
    }

    public AttemptId id() {
        return id;
    }

    public Application application() {
        return application;
    }

    /** Whether its queue has let it begin: there was room for its master, and for another application. */
    public boolean isActive() {
        return active;
    }

    /** The node that is kept for one of its asks, or null. */
    public @Nullable Node reserved() {
        return reserved;
    }

    /** What its queue has of the partitions in which it waits for containers. */
    public List<QueueShare> waitsIn() {
        List<QueueShare> shares = new ArrayList<>(1);
        for (Place place : places) {
            if (!shares.contains(place.share())) {
                shares.add(place.share());
            }
        }
        return shares;
    }

    /** Whether it stands in a line for a size. */
    boolean isIn(Size size) {
        for (Place place : places) {
            if (place.line().size() == size) {
                return true;
            }
        }
        return false;
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

    /** The hosts where former masters failed, so that its own is not placed there; sorted. */
    public Set<String> keptAway() {
        return Collections.unmodifiableSet(keptAway);
    }

    /** The hosts and racks on which nothing that it waits for now is to be placed. */
    public Set<String> avoided() {
        return state == AttemptState.SCHEDULED ? keptAway() : blacklist();
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
        return exits.stream().map(EndedContainer::exit).toList();
    }

    /** The ended containers that its master has been told of in the last reply, which it may not have got. */
    public List<EndedContainer> unacknowledgedExits() {
        return List.copyOf(unacknowledgedExits);
    }

    /** The ended containers of which it is not sure that its master knows, the first to be told first. */
    public List<EndedContainer> owedExits() {
        List<EndedContainer> owed = new ArrayList<>(unacknowledgedExits);
        owed.addAll(exits);
        return owed;
    }

    /** The containers that have changed without its master having been told, each with what changed last. */
    public Map<ContainerId, UpdateWish.Kind> undeliveredUpdates() {
        return Collections.unmodifiableMap(updates);
    }

    /** The containers that shall grow as soon as there is room, each with the size that it shall have. */
    public Map<ContainerId, Resource> awaitedIncreases() {
        return Collections.unmodifiableMap(awaitedIncreases);
    }

    /** Whether it wants anything that it has not got. */
    public boolean isWaiting() {
        return asks.isAnythingWanted() || !awaitedIncreases.isEmpty();
    }

    /** Whether its master has been given a token for a node that is still good there. */
    public boolean hasTokenFor(Node node) {
        return tokens.has(node.registration);
    }

    /** How far into {@link ClusterState#nodeChanges} its master has been told. */
    public long nodeChangesSeen() {
        return nodeChangesSeen;
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
