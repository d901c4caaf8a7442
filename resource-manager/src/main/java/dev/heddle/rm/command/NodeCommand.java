package dev.heddle.rm.command;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.LogReport;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What nodes report.
 *
 * @param <R> the reply
 */
public sealed interface NodeCommand<R> extends Command<R> {
    /** One method for each kind, so that a new kind cannot be left without an answer. */
    interface Handler {
        NodeRegistered registerNode(RegisterNode command);

        Done settleIncreases(SettleIncreases command);

        NodeInstructions nodeHeartbeat(NodeHeartbeat command);

        Done hearNodes(HearNodes command);

        Done unregisterNode(UnregisterNode command);

        Done reportLogs(ReportLogs command);

        Done reportLabel(ReportLabel command);

        Done reportAttributes(ReportAttributes command);
    }

    /**
     * A node registers.
     *
     * @param running containers that it runs
     * @param ended containers that have ended there and that it still reports
     */
    record RegisterNode(
            NodeId node, NodeOffer offer, NodeStatus status, List<ContainerId> running, List<ContainerExit> ended)
            implements NodeCommand<NodeRegistered> {
        @Override
        public NodeRegistered on(CommandHandlers handlers) {
            return handlers.nodes().registerNode(this);
        }
    }

    /**
     * A node's heartbeat.
     *
     * @param responseId of the last reply that it has seen
     */
    record NodeHeartbeat(
            NodeId node, int responseId, NodeStatus status, List<ContainerId> running, List<ContainerExit> ended)
            implements NodeCommand<NodeInstructions> {
        @Override
        public NodeInstructions on(CommandHandlers handlers) {
            return handlers.nodes().nodeHeartbeat(this);
        }
    }

    /** Nodes whose heartbeats brought nothing new have been answered already. */
    record HearNodes(List<Heard> nodes) implements NodeCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.nodes().hearNodes(this);
        }
    }

    /**
     * What has become of a node without the core.
     *
     * @param registration which of all registrations it holds for
     * @param responseId that it was answered with last
     * @param atMs when it was heard last, in ms since 1970
     */
    record Heard(NodeId node, int registration, int responseId, NodeStatus status, long atMs) {}

    /** A node has made containers as large as their masters' tokens allow. */
    record SettleIncreases(NodeId node, Map<ContainerId, Resource> sizes) implements NodeCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.nodes().settleIncreases(this);
        }
    }

    /** A node says how far it is with the logs of applications. */
    record ReportLogs(NodeId node, List<LogReport> reports) implements NodeCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.nodes().reportLogs(this);
        }
    }

    /** A node says which labels it has; one at most. */
    record ReportLabel(NodeId node, Set<String> labels) implements NodeCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.nodes().reportLabel(this);
        }
    }

    /** A node says which attributes its host has, by name. */
    record ReportAttributes(NodeId node, Map<String, String> values) implements NodeCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.nodes().reportAttributes(this);
        }
    }

    record UnregisterNode(NodeId node) implements NodeCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.nodes().unregisterNode(this);
        }
    }
}
