package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.PendingAsks;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Where an attempt's next container goes. Functions of the state alone: state in, plan out. */
public final class Scheduler {
    private Scheduler() {}

    /**
     * Plans one container for the first of an attempt's asks that fits anywhere. For each: on a host that it names, else in
     * a rack that it names, where that row's locality may be relaxed to, else on the node that is next in turn, where that
     * of the row {@code *} may. Nodes that the attempt avoids are passed over.
     *
     * @return null where nothing that the attempt wants fits now
     */
    public static @Nullable Placement next(ClusterState state, Attempt attempt) {
        PendingAsks asks = attempt.asks();
        Predicate<Node> allowed = allowed(attempt.avoided());
        for (AskKey key : asks.keys()) {
            Ask anywhere = asks.anywhere(key);
            if (anywhere == null) {
                continue;
            }
            Node node = onHost(state, asks, key, anywhere.capability(), allowed);
            if (node == null) {
                node = inRack(state, asks, key, anywhere.capability(), allowed);
            }
            if (node == null && anywhere.relaxLocality()) {
                node = state.nodeWithRoom(anywhere.capability(), allowed);
            }
            if (node != null) {
                return new Placement(node.id(), key, anywhere.capability());
            }
        }
        return null;
    }

    /** Hosts and racks may be on a blacklist, as in YARN. */
    private static Predicate<Node> allowed(Set<String> blacklist) {
        return blacklist.isEmpty()
                ? node -> true
                : node -> !blacklist.contains(node.id().host()) && !blacklist.contains(node.rack());
    }

    /** A node with the room on a host that the key names. */
    private static @Nullable Node onHost(
            ClusterState state, PendingAsks asks, AskKey key, Resource wanted, Predicate<Node> allowed) {
        for (Ask row : asks.rows(key)) {
            for (Node node : state.nodesOn(row.place())) {
                if (wanted.fitsIn(node.free()) && allowed.test(node)) {
                    return node;
                }
            }
        }
        return null;
    }

    /** A node with the room in a rack that the key names and that need not be one of the key's hosts. */
    private static @Nullable Node inRack(
            ClusterState state, PendingAsks asks, AskKey key, Resource wanted, Predicate<Node> allowed) {
        for (Ask row : asks.rows(key)) {
            Node node = row.relaxLocality() ? state.nodeWithRoom(row.place(), wanted, allowed) : null;
            if (node != null) {
                return node;
            }
        }
        return null;
    }
}
