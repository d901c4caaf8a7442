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
 * passes up: heartbeats of nodes that have room. The rules are those of YARN's {@code RegularContainerAllocator}. An ask that
 * names no place which could ever serve it does not wait.
 */
public final class Patience {
    private final QueuePlan.Locality locality;
    private final Partition partition;
    private final PendingAsks asks;
    private final AskKey key;
    private final boolean pointless;

    Patience(ClusterState state, Partition partition, PendingAsks asks, AskKey key) {
        this.locality = state.queuePlan().locality();
        this.partition = partition;
        this.asks = asks;
        this.key = key;
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
        return partition.opportunities() - asks.patientSince(key);
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

    boolean letsRack() {
        return missed() > untilRack();
    }

    boolean letsAnywhere() {
        return missed() > untilAnywhere();
    }

    /** Whether there is a place that will do later and does not now. */
    boolean lasts() {
        return !letsRack() || !letsAnywhere();
    }

    /** The next number of opportunities of the partition after which something changes, while patience lasts. */
    long nextChange() {
        long rack = letsRack() ? Long.MAX_VALUE : untilRack();
        long anywhere = letsAnywhere() ? Long.MAX_VALUE : untilAnywhere();
        return asks.patientSince(key) + Math.min(rack, anywhere);
    }
}
