package dev.heddle.rm.event;

import dev.heddle.rm.model.NodeId;
import java.util.Map;
import java.util.Set;

/** What happens to the labels and attributes of nodes. */
public sealed interface MarkEvent extends Event {
    /** One method for each kind, so that a new kind cannot be forgotten where it must be applied. */
    interface Visitor {
        void labelsAdded(LabelsAdded event);

        void labelsRemoved(LabelsRemoved event);

        void nodesLabelled(NodesLabelled event);

        void nodeLabelReported(NodeLabelReported event);

        void nodeMarked(NodeMarked event);

        void attributesGiven(AttributesGiven event);

        void attributesReported(AttributesReported event);
    }

    /** The cluster has more labels; the values say whether they are exclusive. */
    record LabelsAdded(Map<String, Boolean> labels) implements MarkEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.marks().labelsAdded(this);
        }
    }

    /** The cluster has fewer labels, and no node has them any more. */
    record LabelsRemoved(Set<String> labels) implements MarkEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.marks().labelsRemoved(this);
        }
    }

    /** Operators have labelled nodes; port 0 stands for every node of a host, and an empty label for none. */
    record NodesLabelled(Map<NodeId, String> labels) implements MarkEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.marks().nodesLabelled(this);
        }
    }

    /** A node says which label it has; empty for none. */
    record NodeLabelReported(NodeId node, String label) implements MarkEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.marks().nodeLabelReported(this);
        }
    }

    /** What a node in use has as its label may have changed with the event before. */
    record NodeMarked(NodeId node) implements MarkEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.marks().nodeMarked(this);
        }

        @Override
        public NodeId touchedNode() {
            return node;
        }
    }

    /** A host has these of operators' attributes, by name, and no others of theirs. */
    record AttributesGiven(String host, Map<String, String> values) implements MarkEvent, Event.Durable {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.marks().attributesGiven(this);
        }
    }

    /** A node reports these attributes of its host, by name, and no others. */
    record AttributesReported(String host, Map<String, String> values) implements MarkEvent, Event.Soft {
        @Override
        public void accept(EventVisitors visitors) {
            visitors.marks().attributesReported(this);
        }
    }
}
