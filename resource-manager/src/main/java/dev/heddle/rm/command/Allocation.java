package dev.heddle.rm.command;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import java.util.List;

/**
 * The reply to a master's heartbeat.
 *
 * @param grants new containers
 * @param exits of its containers
 * @param tokensFor the nodes that it gets a token for: those it has none for yet
 * @param headroom what it may still be granted now
 * @param clusterNodes the number of nodes in use
 */
public record Allocation(
        int responseId,
        List<Grant> grants,
        List<ContainerExit> exits,
        List<NodeId> tokensFor,
        Resource headroom,
        int clusterNodes) {
    /**
     * One new container.
     *
     * @param httpPort of its node's web server, or 0
     * @param key of the ask that it meets
     */
    public record Grant(
            ContainerId container, NodeId node, int httpPort, Resource resource, AskKey key, long grantedAtMs) {}
}
