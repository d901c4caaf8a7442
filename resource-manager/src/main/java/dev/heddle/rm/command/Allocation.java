package dev.heddle.rm.command;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeChange;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Purpose;
import dev.heddle.rm.model.UpdateWish;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import java.util.List;

/**
 * The reply to a master's heartbeat.
 *
 * @param grants new containers
 * @param exits of its containers
 * @param tokensFor the nodes that it gets a token for: those it has none for that is still good
 * @param nodeChanges the nodes that have changed since its last call, each with what it is now
 */
public record Allocation(
        int responseId,
        List<Grant> grants,
        List<ContainerExit> exits,
        List<NodeId> tokensFor,
        Verdicts verdicts,
        List<NodeChange> nodeChanges,
        Prospects prospects) {
    /**
     * One container.
     *
     * @param httpPort of its node's web server, or 0
     * @param purpose of the ask that it meets
     * @param version 0 at first, one more with each change of its size
     */
    public record Grant(
            ContainerId container,
            NodeId node,
            int httpPort,
            Resource resource,
            Purpose purpose,
            int version,
            long grantedAtMs) {
        public AskKey key() {
            return purpose.key();
        }
    }

    /** What became of wishes to change containers, and which scheduling requests are given back. */
    public record Verdicts(List<Updated> done, List<Refused> refused, List<Rejected> rejected) {
        public static final Verdicts NONE = new Verdicts(List.of(), List.of(), List.of());
    }

    /**
     * A scheduling request is not waited for any longer.
     *
     * @param ask with the number of containers that are missing
     */
    public record Rejected(SchedulingAsk ask, RejectionReason reason) {}

    /** Why a scheduling request is given back. */
    public enum RejectionReason {
        /** No node meets the constraint and has the room. */
        NO_NODE,
        /** There is a node, and something else stands against the placement. */
        NOT_ON_THAT_NODE
    }

    /** A container has changed; this is how it is now. */
    public record Updated(UpdateWish.Kind kind, Grant container) {}

    /**
     * A container is not changed.
     *
     * @param reason one of YARN's where it has one
     * @param currentVersion of the container, or -1 where it is not known
     */
    public record Refused(UpdateWish update, String reason, int currentVersion) {}

    /**
     * What else there is to know for planning.
     *
     * @param headroom what it may still be granted now
     * @param clusterNodes the number of nodes in use
     * @param priority of its application
     * @param crowd what goes on in the whole cluster
     * @param losses what it may lose and has not been told before
     */
    public record Prospects(Resource headroom, int clusterNodes, int priority, Crowd crowd, Losses losses) {}

    /**
     * How busy the cluster is: YARN's {@code EnhancedHeadroom}.
     *
     * @param wantedContainers that are asked for and not granted yet, by all together
     * @param vcores of the nodes in use
     */
    public record Crowd(long wantedContainers, int vcores) {}

    /**
     * Containers that are owed to others. They are ended after a while, unless as much as they have is given back.
     *
     * @param unit what giving back is counted in
     * @param units that have to be given back
     */
    public record Losses(List<ContainerId> containers, Resource unit, int units) {
        public static final Losses NONE = new Losses(List.of(), Resource.NONE, 0);
    }

    public Resource headroom() {
        return prospects.headroom();
    }

    public int clusterNodes() {
        return prospects.clusterNodes();
    }
}
