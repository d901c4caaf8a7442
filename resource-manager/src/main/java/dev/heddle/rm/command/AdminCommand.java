package dev.heddle.rm.command;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeLists;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import java.util.Map;
import java.util.Set;

/**
 * What operators change.
 *
 * @param <R> the reply
 */
public sealed interface AdminCommand<R> extends Command<R> {
    /** One method for each kind, so that a new kind cannot be left without an answer. */
    interface Handler {
        Done useNodeLists(UseNodeLists command);

        Done decommissionNow(DecommissionNow command);

        Done updateNodeResources(UpdateNodeResources command);

        Done useDynamicResources(UseDynamicResources command);

        Done useMaxPriority(UseMaxPriority command);

        Done addLabels(AddLabels command);

        Done removeLabels(RemoveLabels command);

        Done labelNodes(LabelNodes command);

        Done mapAttributes(MapAttributes command);

        Done changeQueues(ChangeQueues command);
    }

    /** How hosts go that may no longer take part. */
    enum Departure {
        /** The lists are the first ones: excluded hosts are shown, although they were never here. */
        AT_START,
        /** At once. */
        NOW,
        /** When nothing runs there any more, or time is up. */
        GRACEFUL
    }

    /**
     * These hosts may take part from now on; whoever was about to go and is listed no more stays.
     *
     * @param timeoutSeconds how long a graceful departure may take where a host has no limit of its own; negative for none
     */
    record UseNodeLists(NodeLists lists, Departure departure, int timeoutSeconds) implements AdminCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.administration().useNodeLists(this);
        }
    }

    /** Nodes that are being emptied go at once. */
    record DecommissionNow() implements AdminCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.administration().decommissionNow(this);
        }
    }

    /**
     * Nodes offer more or less than before, until they register again.
     *
     * @param graceMs how long what a node's containers hold beyond its new size is borne; those that are not here bear it
     *     for ever
     */
    record UpdateNodeResources(Map<NodeId, Resource> totals, Map<NodeId, Integer> graceMs)
            implements AdminCommand<Done> {
        /** No container has to go. */
        public UpdateNodeResources(Map<NodeId, Resource> totals) {
            this(totals, Map.of());
        }

        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.administration().updateNodeResources(this);
        }
    }

    /**
     * Nodes offer this, whatever they say themselves. Those that are not here are taken at their word again.
     *
     * @param graceMs as of {@link UpdateNodeResources}
     */
    record UseDynamicResources(Map<NodeId, Resource> totals, Map<NodeId, Integer> graceMs)
            implements AdminCommand<Done> {
        /** No container has to go. */
        public UseDynamicResources(Map<NodeId, Resource> totals) {
            this(totals, Map.of());
        }

        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.administration().useDynamicResources(this);
        }
    }

    /** No application gets a higher priority from now on; those that have one keep it. */
    record UseMaxPriority(int priority) implements AdminCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.administration().useMaxPriority(this);
        }
    }

    /** The cluster has more labels; the values say whether they are exclusive. */
    record AddLabels(Map<String, Boolean> labels) implements AdminCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.administration().addLabels(this);
        }
    }

    /** The cluster has fewer labels, and no node has them any more. */
    record RemoveLabels(Set<String> labels) implements AdminCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.administration().removeLabels(this);
        }
    }

    /**
     * Nodes have these labels, and no others.
     *
     * @param labels one at most for each node; port 0 stands for every node of a host
     */
    record LabelNodes(Map<NodeId, Set<String>> labels, boolean failOnUnknownNodes) implements AdminCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.administration().labelNodes(this);
        }
    }

    /** What becomes of a host's attributes. */
    enum Change {
        ADD,
        REMOVE,
        REPLACE
    }

    /**
     * Hosts have other attributes of operators.
     *
     * @param values by host and name
     */
    record MapAttributes(Change change, Map<String, Map<String, String>> values, boolean failOnUnknownNodes)
            implements AdminCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.administration().mapAttributes(this);
        }
    }

    /** The queues are these from now on. */
    record ChangeQueues(QueuePlan plan) implements AdminCommand<Done> {
        @Override
        public Done on(CommandHandlers handlers) {
            return handlers.administration().changeQueues(this);
        }
    }
}
