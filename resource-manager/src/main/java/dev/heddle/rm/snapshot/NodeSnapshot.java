package dev.heddle.rm.snapshot;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.state.Node;

/**
 * A node as readers see it. Immutable.
 *
 * @param httpPort of its web server, or 0 where it has none
 * @param containers that hold room there
 * @param reasonGone why it is not used any more, or empty
 * @param changedAtMs when this picture was taken, in ms since 1970
 */
public record NodeSnapshot(
        NodeId id,
        NodeState state,
        String rack,
        Resource total,
        Resource used,
        int httpPort,
        int containers,
        String reasonGone,
        long changedAtMs) {
    static NodeSnapshot of(Node node) {
        return new NodeSnapshot(
                node.id(),
                node.state(),
                node.rack(),
                node.total(),
                node.used(),
                node.httpPort(),
                node.containers().size(),
                node.reasonGone(),
                node.lastHeardMs());
    }
}
