package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.NodeRegistered;
import dev.heddle.rm.event.ApplicationEvent;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.model.LogReport;
import dev.heddle.rm.model.LogState;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Decommission;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Nodes: how they join, what they report, what they are told, and how they go. */
final class NodeControl implements NodeCommand.Handler {
    private final Ledger ledger;
    private final ClusterState state;
    private final ContainerControl containers;
    private final ApplicationControl applications;
    private final NodeDeparture departure;
    private final MarkControl marks;
    private final Overcommit overcommit;
    private final CorePolicy policy;

    NodeControl(
            Ledger ledger,
            ContainerControl containers,
            ApplicationControl applications,
            NodeDeparture departure,
            MarkControl marks,
            Overcommit overcommit,
            CorePolicy policy) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.containers = containers;
        this.applications = applications;
        this.departure = departure;
        this.marks = marks;
        this.overcommit = overcommit;
        this.policy = policy;
    }

    @Override
    public NodeRegistered registerNode(NodeCommand.RegisterNode command) {
        NodeId id = command.node();
        Node known = state.node(id);
        boolean decommissioning = known != null && known.state() == NodeState.DECOMMISSIONING;
        if (!decommissioning
                && !state.nodeLists().allows(id.host(), command.offer().address())) {
            if (known != null && known.isInUse()) {
                departure.exclude(known, "it may no longer take part");
                containers.placeWaiting();
            }
            return refuse(
                    "Disallowed NodeManager from  " + id.host() + ", Sending SHUTDOWN signal to the NodeManager.");
        }
        Resource dynamic = state.dynamicResources().get(id);
        Resource total =
                dynamic == null ? command.offer().total() : command.offer().with(dynamic);
        // Nodes need not have what not every container takes.
        Resource minimum = new Resource(
                policy.minimumAllocation().memoryMb(),
                policy.minimumAllocation().vcores());
        if (!minimum.fitsIn(total)) {
            return refuse("NodeManager from  " + id.host()
                    + " doesn't satisfy minimum allocations, Sending SHUTDOWN signal to the NodeManager. Node capabilities"
                    + " are <" + total + ">; minimums are <" + minimum
                    + ">: raise yarn.nodemanager.resource.memory-mb and"
                    + " .cpu-vcores there, or lower yarn.scheduler.minimum-allocation-mb and -vcores");
        }
        if (known != null) {
            loseWhatIsNotReported(known, command);
        }
        NodeId excluded = new NodeId(id.host(), NodeAdministration.NEVER_HERE);
        if (state.node(excluded) != null) {
            ledger.emit(new NodeEvent.NodeForgotten(excluded));
        }
        NodeState next = command.status().healthy() ? NodeState.RUNNING : NodeState.UNHEALTHY;
        ledger.emit(new NodeEvent.NodeJoined(
                id,
                command.offer(),
                total,
                decommissioning ? NodeState.DECOMMISSIONING : next,
                command.status(),
                ledger.nowMs()));
        report(id, command.running(), command.ended());
        containers.placeWaiting();
        return new NodeRegistered("", dynamic);
    }

    private static NodeRegistered refuse(String why) {
        return new NodeRegistered(why, null);
    }

    private void loseWhatIsNotReported(Node known, NodeCommand.RegisterNode command) {
        Set<ContainerId> reported = new HashSet<>(command.running());
        command.ended().forEach(exit -> reported.add(exit.container()));
        for (Container container : List.copyOf(known.containers())) {
            // The end of a master, just before, may have been the end of this one too.
            boolean live = state.container(container.id()) != null;
            if (live && !reported.contains(container.id())) {
                ended(
                        container,
                        NodeDeparture.lost(
                                container.id(), "its node " + known.id() + " has registered again without it"));
            }
        }
    }

    @Override
    public Done settleIncreases(NodeCommand.SettleIncreases command) {
        command.sizes().forEach((id, size) -> {
            Container container = state.container(id);
            if (container != null
                    && container.node().equals(command.node())
                    && container.resource().equals(size)
                    && state.unsettledIncreases().containsKey(id)) {
                ledger.emit(new ContainerEvent.IncreaseSettled(id));
            }
        });
        return Done.DONE;
    }

    @Override
    public NodeInstructions nodeHeartbeat(NodeCommand.NodeHeartbeat command) {
        NodeId id = command.node();
        Node node = state.node(id);
        if (node == null || !node.isInUse()) {
            String address = node == null ? "" : node.offer().address();
            return state.nodeLists().allows(id.host(), address)
                    ? NodeInstructions.resync("Node not found resyncing " + id)
                    : NodeInstructions.shutdown("Disallowed NodeManager nodeId: " + id + " hostname: " + id.host());
        }
        if (node.lastReply() instanceof NodeInstructions last
                && NodeInstructions.next(command.responseId()) == node.responseId()) {
            return last;
        }
        if (command.responseId() != node.responseId() || node.state() == NodeState.REBOOTED) {
            return outOfStep(node, command.responseId());
        }
        if (!command.status().equals(node.status())) {
            ledger.emit(new NodeEvent.NodeReported(id, command.status()));
        }
        boolean room = report(id, command.running(), command.ended());
        room |= followHealth(node, command.status().healthy());
        if (room) {
            containers.placeWaiting();
        }
        if (isReadyToGo(node)) {
            String why = "DECOMMISSIONING " + id + " is ready to be decommissioned";
            departure.depart(node, NodeState.DECOMMISSIONED, why);
            containers.placeWaiting();
            return NodeInstructions.shutdown(why);
        }
        NodeInstructions reply = new NodeInstructions(
                NodeInstructions.Action.NORMAL, NodeInstructions.next(node.responseId()), "", node.pendingOrders());
        ledger.emit(new NodeEvent.NodeAnswered(id, reply.responseId(), reply, ledger.nowMs()));
        return reply;
    }

    @Override
    public Done hearNodes(NodeCommand.HearNodes command) {
        for (NodeCommand.Heard heard : command.nodes()) {
            Node node = state.node(heard.node());
            if (node == null || !node.isInUse() || node.registration() != heard.registration()) {
                continue;
            }
            if (!heard.status().equals(node.status())) {
                ledger.emit(new NodeEvent.NodeReported(heard.node(), heard.status()));
            }
            ledger.emit(new NodeEvent.NodeHeard(
                    heard.node(), NodeInstructions.nothing(heard.responseId()), heard.responseId(), heard.atMs()));
        }
        return Done.DONE;
    }

    /** It keeps what runs there, until it registers and says what that is. */
    private NodeInstructions outOfStep(Node node, int responseId) {
        String why = "Too far behind rm response id:" + node.responseId() + " nm response id:" + responseId;
        if (node.state() != NodeState.REBOOTED) {
            ledger.emit(new NodeEvent.NodeStateChanged(node.id(), NodeState.REBOOTED, why, ledger.nowMs()));
        }
        return NodeInstructions.resync(why);
    }

    /** Returns whether the node has become fit. */
    private boolean followHealth(Node node, boolean healthy) {
        if (node.state() == NodeState.RUNNING && !healthy) {
            ledger.emit(new NodeEvent.NodeStateChanged(
                    node.id(), NodeState.UNHEALTHY, "it says that it is not healthy", ledger.nowMs()));
        } else if (node.state() == NodeState.UNHEALTHY && healthy) {
            ledger.emit(new NodeEvent.NodeStateChanged(node.id(), NodeState.RUNNING, "", ledger.nowMs()));
            return true;
        }
        return false;
    }

    /** Whether a node that is being emptied is empty, or has had its time. */
    private boolean isReadyToGo(Node node) {
        Decommission decommission = node.decommission();
        if (decommission == null) {
            return false;
        }
        return decommission.isOverdue(ledger.nowMs())
                || (node.containers().isEmpty()
                        && decommission.waitsFor().stream().noneMatch(this::isUnfinished));
    }

    /** Its containers may be gone while others still fetch what they have left on the node. */
    private boolean isUnfinished(ApplicationId id) {
        Application application = state.application(id);
        return application != null && !application.isOver();
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
        if (exits.isEmpty()) {
            return false;
        }
        boolean freed = false;
        List<ContainerId> settled = new ArrayList<>();
        for (ContainerExit exit : exits) {
            Container container = state.container(exit.container());
            boolean owed;
            if (container != null && container.node().equals(node)) {
                owed = containers.willBeTold(container);
                ended(container, exit);
                freed = true;
            } else {
                owed = containers.isOwed(exit.container());
            }
            if (!owed) {
                settled.add(exit.container());
            }
        }
        if (!settled.isEmpty()) {
            ledger.emit(new NodeEvent.ExitsNoted(node, settled));
        }
        return freed;
    }

    private void ended(Container container, ContainerExit exit) {
        ContainerExit decided = container.decidedExit();
        containers.end(container, exit);
        Attempt attempt = state.attempt(container.id().attempt());
        if (container.isMaster() && attempt != null) {
            applications.masterEnded(attempt, decided == null ? exit : decided);
        }
    }

    @Override
    public Done unregisterNode(NodeCommand.UnregisterNode command) {
        Node node = state.node(command.node());
        if (node != null && node.isInUse()) {
            departure.depart(node, NodeState.SHUTDOWN, "it has unregistered");
            containers.placeWaiting();
        }
        return Done.DONE;
    }

    @Override
    public Done reportLogs(NodeCommand.ReportLogs command) {
        Node node = state.node(command.node());
        if (node == null || !node.isInUse()) {
            return Done.DONE;
        }
        for (LogReport report : command.reports()) {
            Application application = state.application(report.application());
            if (application != null && isNews(application, node, report.state())) {
                ledger.emit(new ApplicationEvent.LogsReported(
                        application.id(), node.id(), report.state(), report.diagnostics()));
            }
        }
        return Done.DONE;
    }

    /** A failure is not forgotten because the node goes on, and what is settled stays so, as in YARN. */
    private static boolean isNews(Application application, Node node, LogState reported) {
        LogState known = application.logs(node);
        boolean goesOn = known == LogState.RUNNING_WITH_FAILURE && reported == LogState.RUNNING;
        boolean settled = application.isOver() && application.logs().isSettled();
        return known != reported && !goesOn && !settled;
    }

    @Override
    public Done reportLabel(NodeCommand.ReportLabel command) {
        return marks.reportLabel(command);
    }

    @Override
    public Done reportAttributes(NodeCommand.ReportAttributes command) {
        return marks.reportAttributes(command);
    }

    /** Gives up nodes that have been silent, and containers that nobody has started, for too long. */
    void expireNodes() {
        for (Node node : List.copyOf(state.nodes())) {
            if (!node.isInUse()) {
                forgetUntracked(node);
                continue;
            }
            Decommission decommission = node.decommission();
            if (ledger.nowMs() - node.lastHeardMs() >= policy.expiry().nodeMs()) {
                departure.depart(
                        node,
                        NodeState.LOST,
                        "nothing was heard of it for " + policy.expiry().nodeMs() + " ms");
            } else if (decommission != null && decommission.isOverdue(ledger.nowMs())) {
                departure.exclude(node, "it had " + decommission.timeoutSeconds() + " s to become empty");
            } else {
                expireGrants(node);
                overcommit.enforce(node);
            }
        }
        containers.placeWaiting();
    }

    /** A node that went and is in no list any more is not remembered for long. */
    private void forgetUntracked(Node node) {
        long sinceMs = Math.max(node.lastHeardMs(), state.nodeListsAtMs());
        if (state.node(node.id()) == node
                && state.nodeLists().isUntracked(node.id().host(), node.offer().address())
                && ledger.nowMs() - sinceMs >= policy.expiry().untrackedNodeMs()) {
            ledger.emit(new NodeEvent.NodeForgotten(node.id()));
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
}
