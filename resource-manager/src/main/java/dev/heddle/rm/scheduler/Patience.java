package dev.heddle.rm.scheduler;

import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.PendingAsks;

/**
 * How long an ask waits for the hosts and racks that it names (Zaharia et al., EuroSys 2010), counted in opportunities that it
 * passes up: heartbeats of nodes that have room. The rules are those of YARN's {@code RegularContainerAllocator}; besides, the
 * clock bounds the wait where such heartbeats are rare. An ask that names no place which could ever serve it does not wait.
 */
public final class Patience {
    /** First for a host, then for a rack. */
    private static final int STEPS = 2;

    private final QueuePlan.Locality locality;
    private final Partition partition;
    private final PendingAsks asks;
    private final AskKey key;
    private final boolean pointless;
    private final long waitedMs;

    Patience(ClusterState state, Partition partition, PendingAsks asks, AskKey key, long nowMs) {
        this.locality = state.queuePlan().locality();
        this.partition = partition;
        this.asks = asks;
        this.key = key;
        this.waitedMs = nowMs - asks.patientSince(key).atMs();
        this.pointless = locality.nodeDelay() < 0 || !namesAKnownPlace(state);
    }

    private boolean namesAKnownPlace(ClusterState state) {
        for (Ask row : asks.rows(key)) {
            if (partition.hasRack(row.place())) {
                return true;
            }
            for (Node node : state.nodesOn(row.place())) {
                if (node.partition() == partition) {
                    return true;
                }
            }
        }
        return false;
    }

    /** How many opportunities have been passed up. */
    public long missed() {
        return partition.opportunities() - asks.patientSince(key).opportunities();
    }

    /** After how many a rack will do. */
    public long untilRack() {
        return pointless ? -1 : Math.min(partition.nodes(), locality.nodeDelay());
    }

    /** After how many any node will do. */
    public long untilAnywhere() {
        if (pointless) {
            return -1;
        }
        if (locality.rackAdditionalDelay() >= 0) {
            return Math.min(partition.nodes(), (long) locality.nodeDelay() + locality.rackAdditionalDelay());
        }
        Ask anywhere = asks.anywhere(key);
        double count = anywhere == null ? 0 : anywhere.count();
        double places = asks.rows(key).size() - 1;
        return (long) Math.min(partition.nodes(), count * Math.min(places / partition.nodes(), 1));
    }

    /** For how long at most it waits until any node will do, in ms from now; 0 where the clock does not bound it. */
    public long leftMs() {
        return locality.waitMs() < 0 ? 0 : Math.max(0, STEPS * locality.waitMs() - waitedMs);
    }

    boolean letsRack() {
        return missed() > untilRack() || isOverBy(locality.waitMs());
    }

    boolean letsAnywhere() {
        return missed() > untilAnywhere() || isOverBy(STEPS * locality.waitMs());
    }

    private boolean isOverBy(long limitMs) {
        return locality.waitMs() >= 0 && waitedMs >= limitMs;
    }

    /** The number of opportunities of the partition after which another place will do, or {@link Long#MAX_VALUE}. */
    long nextOpportunity() {
        long next =
                Math.min(letsRack() ? Long.MAX_VALUE : untilRack(), letsAnywhere() ? Long.MAX_VALUE : untilAnywhere());
        return next == Long.MAX_VALUE ? next : asks.patientSince(key).opportunities() + next;
    }

    /** The same by the clock, in ms since 1970. */
    long nextMs() {
        if (locality.waitMs() < 0 || (letsRack() && letsAnywhere())) {
            return Long.MAX_VALUE;
        }
        return asks.patientSince(key).atMs() + (letsRack() ? STEPS : 1) * locality.waitMs();
    }
}
