package dev.heddle.rm.state;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.LogProgress;
import dev.heddle.rm.model.LogState;
import dev.heddle.rm.model.ResourceTime;
import dev.heddle.rm.model.constraint.PlacementConstraint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An application. Changed by {@link ClusterState} alone. */
public final class Application {
    private final ApplicationId id;
    private ApplicationSpec spec;
    private final long submittedAtMs;
    final List<Attempt> attempts = new ArrayList<>();
    final Footprint footprint = new Footprint();

    /** Replaced by a set that can grow when there is one: most applications have none. */
    Set<String> blamedHosts = Set.of();

    Map<String, PlacementConstraint> constraints = Map.of();

    ApplicationState state = Lifecycles.APPLICATION.initial();
    FinalStatus finalStatus = FinalStatus.UNDEFINED;
    String diagnostics = "";
    int firstAttempt = 1;
    int priority;
    long expiresAtMs;
    ResourceTime usage;
    long launchedAtMs;
    long endedAtMs;

    /** The leaf that it is in. */
    Queue queue;

    Application(ApplicationId id, ApplicationSpec spec, Queue queue, long submittedAtMs) {
        this.id = id;
        this.queue = queue;
        this.spec = spec;
        this.submittedAtMs = submittedAtMs;
        this.priority = spec.priority();
        this.expiresAtMs = spec.lifetimeMs() == 0 ? 0 : submittedAtMs + spec.lifetimeMs();
        this.usage = ResourceTime.from(submittedAtMs);
    }

    public ApplicationId id() {
        return id;
    }

    public ApplicationSpec spec() {
        return spec;
    }

    /** The leaf that it is in, or was when it ended. */
    public Queue queue() {
        return queue;
    }

    void move(Queue target) {
        queue = target;
        spec = spec.in(target.path());
    }

    public ApplicationState state() {
        return state;
    }

    /** Whether it is over for its users. Its last master's process may still run for a moment. */
    public boolean isOver() {
        return Lifecycles.APPLICATION.isFinal(state);
    }

    public FinalStatus finalStatus() {
        return finalStatus;
    }

    public String diagnostics() {
        return diagnostics;
    }

    public long submittedAtMs() {
        return submittedAtMs;
    }

    /** When its first master was started; 0 before. */
    public long launchedAtMs() {
        return launchedAtMs;
    }

    /** When it ended; 0 before. */
    public long endedAtMs() {
        return endedAtMs;
    }

    /** Higher numbers are served first. */
    public int priority() {
        return priority;
    }

    /** When it ends by itself, in ms since 1970; 0 for never. */
    public long expiresAtMs() {
        return expiresAtMs;
    }

    /** Those that are remembered, the latest last. */
    public List<Attempt> attempts() {
        return Collections.unmodifiableList(attempts);
    }

    /** What its containers, of all attempts, have used so far. */
    public ResourceTime usage() {
        return usage;
    }

    /** The hosts where masters failed for reasons that may have been the host's. */
    public Set<String> blamedHosts() {
        return Collections.unmodifiableSet(blamedHosts);
    }

    /** Whether it was ever granted a container there. */
    public boolean hasBeenOn(Node node) {
        return footprint.includes(node);
    }

    /** How far a node is with its logs. */
    public LogState logs(Node node) {
        return footprint.logs(node);
    }

    /** How far all nodes are with its logs. */
    public LogProgress logs() {
        return footprint.logs();
    }

    /** The constraints that hold for its requests besides their own, by the tag of the request. */
    public Map<String, PlacementConstraint> constraints() {
        return constraints;
    }

    /** The latest attempt, or null before the first. */
    public @Nullable Attempt currentAttempt() {
        return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    }
}
