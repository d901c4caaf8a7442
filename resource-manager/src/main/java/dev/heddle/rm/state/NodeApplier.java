package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.NodeChange;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeState;

/** Makes events of nodes true; decides nothing. An event about something unknown is a defect. */
final class NodeApplier implements NodeEvent.Visitor {
    private final ClusterState state;

    NodeApplier(ClusterState state) {
        this.state = state;
    }

    @Override
    public void nodeJoined(NodeEvent.NodeJoined event) {
        Node node = state.nodes.byId.get(event.node());
        if (node == null) {
            node = add(event.node(), event.offer(), event.total());
        }
        if (!node.rack().equals(event.offer().rack())) {
            state.allocationTags.move(node, event.offer().rack());
            if (node.listed) {
                state.nodes.unlist(node);
            }
        }
        node.offer = event.offer();
        state.nodes.moveToPartition(node, state.partition(state.marks.labelOf(event.node())));
        node.total = event.total();
        node.status = event.status();
        node.registration = state.nodes.nextRegistration();
        node.responseId = 0;
        node.lastReply = null;
        node.lastHeardMs = event.atMs();
        node.orders = null;
        enter(node, event.state(), event.state() == NodeState.RUNNING ? "" : node.reason);
    }

    private Node add(NodeId id, NodeOffer offer, Resource total) {
        Node node = new Node(id, state.partition(state.marks.labelOf(id)), offer, total);
        state.nodes.add(node);
        return node;
    }

    @Override
    public void nodeToldToClean(NodeEvent.NodeToldToClean event) {
        PendingOrders orders = known(event.node()).orders();
        orders.stop.addAll(event.containers());
        orders.endedApplications.addAll(event.applications());
    }

    @Override
    public void exitsNoted(NodeEvent.ExitsNoted event) {
        known(event.node()).orders().forget.addAll(event.containers());
    }

    @Override
    public void nodeToldToSignal(NodeEvent.NodeToldToSignal event) {
        known(event.node()).orders().signals.add(event.signal());
    }

    @Override
    public void nodeToldToUpdate(NodeEvent.NodeToldToUpdate event) {
        known(event.node()).orders().updates.put(event.update().container(), event.update());
    }

    @Override
    public void nodeAnswered(NodeEvent.NodeAnswered event) {
        Node node = known(event.node());
        node.partition.heardOf(node);
        node.responseId = event.responseId();
        node.lastReply = event.reply();
        node.lastHeardMs = event.atMs();
        node.orders = null;
    }

    @Override
    public void nodeHeard(NodeEvent.NodeHeard event) {
        Node node = known(event.node());
        node.responseId = event.responseId();
        node.lastReply = event.reply();
        node.lastHeardMs = event.atMs();
    }

    @Override
    public void nodeReported(NodeEvent.NodeReported event) {
        Node node = known(event.node());
        node.status = event.status();
        state.nodes.noteLoad(node);
    }

    @Override
    public void nodeStateChanged(NodeEvent.NodeStateChanged event) {
        enter(known(event.node()), event.state(), event.reason());
    }

    @Override
    public void nodeDecommissioning(NodeEvent.NodeDecommissioning event) {
        Node node = known(event.node());
        Decommission before = node.decommission;
        long startedAtMs = before == null ? event.atMs() : before.startedAtMs();
        node.decommission = new Decommission(startedAtMs, event.timeoutSeconds(), event.waitsFor());
        if (before == null) {
            enter(node, NodeState.DECOMMISSIONING, "it is being decommissioned");
        }
    }

    @Override
    public void nodeKeyReplaced(NodeEvent.NodeKeyReplaced event) {
        for (Application application : state.unsettled.values()) {
            application.attempts.forEach(attempt -> attempt.tokens.clear());
        }
    }

    @Override
    public void nodeResized(NodeEvent.NodeResized event) {
        Node node = known(event.node());
        node.total = event.total();
        if (node.isInUse()) {
            node.orders().total = event.total();
        }
        state.nodes.reindex(node);
        state.nodes.noteRoom(node);
    }

    @Override
    public void overcommitLimited(NodeEvent.OvercommitLimited event) {
        known(event.node()).overcommittedUntilMs = event.untilMs();
    }

    @Override
    public void nodeGone(NodeEvent.NodeGone event) {
        Node node = known(event.node());
        node.lastReply = null;
        node.orders = null;
        node.overcommittedUntilMs = 0;
        node.lastHeardMs = event.atMs();
        enter(node, event.state(), event.reason());
    }

    @Override
    public void nodeForgotten(NodeEvent.NodeForgotten event) {
        Node node = state.nodes.forget(event.node());
        state.applications.values().forEach(application -> application.footprint.forget(node));
    }

    @Override
    public void nodeListsReplaced(NodeEvent.NodeListsReplaced event) {
        state.nodeLists = event.lists();
        state.nodeListsAtMs = event.atMs();
    }

    @Override
    public void nodeExcluded(NodeEvent.NodeExcluded event) {
        Node node = add(event.node(), NodeOffer.of(Resource.NONE, event.node().port(), "unknown"), Resource.NONE);
        node.lastHeardMs = event.atMs();
        enter(node, NodeState.DECOMMISSIONED, "it is excluded");
    }

    @Override
    public void dynamicResourcesReplaced(NodeEvent.DynamicResourcesReplaced event) {
        state.dynamicResources = event.totals();
    }

    @Override
    public void nodeReserved(NodeEvent.NodeReserved event) {
        state.nodes.reserve(known(event.node()), event.reservation());
    }

    @Override
    public void nodeReleased(NodeEvent.NodeReleased event) {
        state.nodes.release(known(event.node()));
    }

    private Node known(NodeId id) {
        return ClusterState.known(state.node(id), id);
    }

    private void enter(Node node, NodeState next, String reason) {
        NodeState before = node.state;
        boolean takenBefore = node.listed;
        if (node.state != next) {
            node.state = Lifecycles.NODE.transition(node.state, next);
        }
        node.reason = reason;
        if (next != NodeState.DECOMMISSIONING) {
            node.decommission = null;
        }
        if (next.isInUse()) {
            state.nodes.gone.remove(node.id());
        } else {
            state.nodes.gone.add(node.id());
        }
        state.nodes.reindex(node);
        state.nodes.noteRoom(node);
        if (node.listed && !takenBefore) {
            state.nodes.changes.add(new NodeChange(node.id(), NodeChange.Kind.USABLE));
        } else if (!node.listed && (takenBefore || before != next)) {
            NodeChange.Kind kind =
                    next == NodeState.DECOMMISSIONING ? NodeChange.Kind.DECOMMISSIONING : NodeChange.Kind.UNUSABLE;
            state.nodes.changes.add(new NodeChange(node.id(), kind));
        }
    }
}
