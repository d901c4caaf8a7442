package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.QueueShare;
import java.util.HashMap;
import java.util.Map;

/** What is on its way out: whoever has it has lost it already, and its room is about to be free. */
final class Departures {
    private final Map<QueueShare, Resource> ofShares = new HashMap<>();
    private final Map<Attempt, Resource> ofAttempts = new HashMap<>();
    private final Map<Node, Resource> ofNodes = new HashMap<>();

    Departures(ClusterState state) {
        for (Container container : state.preemptions().stopping()) {
            Node node = state.node(container.node());
            Attempt holder = state.holder(container);
            if (node == null || holder == null) {
                continue;
            }
            ofNodes.merge(node, container.resource(), Resource::plus);
            ofAttempts.merge(holder, container.resource(), Resource::plus);
            QueueShare share = state.share(holder.application().queue(), node.partition());
            while (share != null) {
                ofShares.merge(share, container.resource(), Resource::plus);
                share = share.parent();
            }
        }
    }

    /** What a queue has that stays. */
    Resource staying(QueueShare share) {
        return share.used().minusOrZero(ofShares.getOrDefault(share, Resource.NONE));
    }

    /** What an attempt has that stays, in all partitions. */
    Resource staying(Attempt attempt) {
        return attempt.used().minusOrZero(ofAttempts.getOrDefault(attempt, Resource.NONE));
    }

    /** What a node has that stays. */
    Resource staying(Node node) {
        return node.used().minusOrZero(ofNodes.getOrDefault(node, Resource.NONE));
    }

    /** The nodes that something is about to leave. */
    Iterable<Node> nodes() {
        return ofNodes.keySet();
    }
}
