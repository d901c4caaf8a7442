package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerToSignal;
import dev.heddle.rm.model.ContainerUpdate;
import dev.heddle.rm.model.EndedContainer;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Reservation;
import dev.heddle.rm.model.UpdateWish;
import dev.heddle.rm.scheduler.Decision;
import dev.heddle.rm.scheduler.Limits;
import dev.heddle.rm.scheduler.Scheduler;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.QueueShare;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/** Grants containers and brings them to their end. */
final class ContainerControl {
    private final Ledger ledger;
    private final CorePolicy policy;
    private final ClusterState state;
    private final QueueControl queues;
    private final Scheduler scheduler;
    private int placementsLeft;
    private boolean backlog;

    ContainerControl(Ledger ledger, QueueControl queues, CorePolicy policy) {
        this.ledger = ledger;
        this.policy = policy;
        this.state = ledger.state();
        this.queues = queues;
        this.scheduler = new Scheduler(state);
    }

    /** A new command may place as many containers as one pass allows. */
    void beginPass() {
        placementsLeft = policy.placementsPerPass();
    }

    /** Whether a pass was cut short since the last call. */
    boolean takeBacklog() {
        boolean was = backlog;
        backlog = false;
        return was;
    }

    /** Whether this pass may place no more. */
    boolean isPassOver() {
        return placementsLeft == 0;
    }

    /** Places what an attempt wants, as far as it fits and its queue lets it. */
    void place(Attempt attempt) {
        growAwaited(attempt);
        if (scheduler.isForTurns(attempt)) {
            attempt.waitsIn().forEach(share -> state.makePlacementDue(share.partition()));
            placeWaiting();
            return;
        }
        while (!attempt.waitsIn().isEmpty()) {
            if (placementsLeft == 0) {
                postpone(attempt);
                return;
            }
            Decision.Placement placement = scheduler.next(attempt, ledger.nowMs());
            if (placement == null) {
                return;
            }
            grant(attempt, placement);
        }
    }

    private void postpone(Attempt attempt) {
        backlog = true;
        attempt.waitsIn().forEach(share -> state.makePlacementDue(share.partition()));
    }

    private void grant(Attempt attempt, Decision.Placement placement) {
        placementsLeft--;
        boolean master =
                switch (attempt.state()) {
                    case SCHEDULED -> true;
                    case ALLOCATED, LAUNCHED, RUNNING, FINISHING, FINISHED, FAILED, KILLED -> false;
                };
        ledger.emit(new ContainerEvent.ContainerGranted(
                ContainerId.of(attempt.id(), state.epoch(), attempt.containersGranted() + 1),
                placement.node(),
                placement.key(),
                placement.resource(),
                master,
                ledger.nowMs()));
    }

    /** Containers that shall grow do so first: they are there already, and bound to their nodes. */
    private void growAwaited(Attempt attempt) {
        if (attempt.awaitedIncreases().isEmpty()) {
            return;
        }
        for (Map.Entry<ContainerId, Resource> awaited :
                List.copyOf(attempt.awaitedIncreases().entrySet())) {
            Container container = state.container(awaited.getKey());
            if (container != null && hasRoomToGrow(container, awaited.getValue())) {
                resize(container, UpdateWish.Kind.INCREASE, awaited.getValue());
            }
        }
    }

    boolean hasRoomToGrow(Container container, Resource size) {
        Node node = state.node(container.node());
        Attempt holder = state.holder(container);
        if (node == null || !node.takesContainers() || holder == null) {
            return false;
        }
        Resource more = size.minusOrZero(container.resource());
        QueueShare share = state.share(holder.application().queue(), node.partition());
        return node.partition().measure().fitsOn(more, node.room()) && Limits.overMaximum(share, more) == null;
    }

    /** Gives a container another size, which is accounted for at once. Its node is told of a smaller one. */
    void resize(Container container, UpdateWish.Kind kind, Resource size) {
        ledger.emit(new ContainerEvent.ContainerResized(container.id(), container.node(), kind, size, ledger.nowMs()));
        if (kind == UpdateWish.Kind.DECREASE) {
            tellToUpdate(
                    container.node(),
                    new ContainerUpdate(
                            container.id(), size, container.version(), state.purpose(container), true, false));
        }
    }

    /** Takes back what containers may be larger by than their masters have made use of in time, as YARN does. */
    void expireIncreases() {
        for (Map.Entry<ContainerId, ClusterState.UnsettledIncrease> unsettled :
                List.copyOf(state.unsettledIncreases().entrySet())) {
            Container container = state.container(unsettled.getKey());
            if (container != null
                    && ledger.nowMs() - unsettled.getValue().sinceMs()
                            >= policy.expiry().grantMs()) {
                resize(container, UpdateWish.Kind.DECREASE, unsettled.getValue().settled());
            }
        }
    }

    /** Something has changed: whoever may begin does, and whoever waits is served, in the order of the queues. */
    void placeWaiting() {
        state.noteTime(ledger.nowMs());
        if (!state.isPlacementDue()) {
            return;
        }
        queues.activate();
        List.copyOf(state.growing()).forEach(this::growAwaited);
        List<Partition> partitions = new ArrayList<>(state.partitions());
        // Those without a label last: they take what nobody wants who asks for the label of a node.
        Collections.reverse(partitions);
        for (Partition partition : partitions) {
            while (state.takePlacementDue(partition)) {
                if (!placePass(partition)) {
                    backlog = true;
                    state.makePlacementDue(partition);
                    break;
                }
            }
        }
    }

