package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.NodeRegistered;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Nodes: how they join, what they report, what they are told, and how they go. */
final class NodeControl implements NodeCommand.Handler {
    private final Ledger ledger;
    private final ClusterState state;
    private final ContainerControl containers;
    private final ApplicationControl applications;
    private final CorePolicy policy;

    NodeControl(Ledger ledger, ContainerControl containers, ApplicationControl applications, CorePolicy policy) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.containers = containers;
        this.applications = applications;
        this.policy = policy;
    }

    @Override
    public NodeRegistered registerNode(NodeCommand.RegisterNode command) {
        Resource minimum = policy.minimumAllocation();
        if (!minimum.fitsIn(command.total())) {
            return new NodeRegistered("NodeManager from " + command.node().host()
                    + " doesn't satisfy minimum allocations (" + command.total() + " offered, " + minimum
                    + " is the least): raise yarn.nodemanager.resource.memory-mb and .cpu-vcores there, or lower"
                    + " yarn.scheduler.minimum-allocation-mb and -vcores");
        }
        Node known = state.node(command.node());
        if (known != null) {
            Set<ContainerId> reported = new HashSet<>(command.running());
            command.ended().forEach(exit -> reported.add(exit.container()));
            for (Container container : List.copyOf(known.containers())) {
                // The end of a master, just before, may have been the end of this one too.
                boolean live = state.container(container.id()) != null;
                if (live && !reported.contains(container.id())) {
                    ended(
                            container,
                            lost(container.id(), "its node " + command.node() + " has registered again without it"));
                }
            }
        }
        ledger.emit(new NodeEvent.NodeJoined(
                command.node(),
                command.rack(),
                command.total(),
                command.httpPort(),
                command.version(),
                ledger.nowMs()));
        report(command.node(), command.running(), command.ended());
        containers.placeWaiting();
        return new NodeRegistered("");
    }

    @Override
    public NodeInstructions nodeHeartbeat(NodeCommand.NodeHeartbeat command) {
        Node node = state.node(command.node());
        if (node == null || node.state() != NodeState.RUNNING) {
            return NodeInstructions.RESYNC;
        }
        if (node.lastReply() instanceof NodeInstructions last && command.responseId() == node.responseId() - 1) {
            return last;
        }
        if (command.responseId() != node.responseId()) {
            return NodeInstructions.RESYNC;
        }
        if (report(command.node(), command.running(), command.ended())) {
            containers.placeWaiting();
        }
        int responseId = node.responseId() + 1;
        NodeInstructions reply = node.hasInstructions()
                ? new NodeInstructions(
                        false,
                        responseId,
                        node.containersToClean(),
                        node.exitsNoted(),
                        node.containersToSignal(),
                        node.applicationsToClean())
                : new NodeInstructions(false, responseId, List.of(), List.of(), List.of(), List.of());
        ledger.emit(new NodeEvent.NodeAnswered(command.node(), responseId, reply, ledger.nowMs()));
        return reply;
    }

    /** Takes in what a node says of its containers. Returns whether room has become free. */
    private boolean report(NodeId node, List<ContainerId> running, List<ContainerExit> exits) {
        for (ContainerId id : running) {
            Container container = state.container(id);
            if (container == null || !container.node().equals(node)) {
                containers.tellToClean(node, id);
            } else if (container.state() == ContainerState.ACQUIRED) {
                ledger.emit(new ContainerEvent.ContainerStarted(id));
            }
        }
        boolean freed = false;
        for (ContainerExit exit : exits) {
            Container container = state.container(exit.container());
            if (container != null && container.node().equals(node)) {
                ended(container, exit);
                freed = true;
            }
        }
        if (!exits.isEmpty()) {
            ledger.emit(new NodeEvent.ExitsNoted(
                    node, exits.stream().map(ContainerExit::container).toList()));
        }
        return freed;
    }

    private void ended(Container container, ContainerExit exit) {
        containers.end(container, exit);
        Attempt attempt = state.attempt(container.id().attempt());
        if (container.isMaster() && attempt != null) {
            applications.masterEnded(attempt, exit);
        }
    }

    @Override
    public Done unregisterNode(NodeCommand.UnregisterNode command) {
        Node node = state.node(command.node());
        if (node != null && node.state() == NodeState.RUNNING) {
            gone(node, NodeState.SHUTDOWN, "it has unregistered");
        }
        return Done.DONE;
    }

    /** Gives up nodes that have been silent, and containers that nobody has started, for too long. */
    void expireNodes() {
        for (Node node : List.copyOf(state.nodes())) {
            if (node.state() != NodeState.RUNNING) {
                continue;
            }
            if (ledger.nowMs() - node.lastHeardMs() >= policy.expiry().nodeMs()) {
                gone(
                        node,
                        NodeState.LOST,
                        "nothing was heard of it for " + policy.expiry().nodeMs() + " ms");
            } else {
                expireGrants(node);
            }
        }
    }

    private void expireGrants(Node node) {
        for (Container container : List.copyOf(node.containers())) {
            if (container.state() == ContainerState.ACQUIRED
                    && !container.isMaster()
                    && ledger.nowMs() - container.acquiredAtMs()
                            >= policy.expiry().grantMs()) {
                containers.stop(container, ExitStatus.ABORTED, "Container expired since it was unused");
            }
        }
    }

    private void gone(Node node, NodeState end, String reason) {
        List<Container> lost = List.copyOf(node.containers());
        for (Container container : lost) {
            containers.end(container, lost(container.id(), "its node " + node.id() + " is gone: " + reason));
        }
        ledger.emit(new NodeEvent.NodeGone(node.id(), end, reason, ledger.nowMs()));
        while (state.goneNodes().size() > policy.history().goneNodes()) {
            ledger.emit(new NodeEvent.NodeForgotten(state.goneNodes().iterator().next()));
        }
        // Only now: a next attempt must not be placed on the node that has just gone.
        for (Container container : lost) {
            Attempt attempt = state.attempt(container.id().attempt());
            if (container.isMaster() && attempt != null) {
                applications.masterEnded(
                        attempt, lost(container.id(), "its node " + node.id() + " is gone: " + reason));
            }
        }
        containers.placeWaiting();
    }

    private static ContainerExit lost(ContainerId container, String why) {
        return new ContainerExit(container, ExitStatus.ABORTED, "Container released on a *lost* node: " + why);
    }
}
