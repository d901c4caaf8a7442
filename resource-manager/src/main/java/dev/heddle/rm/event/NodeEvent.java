package dev.heddle.rm.event;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerUpdate;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeState;
import java.util.List;

/** What happens to nodes. Times are in ms since 1970. */
public sealed interface NodeEvent extends Event {
    /** One method for each kind, so that a new kind cannot be forgotten where it must be applied. */
    interface Visitor {
        void nodeJoined(NodeJoined event);

        void nodeToldToClean(NodeToldToClean event);

        void nodeToldToUpdate(NodeToldToUpdate event);

        void exitsNoted(ExitsNoted event);

        void nodeAnswered(NodeAnswered event);

        void nodeKeyReplaced(NodeKeyReplaced event);

        void nodeForgotten(NodeForgotten event);

        void nodeGone(NodeGone event);
    }

    /** A node has registered, for the first time or again; it starts without containers. */
    record NodeJoined(NodeId node, String rack, Resource total, int httpPort, String version, long atMs)
            implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeJoined(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** A node must end containers, or forget ended ones, with its next reply. */
    record NodeToldToClean(NodeId node, List<ContainerId> containers, List<ApplicationId> applications)
            implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeToldToClean(this);
        }
    }

    /** A node must follow what has become of a container. */
    record NodeToldToUpdate(NodeId node, ContainerUpdate update) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeToldToUpdate(this);
        }
    }

    /** The end of these containers has been taken note of, so the node may stop reporting it. */
    record ExitsNoted(NodeId node, List<ContainerId> containers) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().exitsNoted(this);
        }
    }

    /** The node was answered. A repeated call gets the same reply again. */
    record NodeAnswered(NodeId node, int responseId, Object reply, long atMs) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeAnswered(this);
        }
    }

    /** Tokens for nodes are made with another key from now on: masters need new ones. */
    record NodeKeyReplaced() implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeKeyReplaced(this);
        }
    }

    /** A node that went long ago is dropped from the history. */
    record NodeForgotten(NodeId node) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeForgotten(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** A node is not used any more. */
    record NodeGone(NodeId node, NodeState state, String reason, long atMs) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeGone(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }
}
