package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.event.ApplicationEvent;
import dev.heddle.rm.event.NodeEvent;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeLists;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Decommission;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What operators do to nodes: let them in, empty them, throw them out, change what they offer. */
final class NodeAdministration implements AdminCommand.Handler {
    /** The port under which YARN shows an excluded host that has never registered. */
    static final int NEVER_HERE = -1;

    private final Ledger ledger;
    private final ClusterState state;
    private final ContainerControl containers;
    private final NodeDeparture departure;
    private final MarkControl marks;
    private final QueueControl queues;
    private final Overcommit overcommit;

    NodeAdministration(
            Ledger ledger,
            ContainerControl containers,
            NodeDeparture departure,
            MarkControl marks,
            QueueControl queues,
            Overcommit overcommit) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.containers = containers;
        this.departure = departure;
        this.marks = marks;
        this.overcommit = overcommit;
        this.queues = queues;
    }

    @Override
    public Done changeQueues(AdminCommand.ChangeQueues command) {
        queues.replace(command.plan());
        containers.placeWaiting();
        return Done.DONE;
    }

    @Override
    public Done useNodeLists(AdminCommand.UseNodeLists command) {
        NodeLists lists = command.lists();
        ledger.emit(new NodeEvent.NodeListsReplaced(lists, ledger.nowMs()));
        for (Node node : nodesInUse()) {
            if (lists.allows(node.id().host(), node.offer().address())) {
                stay(node);
            } else if (command.departure() == AdminCommand.Departure.GRACEFUL && node.state() != NodeState.REBOOTED) {
                empty(node, lists.timeoutSeconds(node.id().host(), command.timeoutSeconds()));
            } else {
                departure.exclude(node, "it may no longer take part");
            }
        }
        if (command.departure() == AdminCommand.Departure.AT_START) {
            for (String host : new TreeSet<>(lists.excluded().keySet())) {
                NodeId id = new NodeId(host, NEVER_HERE);
                if (state.node(id) == null) {
                    ledger.emit(new NodeEvent.NodeExcluded(id, ledger.nowMs()));
                }
            }
            departure.forgetTheEarliest();
        }
        containers.placeWaiting();
        return Done.DONE;
    }

    /** In the order of their ids, so that the same command has the same effects in the same order. */
    private List<Node> nodesInUse() {
        List<Node> nodes = new ArrayList<>();
        for (Node node : state.nodes()) {
            if (node.isInUse()) {
                nodes.add(node);
            }
        }
        nodes.sort(Comparator.comparing(Node::id));
        return nodes;
    }

    private void stay(Node node) {
        if (node.state() == NodeState.DECOMMISSIONING) {
            boolean healthy = node.status().healthy();
            ledger.emit(new NodeEvent.NodeStateChanged(
                    node.id(),
                    healthy ? NodeState.RUNNING : NodeState.UNHEALTHY,
                    healthy ? "" : "it says that it is not healthy",
                    ledger.nowMs()));
        }
    }

    private void empty(Node node, int timeoutSeconds) {
        Decommission decommission = node.decommission();
        if (decommission == null) {
            List<ApplicationId> waitsFor = new ArrayList<>();
            for (Application application : state.applications()) {
                if (!application.isOver() && application.hasBeenOn(node)) {
                    waitsFor.add(application.id());
                }
            }
            ledger.emit(new NodeEvent.NodeDecommissioning(
                    node.id(), timeoutSeconds, List.copyOf(waitsFor), ledger.nowMs()));
        } else if (decommission.timeoutSeconds() != timeoutSeconds) {
            ledger.emit(new NodeEvent.NodeDecommissioning(
                    node.id(), timeoutSeconds, decommission.waitsFor(), ledger.nowMs()));
        }
    }

    @Override
    public Done decommissionNow(AdminCommand.DecommissionNow command) {
        for (Node node : nodesInUse()) {
            if (node.state() == NodeState.DECOMMISSIONING) {
                departure.exclude(node, "it was still being emptied when it was told to go at once");
            }
        }
        containers.placeWaiting();
        return Done.DONE;
    }

    @Override
    public Done updateNodeResources(AdminCommand.UpdateNodeResources command) {
        for (NodeId id : new TreeSet<>(command.totals().keySet())) {
            Node node = state.node(id);
            if (node == null || !node.isInUse()) {
                throw new Refusal(
                        Refusal.Kind.INVALID_ADMINISTRATION,
                        "Resource update get failed on all nodes due to change resource on an unrecognized node: "
                                + id);
            }
        }
        resize(command.totals(), command.graceMs());
        return Done.DONE;
    }

    @Override
    public Done useDynamicResources(AdminCommand.UseDynamicResources command) {
        ledger.emit(new NodeEvent.DynamicResourcesReplaced(Map.copyOf(command.totals())));
        Map<NodeId, Resource> totals = new TreeMap<>(command.totals());
        totals.replaceAll((id, total) -> {
            Node node = state.node(id);
            return node == null ? total : node.offer().with(total);
        });
        resize(totals, command.graceMs());
        return Done.DONE;
    }

    @Override
    public Done useMaxPriority(AdminCommand.UseMaxPriority command) {
        ledger.emit(new ApplicationEvent.MaxPriorityReplaced(command.priority()));
        return Done.DONE;
    }

    @Override
    public Done addLabels(AdminCommand.AddLabels command) {
        return marks.addLabels(command);
    }

    @Override
    public Done removeLabels(AdminCommand.RemoveLabels command) {
        return marks.removeLabels(command);
    }

    @Override
    public Done labelNodes(AdminCommand.LabelNodes command) {
        return marks.labelNodes(command);
    }

    @Override
    public Done mapAttributes(AdminCommand.MapAttributes command) {
        return marks.mapAttributes(command);
    }

    private void resize(Map<NodeId, Resource> totals, Map<NodeId, Integer> graceMs) {
        new TreeMap<>(totals).forEach((id, total) -> {
            Node node = state.node(id);
            if (node != null && node.isInUse() && !node.total().equals(total)) {
                ledger.emit(new NodeEvent.NodeResized(id, total));
                Integer grace = graceMs.get(id);
                if (grace != null && grace >= 0) {
                    overcommit.limit(id, grace);
                }
            }
        });
        containers.placeWaiting();
    }
}
