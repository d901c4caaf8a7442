package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.event.QueueEvent;
import dev.heddle.rm.scheduler.Beginnings;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The queues: which applications may begin, and what becomes of the queues when they are configured anew. */
final class QueueControl {
    private final Ledger ledger;
    private final ClusterState state;

    QueueControl(Ledger ledger) {
        this.ledger = ledger;
        this.state = ledger.state();
    }

    /** Lets those begin for whose masters there is room now, in turn. */
    void activate() {
        for (List<Queue> due = state.takeActivationDue(); !due.isEmpty(); due = state.takeActivationDue()) {
            for (Queue queue : due) {
                for (Attempt attempt : List.copyOf(queue.held())) {
                    if (Beginnings.obstacle(state, attempt) == null) {
                        ledger.emit(new AttemptEvent.AttemptActivated(
                                attempt.id(),
                                Beginnings.master(state, attempt),
                                attempt.application().spec().labels().master()));
                    }
                }
            }
        }
    }

    /**
     * Replaces all queues, or none.
     *
     * @throws Refusal naming every queue that stands in the way
     */
    void replace(QueuePlan plan) {
        Map<String, QueueSpec> next = plan.byPath();
        List<String> faults = new ArrayList<>();
        for (Queue queue : state.queues()) {
            QueueSpec spec = next.get(queue.path());
            if (spec == null) {
                checkRemoval(queue, faults);
            } else if (queue.spec().isLeaf() && !spec.isLeaf() && isInUse(queue)) {
                faults.add("Can not convert the leaf queue: " + queue.path()
                        + " to parent queue since it is not yet in stopped state: " + occupants(queue));
            } else if (!queue.spec().isLeaf() && spec.isLeaf() && isInUse(queue)) {
                faults.add("Can not convert the parent queue: " + queue.path()
                        + " to leaf queue since it has applications below: " + occupants(queue));
            }
        }
        if (!faults.isEmpty()) {
            throw new Refusal(Refusal.Kind.INVALID_REQUEST, String.join("\n", faults));
        }
        ledger.emit(new QueueEvent.QueuesReplaced(plan));
    }

    private static void checkRemoval(Queue queue, List<String> faults) {
        if (isInUse(queue)) {
            faults.add("Queue " + queue.path() + " cannot be removed: " + occupants(queue)
                    + "; set its state to STOPPED, and remove it when they are gone");
        }
    }

    private static String occupants(Queue queue) {
        return "it has " + queue.applications() + (queue.applications() == 1 ? " application" : " applications")
                + " that are not over";
    }

    private static boolean isInUse(Queue queue) {
        return queue.applications() > 0
                || queue.shares().stream().anyMatch(share -> !share.used().equals(Resource.NONE));
    }
}
