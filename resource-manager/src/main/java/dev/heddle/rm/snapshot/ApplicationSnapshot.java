package dev.heddle.rm.snapshot;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.FinalStatus;
import dev.heddle.rm.model.LogProgress;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Reservation;
import dev.heddle.rm.model.ResourceTime;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An application as readers see it. Immutable; times are in ms since 1970, 0 where something has not happened.
 *
 * @param priority higher numbers are served first
 * @param earlier the attempts before the latest that are remembered, the earliest first
 * @param attempt the latest attempt, or null before the first
 * @param runningContainers that hold room, the master's among them
 * @param wanted the room that is asked for and not granted yet
 * @param reserved what a node is kept for, or null where none is
 * @param usage what its containers have used so far
 * @param logs how far nodes are with bringing its logs together
 */
public record ApplicationSnapshot(
        ApplicationId id,
        ApplicationSpec spec,
        ApplicationState state,
        FinalStatus finalStatus,
        String diagnostics,
        int priority,
        Times times,
        List<AttemptSnapshot> earlier,
        @Nullable AttemptSnapshot attempt,
        int runningContainers,
        Resource used,
        Resource wanted,
        @Nullable Resource reserved,
        ResourceTime usage,
        LogProgress logs) {
    /**
     * When things happened.
     *
     * @param expiresAtMs when it ends by itself, or 0 for never
     */
    public record Times(long submittedAtMs, long launchedAtMs, long endedAtMs, long expiresAtMs) {}

    /**
     * One of its attempts.
     *
     * @param host of the master, or {@code N/A}
     * @param rpcPort of the master, or -1
     * @param trackingUrl as the master gave it, or empty
     * @param master the container of the master, or null before it was placed
     * @param masterNode where that is, or null
     * @param keptAway the hosts where the master is not placed, because former ones failed there
     */
    public record AttemptSnapshot(
            AttemptId id,
            AttemptState state,
            String host,
            int rpcPort,
            String trackingUrl,
            float progress,
            String diagnostics,
            long startedAtMs,
            long endedAtMs,
            @Nullable ContainerId master,
            @Nullable NodeId masterNode,
            Set<String> keptAway) {}

    /**
     * A picture of an application.
     *
     * @param before the last picture, or null; attempts that are over look the same for ever
     */
    static ApplicationSnapshot of(Application application, @Nullable ApplicationSnapshot before) {
        Attempt attempt = application.currentAttempt();
        return new ApplicationSnapshot(
                application.id(),
                application.spec(),
                application.state(),
                application.finalStatus(),
                application.diagnostics(),
                application.priority(),
                new Times(
                        application.submittedAtMs(),
                        application.launchedAtMs(),
                        application.endedAtMs(),
                        application.expiresAtMs()),
                earlier(application.attempts(), before == null ? List.of() : before.earlier()),
                attempt == null ? null : of(attempt),
                attempt == null ? 0 : attempt.containers().size(),
                attempt == null ? Resource.NONE : attempt.used(),
                attempt == null ? Resource.NONE : attempt.asks().total(),
                attempt == null ? null : reserved(attempt),
                application.usage(),
                application.logs());
    }

    private static @Nullable Resource reserved(Attempt attempt) {
        Node node = attempt.reserved();
        Reservation reservation = node == null ? null : node.reservation();
        return reservation == null ? null : reservation.size();
    }

    private static List<AttemptSnapshot> earlier(List<Attempt> attempts, List<AttemptSnapshot> before) {
        int count = Math.max(0, attempts.size() - 1);
        boolean same = before.size() == count
                && (count == 0 || before.get(0).id().equals(attempts.get(0).id()));
        return same
                ? before
                : attempts.subList(0, count).stream()
                        .map(ApplicationSnapshot::of)
                        .toList();
    }

    /** Whether it wants something that it has not got. */
    public boolean isWaiting() {
        return switch (state) {
            case ACCEPTED, RUNNING ->
                !wanted.equals(Resource.NONE) || (attempt != null && attempt.state() == AttemptState.SCHEDULED);
            case FINISHED, FAILED, KILLED -> false;
        };
    }

    /** Every attempt that is remembered, the earliest first. */
    public List<AttemptSnapshot> attempts() {
        List<AttemptSnapshot> all = new ArrayList<>(earlier);
        if (attempt != null) {
            all.add(attempt);
        }
        return all;
    }

    /** One that is remembered, or null. */
    public @Nullable AttemptSnapshot attempt(AttemptId wanted) {
        for (AttemptSnapshot candidate : attempts()) {
            if (candidate.id().equals(wanted)) {
                return candidate;
            }
        }
        return null;
    }

    private static AttemptSnapshot of(Attempt attempt) {
        Container master = attempt.master();
        return new AttemptSnapshot(
                attempt.id(),
                attempt.state(),
                attempt.host(),
                attempt.rpcPort(),
                attempt.trackingUrl(),
                attempt.progress(),
                attempt.diagnostics(),
                attempt.startedAtMs(),
                attempt.endedAtMs(),
                master == null ? null : master.id(),
                master == null ? null : master.node(),
                attempt.keptAway());
    }

    /** From 0 to 1. */
    public float progress() {
        if (endedWell()) {
            return 1;
        }
        return attempt == null ? 0 : attempt.progress();
    }

    private boolean endedWell() {
        return state == ApplicationState.FINISHED;
    }
}
