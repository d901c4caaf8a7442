package dev.heddle.rm.state;

import dev.heddle.rm.event.QueueEvent;

/** Makes events of queues true; decides nothing. */
final class QueueApplier implements QueueEvent.Visitor {
    private final ClusterState state;

    QueueApplier(ClusterState state) {
        this.state = state;
    }

    @Override
    public void preemptionObserved(QueueEvent.PreemptionObserved event) {
        state.preemptions.observe(event.sentences());
    }

    @Override
    public void queuesReplaced(QueueEvent.QueuesReplaced event) {
        state.queues.replace(event.plan(), state.applications.values());
        for (Node node : state.nodes.values()) {
            // What counts of a resource may be another matter now.
            state.reindex(node);
            state.noteRoom(node);
        }
    }
}
