package dev.heddle.rm.core;

import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.NodeLists;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import java.util.List;

/** Takes nodes out of use, with everything that runs there. */
final class NodeDeparture {
    private final Ledger ledger;
    private final ClusterState state;
    private final ContainerControl containers;
    private final ApplicationControl applications;
    private final CorePolicy policy;

    NodeDeparture(Ledger ledger, ContainerControl containers, ApplicationControl applications, CorePolicy policy) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.containers = containers;
        this.applications = applications;
        this.policy = policy;
    }

    /** A node that is in use is so no more. Whoever waits may be placed elsewhere: that is left to the caller. */
    void depart(Node node, NodeState end, String reason) {
        List<Container> lost = List.copyOf(node.containers());
        for (Container container : lost) {
            containers.end(container, lost(container.id(), "its node " + node.id() + " is gone: " + reason));
        }
        ledger.emit(new NodeEvent.NodeGone(node.id(), end, reason, ledger.nowMs()));
        forgetTheEarliest();
        // Only now: a next attempt must not be placed on the node that has just gone.
        for (Container container : lost) {
            Attempt attempt = state.attempt(container.id().attempt());
            if (container.isMaster() && attempt != null) {
                applications.masterEnded(
                        attempt, lost(container.id(), "its node " + node.id() + " is gone: " + reason));
            }
        }
    }

    /** A node that may no longer take part goes: those that are in no list leave no trace of a decision. */
    void exclude(Node node, String reason) {
        NodeLists lists = state.nodeLists();
        boolean untracked = lists.isUntracked(node.id().host(), node.offer().address());
        depart(node, untracked ? NodeState.SHUTDOWN : NodeState.DECOMMISSIONED, reason);
    }

    /** Keeps the history within its limit. */
    void forgetTheEarliest() {
        while (state.goneNodes().size() > policy.history().goneNodes()) {
            ledger.emit(new NodeEvent.NodeForgotten(state.goneNodes().iterator().next()));
        }
    }

    static ContainerExit lost(ContainerId container, String why) {
        return new ContainerExit(container, ExitStatus.ABORTED, "Container released on a *lost* node: " + why);
    }
}
