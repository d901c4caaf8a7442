package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.PendingAsks;
import org.jspecify.annotations.Nullable;

/** Where an attempt's next container goes. Functions of the state alone: state in, plan out. */
public final class Scheduler {
    private Scheduler() {}

    /**
     * Plans one container for the first of an attempt's asks that fits anywhere: on a host that it names, else, where the
     * ask's locality may be relaxed, on the node that is next in turn among those with the room.
     *
     * @return null where nothing that the attempt wants fits now
     */
    public static @Nullable Placement next(ClusterState state, Attempt attempt) {
        PendingAsks asks = attempt.asks();
        for (AskKey key : asks.keys()) {
            Ask anywhere = asks.anywhere(key);
            if (anywhere == null) {
                continue;
            }
            Node node = preferred(state, asks, key, anywhere.capability());
            if (node == null && mayBeElsewhere(asks, key, anywhere)) {
                node = state.nodeWithRoom(anywhere.capability());
            }
            if (node != null) {
                return new Placement(node.id(), key, anywhere.capability());
            }
        }
        return null;
    }

    /** A node with the room on a host that the key names. */
    private static @Nullable Node preferred(ClusterState state, PendingAsks asks, AskKey key, Resource wanted) {
        for (Ask row : asks.rows(key)) {
            if (row.place().equals(Ask.ANYWHERE)) {
                continue;
            }
            for (Node node : state.nodesOn(row.place())) {
                if (wanted.fitsIn(node.free())) {
                    return node;
                }
            }
        }
        return null;
    }

    /** Every node is in the one rack, so a row for that rack that may be relaxed to is as good as "anywhere". */
    private static boolean mayBeElsewhere(PendingAsks asks, AskKey key, Ask anywhere) {
        if (anywhere.relaxLocality()) {
            return true;
        }
        for (Ask row : asks.rows(key)) {
            if (row.place().equals(Ask.DEFAULT_RACK) && row.relaxLocality()) {
                return true;
            }
        }
        return false;
    }
}
