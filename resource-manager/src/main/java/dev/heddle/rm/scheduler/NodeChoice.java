package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.scheduler.constraint.ConstrainedPlacement;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.PendingAsks;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** On which node of a partition an ask is met: a function of the state alone. */
final class NodeChoice {
    private NodeChoice() {}

    /**
     * The node for the next container of a key: on a host that it names, else in a rack that it names, where that row's
     * locality may be relaxed to, else the node that is next in turn, where that of the row {@code *} may. Nodes on the
     * attempt's blacklist are passed over. For a scheduling request, the node that its constraint allows.
     *
     * @param wanted what counts of the container's size
     * @param nowMs in ms since 1970
     * @return null where no node of the partition will do now
     */
    static @Nullable Node choose(
            ClusterState state,
            Partition partition,
            Attempt attempt,
            AskKey key,
            Ask anywhere,
            Resource wanted,
            long nowMs) {
        PendingAsks asks = attempt.asks();
        Predicate<Node> allowed = allowed(attempt.avoided());
        boolean pack = attempt.application().queue().spec().ordering().nodes() == QueueSpec.Ordering.Nodes.PACK;
        PendingAsks.Constrained constrained = asks.constrained(key);
        if (constrained != null) {
            return new ConstrainedPlacement(state, attempt.application(), partition, pack)
                    .nodeFor(constrained.requirement(), wanted, allowed);
        }
        if (asks.rows(key).size() > 1) {
            Node node = onHost(state, partition, asks, key, wanted, allowed);
            if (node != null) {
                return node;
            }
            Patience patience = new Patience(state, state.partition(anywhere.label()), asks, key, nowMs);
            node = patience.letsRack() ? inRack(partition, asks, key, wanted, pack, allowed) : null;
            if (node != null) {
                return node;
            }
            state.partition(anywhere.label()).delayUntil(patience.nextOpportunity());
            state.partition(anywhere.label()).delayUntilMs(patience.nextMs());
            if (!patience.letsAnywhere()) {
                return null;
            }
        }
        return anywhere.relaxLocality() ? partition.nodeWithRoom(wanted, pack, allowed) : null;
    }

    /** Hosts and racks may be on a blacklist, as in YARN. */
    private static Predicate<Node> allowed(Set<String> blacklist) {
        return blacklist.isEmpty()
                ? node -> true
                : node -> !blacklist.contains(node.id().host()) && !blacklist.contains(node.rack());
    }

    /** A node with the room on a host that the key names. */
    private static @Nullable Node onHost(
            ClusterState state,
            Partition partition,
            PendingAsks asks,
            AskKey key,
            Resource wanted,
            Predicate<Node> allowed) {
        for (Ask row : asks.rows(key)) {
            for (Node node : state.nodesOn(row.place())) {
                if (node.partition() == partition
                        && partition.measure().fitsOn(wanted, node.room())
                        && allowed.test(node)) {
                    return node;
                }
            }
        }
        return null;
    }

    /** A node with the room in a rack that the key names and that need not be one of the key's hosts. */
    private static @Nullable Node inRack(
            Partition partition, PendingAsks asks, AskKey key, Resource wanted, boolean pack, Predicate<Node> allowed) {
        for (Ask row : asks.rows(key)) {
            Node node = row.relaxLocality() ? partition.nodeWithRoom(row.place(), wanted, pack, allowed) : null;
            if (node != null) {
                return node;
            }
        }
        return null;
    }
}
