package dev.heddle.rm.state;

import dev.heddle.rm.event.QueueEvent;
import java.util.List;

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
        // Who comes first may be another matter now.
        for (Partition partition : state.partitions()) {
            List.copyOf(partition.reserved()).forEach(state.nodes::release);
        }
        state.queues.replace(event.plan(), state.applications.values());
        for (Node node : state.nodes.byId.values()) {
            // What counts of a resource may be another matter now.
            state.nodes.reindex(node);
            state.nodes.noteRoom(node);
        }
    }
}
