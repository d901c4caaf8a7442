package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import dev.heddle.rm.scheduler.constraint.ConstrainedPlacement;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.PendingAsks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Scheduling requests: which are taken (as YARN's {@code SingleConstraintAppPlacementAllocator} has it), and which are given
 * back because they cannot be met.
 */
final class SchedulingRequests {
    private final Ledger ledger;
    private final ClusterState state;
    private final ContainerControl containers;
    private final ContainerSizes sizes;
    private final LabelAccess labels;

    SchedulingRequests(Ledger ledger, ContainerControl containers, ContainerSizes sizes) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.containers = containers;
        this.sizes = sizes;
        this.labels = new LabelAccess(state);
    }

    /**
     * What is pending after a master's wishes.
     *
     * @param asks rows of the same call, which come first
     * @throws Refusal if a key is used for both kinds of ask, or a pending request would change in more than its number
     */
    List<SchedulingAsk> accepted(Attempt attempt, List<Ask> asks, List<SchedulingAsk> wanted) {
        checkRows(attempt, asks);
        if (wanted.isEmpty()) {
            return List.of();
        }
        Set<AskKey> rows = rowsAfter(attempt, asks);
        Map<AskKey, SchedulingAsk> latest = new HashMap<>();
        List<SchedulingAsk> accepted = new ArrayList<>();
        for (SchedulingAsk ask : wanted) {
            if (rows.contains(ask.key())) {
                throw invalid(
                        "The scheduler is not able to handle SchedulingRequest, there exists a ResourceRequest with"
                                + " the same scheduler key=" + text(ask.key())
                                + ", please send SchedulingRequest with a different allocationId and priority");
            }
            if (ask.count() < 0) {
                throw invalid("numAllocation in ResourceSizing field must be >= 0, updating schedulingRequest failed: "
                        + ask.count());
            }
            SchedulingAsk before = latest.containsKey(ask.key()) ? latest.get(ask.key()) : pending(attempt, ask.key());
            SchedulingAsk after = following(
                    before,
                    ask.withSize(sizes.fitted(ask.size(), attempt.application().queue()))
                            .withLabel(label(attempt.application(), ask)));
            latest.put(ask.key(), after);
            accepted.add(after);
        }
        return accepted;
    }

    /**
     * The label that the constraint names, or else the application's. One that cannot be had is none: no node meets the
     * constraint then.
     */
    private String label(Application application, SchedulingAsk ask) {
        String named =
                ConstrainedPlacement.constraint(application, ask.requirement()).label();
        String label = named == null ? application.spec().labels().containers() : named;
        return labels.has(application.queue(), label) ? label : Partition.UNLABELLED;
    }

    private static void checkRows(Attempt attempt, List<Ask> asks) {
        for (Ask ask : asks) {
            if (attempt.asks().constrained(ask.key()) != null) {
                throw invalid(
                        "The scheduler is not able to handle ResourceRequest, there exists a SchedulingRequest with"
                                + " the same scheduler key=" + text(ask.key())
                                + ", please send ResourceRequest with a different allocationId and priority");
            }
        }
    }

    /** The keys that have rows of resource requests once the asks are taken. */
    private static Set<AskKey> rowsAfter(Attempt attempt, List<Ask> asks) {
        Set<AskKey> rows = new HashSet<>(attempt.asks().keys());
        rows.removeAll(attempt.asks().constrainedKeys());
        for (Ask ask : asks) {
            if (ask.count() > 0) {
                rows.add(ask.key());
            } else if (ask.place().equals(Ask.ANYWHERE)) {
                rows.remove(ask.key());
            }
        }
        return rows;
    }

    private static SchedulingAsk following(@Nullable SchedulingAsk before, SchedulingAsk ask) {
        if (before == null || before.count() == 0) {
            return ask;
        }
        if (!before.requirement().means(ask.requirement()) || !before.size().equals(ask.size())) {
            throw invalid(
                    "Invalid updated SchedulingRequest added to scheduler,  we only allows changing numAllocations"
                            + " for the updated SchedulingRequest. Old=" + text(before) + " new=" + text(ask)
                            + ", if any fields need to be updated, please cancel the old request (by setting numAllocations to"
                            + " 0) and send a SchedulingRequest with different combination of priority/allocationId");
        }
        return ask.tries() == SchedulingAsk.PATIENT
                ? ask
                : ask.withCount((int) Math.min(Integer.MAX_VALUE, (long) before.count() + ask.count()));
    }

    private static @Nullable SchedulingAsk pending(Attempt attempt, AskKey key) {
        PendingAsks.Constrained constrained = attempt.asks().constrained(key);
        Ask row = attempt.asks().anywhere(key);
        return constrained == null || row == null
                ? null
                : new SchedulingAsk(
                        key,
                        row.capability(),
                        row.count(),
                        constrained.requirement(),
                        constrained.tries(),
                        row.label());
    }

    /**
     * Gives up what cannot be met, after everything was placed that can be: what asks for something that is not supported at
     * once, the rest when its master has called often enough.
     *
     * @param accepted in this call
     */
    List<Allocation.Rejected> settle(Attempt attempt, List<SchedulingAsk> accepted) {
        Application application = state.application(attempt.id().application());
        if (application == null || attempt.asks().constrainedKeys().isEmpty()) {
            return List.of();
        }
        List<Allocation.Rejected> rejected = new ArrayList<>();
        for (SchedulingAsk ask : accepted) {
            boolean possible = ConstrainedPlacement.constraint(application, ask.requirement())
                    .isSupported();
            if (!possible && pending(attempt, ask.key()) != null) {
                rejected.add(giveUp(
                        attempt,
                        ask,
                        ask.tries() == SchedulingAsk.PATIENT
                                ? Allocation.RejectionReason.NOT_ON_THAT_NODE
                                : Allocation.RejectionReason.NO_NODE));
            }
        }
        if (!containers.isPassOver()) {
            countTries(attempt, application, rejected);
        }
        return rejected;
    }

    private void countTries(Attempt attempt, Application application, List<Allocation.Rejected> rejected) {
        List<AskKey> tried = new ArrayList<>();
        for (AskKey key : List.copyOf(attempt.asks().constrainedKeys())) {
            PendingAsks.Constrained constrained = attempt.asks().constrained(key);
            SchedulingAsk ask = pending(attempt, key);
            if (constrained == null || ask == null || constrained.tries() == SchedulingAsk.PATIENT) {
                continue;
            }
            if (constrained.tried() + 1 < constrained.tries()) {
                tried.add(key);
            } else {
                rejected.add(giveUp(attempt, ask, reason(application, ask)));
            }
        }
        if (!tried.isEmpty()) {
            ledger.emit(new AttemptEvent.SchedulingAsksTried(attempt.id(), tried));
        }
    }

    private Allocation.RejectionReason reason(Application application, SchedulingAsk ask) {
        for (Partition partition : state.partitions()) {
            Resource size = partition.measure().counted(ask.size());
            if (isFor(partition, ask.label())
                    && new ConstrainedPlacement(state, application, partition, true)
                                    .nodeFor(ask.requirement(), size, node -> true)
                            != null) {
                return Allocation.RejectionReason.NOT_ON_THAT_NODE;
            }
        }
        return Allocation.RejectionReason.NO_NODE;
    }

    private static boolean isFor(Partition partition, String label) {
        return partition.label().equals(label) || (label.equals(Partition.UNLABELLED) && partition.isShared());
    }

    private Allocation.Rejected giveUp(Attempt attempt, SchedulingAsk ask, Allocation.RejectionReason reason) {
        ledger.emit(new AttemptEvent.SchedulingAsksReplaced(attempt.id(), List.of(ask.withCount(0)), ledger.nowMs()));
        return new Allocation.Rejected(ask, reason);
    }

    private static Refusal invalid(String why) {
        return new Refusal(Refusal.Kind.INVALID_REQUEST, why);
    }

    private static String text(AskKey key) {
        return "SchedulerRequestKey{priority=" + key.priority() + ", allocationRequestId=" + key.allocationRequestId()
                + "}";
    }

    private static String text(SchedulingAsk ask) {
        return "SchedulingRequest{priority=" + ask.key().priority() + ", allocationReqId="
                + ask.key().allocationRequestId() + ", allocationTags="
                + ask.requirement().tags() + ", numAllocations=" + ask.count() + ", resources=" + ask.size()
                + ", placementConstraint=" + ask.requirement().constraint() + "}";
    }
}
