package dev.heddle.rm.snapshot;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.state.Decommission;
import dev.heddle.rm.state.Node;
import org.jspecify.annotations.Nullable;

/**
 * A node as readers see it. Immutable.
 *
 * @param total what it is counted with, which need not be what it offered
 * @param containers that hold room there
 * @param reason why it is in a state in which it gets no containers, or empty
 * @param label or empty
 * @param decommissioningSeconds how long its decommission may take, negative for no limit; null where there is none
 */
public record NodeSnapshot(
        NodeId id,
        NodeState state,
        NodeOffer offer,
        NodeStatus status,
        Resource total,
        Resource used,
        int containers,
        String reason,
        String label,
        @Nullable Integer decommissioningSeconds) {
    static NodeSnapshot of(Node node) {
        Decommission decommission = node.decommission();
        return new NodeSnapshot(
                node.id(),
                node.state(),
                node.offer(),
                node.status(),
                node.total(),
                node.used(),
                node.containers().size(),
                node.reason(),
                node.label(),
                decommission == null ? null : decommission.timeoutSeconds());
    }

    /** What people should know of its health: its own words, or else why it is not used. */
    public String healthReport() {
        return reason.isEmpty() || state == NodeState.UNHEALTHY ? status.healthReport() : reason;
    }
}
