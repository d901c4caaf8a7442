package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.event.QueueEvent;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.Reservation;
import dev.heddle.rm.scheduler.preemption.Loss;
import dev.heddle.rm.scheduler.preemption.Preemption;
import dev.heddle.rm.scheduler.preemption.PreemptionPlan;
import dev.heddle.rm.scheduler.queue.PreemptionRules;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Preemptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives queues back what they are owed, in rounds: masters are told what they may lose; what still is to go when the grace
 * is over is ended; and what is owed no more may stay.
 */
final class PreemptionControl {
    private final Ledger ledger;
    private final ClusterState state;
    private final Eviction eviction;
    private long lastRoundMs;

    PreemptionControl(Ledger ledger, Eviction eviction) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.eviction = eviction;
        // Nothing is taken from anybody before nodes and masters have had time to come.
        this.lastRoundMs = state.clusterTimestamp();
    }

    /** Whether it is time for another round. */
    boolean isDue(long nowMs) {
        PreemptionRules rules = state.queuePlan().preemption();
        boolean matters = rules.enabled() || !state.preemptions().notices().isEmpty();
        return matters && nowMs - lastRoundMs >= rules.pace().intervalMs();
    }

    /** What would go now. Changes nothing. */
    PreemptionPlan plan() {
        return Preemption.plan(state);
    }

    /** Returns what is to go. */
    PreemptionPlan round() {
        lastRoundMs = ledger.nowMs();
        PreemptionPlan plan = plan();
        boolean observes = state.queuePlan().preemption().observeOnly();
        List<String> observed = observes ? plan.sentences() : List.of();
        if (!observed.equals(state.preemptions().observed())) {
            ledger.emit(new QueueEvent.PreemptionObserved(observed));
        }
        List<Loss> losses = observes ? List.of() : plan.losses();
        withdrawOthers(losses);
        Map<Integer, List<Loss>> byRoom = new LinkedHashMap<>();
        for (Loss loss : losses) {
            byRoom.computeIfAbsent(loss.room(), room -> new ArrayList<>()).add(loss);
        }
        byRoom.values().forEach(this::tellOrEnd);
        return plan;
    }

    private void withdrawOthers(List<Loss> losses) {
        Preemptions preemptions = state.preemptions();
        if (preemptions.notices().isEmpty()) {
            return;
        }
        Set<ContainerId> going = new HashSet<>();
        losses.forEach(loss -> going.add(loss.container()));
        for (ContainerId noticed : List.copyOf(preemptions.notices().keySet())) {
            if (!going.contains(noticed)) {
                ledger.emit(new ContainerEvent.PreemptionWithdrawn(noticed));
            }
        }
    }

    /** What ends on a node is kept for whom it ends, as others may come first in turn. */
    private void keepForWhomItIs(List<Loss> losses) {
        Loss first = losses.get(0);
        Node node = state.node(first.node());
        Application application = state.application(first.claim().application());
        Attempt attempt = application == null ? null : application.currentAttempt();
        if (node == null
                || node.reservation() != null
                || attempt == null
                || attempt.reserved() != null
                || node.partition().reservable() <= 0) {
            return;
        }
        Resource room = node.free();
        for (Loss loss : losses) {
            if (!loss.node().equals(first.node())) {
                return;
            }
            room = room.plus(loss.resource());
        }
        Resource wanted = first.claim().wanted();
        AskKey key = attempt.asks().keyOf(node.partition(), wanted);
        if (key != null && node.partition().measure().fitsOn(wanted, room)) {
            ledger.emit(
                    new NodeEvent.NodeReserved(node.id(), new Reservation(attempt.id(), key, wanted, ledger.nowMs())));
        }
    }

    /** What goes for the same container goes together: the room of a part of it would be somebody else's at once. */
    private void tellOrEnd(List<Loss> losses) {
        boolean due = true;
        for (Loss loss : losses) {
            Long sinceMs = state.preemptions().notices().get(loss.container());
            if (sinceMs == null && state.container(loss.container()) != null) {
                ledger.emit(new ContainerEvent.PreemptionNoticed(loss.container(), loss.sentence(), ledger.nowMs()));
            }
            due &= sinceMs != null
                    && ledger.nowMs() - sinceMs
                            >= state.queuePlan().preemption().pace().graceMs();
        }
        if (due) {
            keepForWhomItIs(losses);
            for (Loss loss : losses) {
                Container container = state.container(loss.container());
                if (container != null) {
                    eviction.evict(container);
                }
            }
        }
    }
}
