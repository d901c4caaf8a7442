package dev.heddle.rm.state;

import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.NodeChange;
import dev.heddle.rm.model.NodeState;
import java.util.ArrayList;

/** Makes events of nodes true; decides nothing. An event about something unknown is a defect. */
final class NodeApplier implements NodeEvent.Visitor {
    private final ClusterState state;

    NodeApplier(ClusterState state) {
        this.state = state;
    }

    @Override
    public void nodeJoined(NodeEvent.NodeJoined event) {
        Node node = state.nodes.get(event.node());
        if (node == null) {
            node = new Node(
                    event.node(),
                    state.everywhere.nextSlot(),
                    event.rack(),
                    event.total(),
                    event.httpPort(),
                    event.version());
            state.nodes.put(event.node(), node);
            state.everywhere.join(node);
            enter(node, event.rack());
            state.nodeChanges.add(new NodeChange(event.node(), NodeChange.Kind.USABLE));
        } else if (node.state == NodeState.RUNNING) {
            state.total = state.total.minus(node.total).plus(event.total());
            node.total = event.total();
            if (!node.rack.equals(event.rack())) {
                leaveRack(node);
                enterRack(node, event.rack());
            }
        } else {
            node.state = Lifecycles.NODE.transition(node.state, NodeState.RUNNING);
            node.total = event.total();
            state.goneNodes.remove(event.node());
            enter(node, event.rack());
            state.nodeChanges.add(new NodeChange(event.node(), NodeChange.Kind.USABLE));
        }
        node.registration = ++state.registrations;
        node.httpPort = event.httpPort();
        node.version = event.version();
        node.reasonGone = "";
        node.responseId = 0;
        node.lastReply = null;
        node.lastHeardMs = event.atMs();
        node.containersToClean.clear();
        node.applicationsToClean.clear();
        node.exitsNoted.clear();
        node.containersToUpdate.clear();
        state.reindex(node);
    }

    @Override
    public void nodeToldToClean(NodeEvent.NodeToldToClean event) {
        Node node = ClusterState.known(state.node(event.node()), event.node());
        node.containersToClean.addAll(event.containers());
        node.applicationsToClean.addAll(event.applications());
    }

    @Override
    public void nodeToldToUpdate(NodeEvent.NodeToldToUpdate event) {
        ClusterState.known(state.node(event.node()), event.node())
                .containersToUpdate
                .put(event.update().container(), event.update());
    }

    @Override
    public void exitsNoted(NodeEvent.ExitsNoted event) {
        ClusterState.known(state.node(event.node()), event.node()).exitsNoted.addAll(event.containers());
    }

    @Override
    public void nodeAnswered(NodeEvent.NodeAnswered event) {
        Node node = ClusterState.known(state.node(event.node()), event.node());
        node.responseId = event.responseId();
        node.lastReply = event.reply();
        node.lastHeardMs = event.atMs();
        if (node.hasInstructions()) {
            node.containersToClean.clear();
            node.applicationsToClean.clear();
            node.exitsNoted.clear();
            node.containersToUpdate.clear();
        }
    }

    @Override
    public void nodeKeyReplaced(NodeEvent.NodeKeyReplaced event) {
        for (Node node : state.nodes.values()) {
            node.registration = ++state.registrations;
        }
    }

    @Override
    public void nodeGone(NodeEvent.NodeGone event) {
        Node node = ClusterState.known(state.node(event.node()), event.node());
        node.state = Lifecycles.NODE.transition(node.state, event.state());
        node.reasonGone = event.reason();
        node.lastReply = null;
        state.total = state.total.minus(node.total);
        state.runningNodes--;
        var onHost = state.nodesByHost.get(node.id().host());
        if (onHost != null) {
            onHost.remove(node);
            if (onHost.isEmpty()) {
                state.nodesByHost.remove(node.id().host());
            }
        }
        leaveRack(node);
        state.goneNodes.add(event.node());
        state.nodeChanges.add(new NodeChange(event.node(), NodeChange.Kind.UNUSABLE));
        state.reindex(node);
    }

    @Override
    public void nodeForgotten(NodeEvent.NodeForgotten event) {
        Node node = ClusterState.known(state.nodes.remove(event.node()), event.node());
        state.goneNodes.remove(event.node());
        state.everywhere.leave(node.slot());
    }

    private void enter(Node node, String rack) {
        enterRack(node, rack);
        state.total = state.total.plus(node.total);
        state.runningNodes++;
        state.nodesByHost
                .computeIfAbsent(node.id().host(), host -> new ArrayList<>())
                .add(node);
    }

    private void enterRack(Node node, String rack) {
        NodePool pool = state.racks.computeIfAbsent(rack, name -> new NodePool());
        node.rack = rack;
        node.rackSlot = pool.nextSlot();
        pool.join(node);
    }

    private void leaveRack(Node node) {
        NodePool pool = ClusterState.known(state.racks.get(node.rack), node.rack);
        pool.leave(node.rackSlot);
        if (pool.isEmpty()) {
            state.racks.remove(node.rack);
        }
    }
}