    /** Returns whether it went to its end. */
    private boolean placePass(Partition partition) {
        scheduler.beginPass(ledger.nowMs());
        state.wakeDue(partition, ledger.nowMs());
        try {
            settleReserved(partition);
            while (placementsLeft > 0) {
                Decision decision = scheduler.next(partition);
                if (decision == null) {
                    return true;
                }
                if (decision instanceof Decision.Placement placement) {
                    grant(knownAttempt(placement.attempt()), placement);
                } else {
                    ledger.emit(new NodeEvent.NodeReserved(
                            decision.node(),
                            new Reservation(decision.attempt(), decision.key(), decision.resource(), ledger.nowMs())));
                }
            }
            return false;
        } finally {
            scheduler.endPass();
        }
    }

    /** Nodes that are kept for somebody: given to whom they are kept for when they have the room, or to all again. */
    private void settleReserved(Partition partition) {
        if (partition.reserved().isEmpty()) {
            return;
        }
        for (Node node : List.copyOf(partition.reserved())) {
            Reservation reservation = node.reservation();
            Decision.Placement placement = scheduler.onKept(node);
            boolean vain = scheduler.isKeptInVain(node);
            if (reservation == null || (!vain && (placement == null || placementsLeft == 0))) {
                continue;
            }
            ledger.emit(new NodeEvent.NodeReleased(node.id(), reservation.attempt()));
            if (!vain && placement != null) {
                grant(knownAttempt(placement.attempt()), placement);
            }
        }
    }

    private Attempt knownAttempt(AttemptId id) {
        Attempt attempt = state.attempt(id);
        if (attempt == null) {
            throw new NoSuchElementException("a placement for " + id + ", which is not known");
        }
        return attempt;
    }

    /**
     * Brings a container to its end. One that runs keeps its room until its node says that it is over; one that was never
     * seen to run gives it back at once.
     */
    void stop(Container container, int status, String diagnostics) {
        ContainerExit exit = new ContainerExit(container.id(), status, diagnostics);
        switch (container.state()) {
            case GRANTED -> end(container, exit);
            case ACQUIRED -> {
                end(container, exit);
                tellToClean(container.node(), container.id());
            }
            case RUNNING -> {
                ledger.emit(new ContainerEvent.ContainerStopping(exit));
                tellToClean(container.node(), container.id());
            }
            case STOPPING, COMPLETED -> {
                // It is on its way already, with the reason that came first.
            }
        }
    }

    /** Stops every container of an attempt but its master's. */
    void stopAllButMaster(Attempt attempt, int status, String diagnostics) {
        for (Container container : List.copyOf(attempt.containers())) {
            if (!container.isMaster()) {
                stop(container, status, diagnostics);
            }
        }
    }

    /** The container is over: its room is free. */
    void end(Container container, ContainerExit exit) {
        ContainerExit decided = container.decidedExit();
        ledger.emit(
                new ContainerEvent.ContainerEnded(decided == null ? exit : decided, container.node(), ledger.nowMs()));
    }

    /** Whether a master will be told of the end of a container that holds room now. */
    boolean willBeTold(Container container) {
        Attempt holder = ledger.state().holder(container);
        return holder != null
                && !container.isMaster()
                && !ledger.state().heir(holder).isOver();
    }

    /** Whether it is not sure that a master knows of the end of a container that holds no room any more. */
    boolean isOwed(ContainerId id) {
        Attempt attempt = ledger.state().attempt(id.attempt());
        return attempt != null
                && ledger.state().heir(attempt).owedExits().stream()
                        .anyMatch(ended -> ended.exit().container().equals(id));
    }

    /** Nodes that are in use need not remember these any more: their masters know of their ends, or are gone. */
    void tellToForget(List<EndedContainer> ended) {
        Map<NodeId, List<ContainerId>> byNode = new LinkedHashMap<>();
        for (EndedContainer one : ended) {
            byNode.computeIfAbsent(one.node(), node -> new ArrayList<>())
                    .add(one.exit().container());
        }
        byNode.forEach((node, containers) -> {
            if (isInUse(node)) {
                ledger.emit(new NodeEvent.ExitsNoted(node, containers));
            }
        });
    }

    /** Tells a node that is in use to end a container. */
    void tellToClean(NodeId node, ContainerId container) {
        if (isInUse(node)) {
            ledger.emit(new NodeEvent.NodeToldToClean(node, List.of(container), List.of()));
        }
    }

    /** Tells a node that is in use that an application is over. */
    void tellApplicationEnded(NodeId node, ApplicationId application) {
        if (isInUse(node)) {
            ledger.emit(new NodeEvent.NodeToldToClean(node, List.of(), List.of(application)));
        }
    }

    /** Tells a node that is in use to pass something on to a container's process. */
    void tellToSignal(NodeId node, ContainerToSignal signal) {
        if (isInUse(node)) {
            ledger.emit(new NodeEvent.NodeToldToSignal(node, signal));
        }
    }

    /** Tells a node that is in use what has become of a container. */
    void tellToUpdate(NodeId node, ContainerUpdate update) {
        if (isInUse(node)) {
            ledger.emit(new NodeEvent.NodeToldToUpdate(node, update));
        }
    }

    private boolean isInUse(NodeId id) {
        Node node = state.node(id);
        return node != null && node.isInUse();
    }
}
