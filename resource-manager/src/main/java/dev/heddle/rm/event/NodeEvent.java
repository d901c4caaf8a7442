package dev.heddle.rm.event;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerToSignal;
import dev.heddle.rm.model.ContainerUpdate;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeLists;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Reservation;
import java.util.List;
import java.util.Map;

/** What happens to nodes. Times are in ms since 1970. */
public sealed interface NodeEvent extends Event {
    /** One method for each kind, so that a new kind cannot be forgotten where it must be applied. */
    interface Visitor {
        void nodeJoined(NodeJoined event);

        void nodeToldToClean(NodeToldToClean event);

        void exitsNoted(ExitsNoted event);

        void nodeAnswered(NodeAnswered event);

        void nodeHeard(NodeHeard event);

        void nodeKeyReplaced(NodeKeyReplaced event);

        void nodeForgotten(NodeForgotten event);

        void nodeGone(NodeGone event);

        void nodeToldToSignal(NodeToldToSignal event);

        void nodeToldToUpdate(NodeToldToUpdate event);

        void nodeReported(NodeReported event);

        void nodeStateChanged(NodeStateChanged event);

        void nodeDecommissioning(NodeDecommissioning event);

        void nodeResized(NodeResized event);

        void overcommitLimited(OvercommitLimited event);

        void nodeListsReplaced(NodeListsReplaced event);

        void nodeExcluded(NodeExcluded event);

        void dynamicResourcesReplaced(DynamicResourcesReplaced event);

        void nodeReserved(NodeReserved event);

        void nodeReleased(NodeReleased event);
    }

    /** After this a node is to be told something, or is treated otherwise than before: its next heartbeat matters. */
    interface Stirring {
        NodeId node();
    }

    /**
     * A node has registered, for the first time or again.
     *
     * @param total what it is counted with, which need not be what it offers
     */
    record NodeJoined(NodeId node, NodeOffer offer, Resource total, NodeState state, NodeStatus status, long atMs)
            implements NodeEvent, Event.Soft, Stirring {
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
            implements NodeEvent, Event.Soft, Stirring {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeToldToClean(this);
        }
    }

    /** Who had to know of the end of these containers knows, so the node need not remember it. */
    record ExitsNoted(NodeId node, List<ContainerId> containers) implements NodeEvent, Event.Soft, Stirring {
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

    /** The node had nothing to say, and was answered before the core knew. A repeated call gets the same reply again. */
    record NodeHeard(NodeId node, Object reply, int responseId, long atMs) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeHeard(this);
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
    record NodeForgotten(NodeId node) implements NodeEvent, Event.Soft, Stirring {
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
    record NodeGone(NodeId node, NodeState state, String reason, long atMs) implements NodeEvent, Event.Soft, Stirring {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeGone(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** A node must tell something to a container's process with its next reply. */
    record NodeToldToSignal(NodeId node, ContainerToSignal signal) implements NodeEvent, Event.Soft, Stirring {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeToldToSignal(this);
        }
    }

    /** A node must follow what has become of a container with its next reply. */
    record NodeToldToUpdate(NodeId node, ContainerUpdate update) implements NodeEvent, Event.Soft, Stirring {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeToldToUpdate(this);
        }
    }

    /** A node is otherwise than it was when it last said so. */
    record NodeReported(NodeId node, NodeStatus status) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeReported(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** A node that is in use is fit, unfit or out of step from now on. */
    record NodeStateChanged(NodeId node, NodeState state, String reason, long atMs)
            implements NodeEvent, Event.Soft, Stirring {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeStateChanged(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /**
     * A node is being emptied, or has another limit for that than before.
     *
     * @param timeoutSeconds how long it may take from its beginning; negative for no limit
     * @param waitsFor the applications that were on it
     */
    record NodeDecommissioning(NodeId node, int timeoutSeconds, List<ApplicationId> waitsFor, long atMs)
            implements NodeEvent, Event.Soft, Stirring {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeDecommissioning(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** An operator has changed what a node offers; it learns that with its next reply. */
    record NodeResized(NodeId node, Resource total) implements NodeEvent, Event.Soft, Stirring {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeResized(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** What containers hold beyond the node's size is borne until then, or for ever where it is 0. */
    record OvercommitLimited(NodeId node, long untilMs) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().overcommitLimited(this);
        }
    }

    /** Other hosts may take part than before. Read from files again by each leader. */
    record NodeListsReplaced(NodeLists lists, long atMs) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeListsReplaced(this);
        }
    }

    /** A host that has not been here is excluded. */
    record NodeExcluded(NodeId node, long atMs) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeExcluded(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** A node is kept for a container that has no room yet. */
    record NodeReserved(NodeId node, Reservation reservation) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeReserved(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return reservation.attempt().application();
        }
    }

    /** A node is not kept for an attempt any more. */
    record NodeReleased(NodeId node, AttemptId attempt) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().nodeReleased(this);
        }

        @Override
        public ApplicationId touchedApplication() {
            return attempt.application();
        }
    }

    /** What nodes are counted with when they register, whatever they offer. Read from a file again by each leader. */
    record DynamicResourcesReplaced(Map<NodeId, Resource> totals) implements NodeEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.nodes().dynamicResourcesReplaced(this);
        }
    }
}
