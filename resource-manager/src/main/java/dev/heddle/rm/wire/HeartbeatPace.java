package dev.heddle.rm.wire;

import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.Utilization;
import dev.heddle.rm.snapshot.ClusterSnapshots;
import dev.heddle.rm.snapshot.NodeSnapshot;
import dev.heddle.rm.snapshot.Totals;
import org.jspecify.annotations.Nullable;

/**
 * How long nodes wait between heartbeats: always the same, or the longer the busier a node is compared with the cluster, as
 * YARN's {@code nodemanagers.heartbeat-interval-scaling-enable} has it. Immutable.
 *
 * @param intervalMs of a node that is as busy as the cluster
 * @param scaling null where all nodes wait for as long
 */
public record HeartbeatPace(long intervalMs, @Nullable Scaling scaling) {
    /**
     * How far the interval goes up and down.
     *
     * @param speedup by which share it is shorter for a node that has nothing to do in a cluster that is fully busy
     * @param slowdown by which share it is longer the other way round
     */
    public record Scaling(long minMs, long maxMs, float speedup, float slowdown) {}

    /** What this node is to wait, in ms. */
    long intervalMs(ClusterSnapshots snapshots, NodeId node) {
        return scaling == null ? intervalMs : intervalMs(snapshots.node(node), snapshots.totals());
    }

    /** What a node is to wait, in ms. */
    long intervalMs(@Nullable NodeSnapshot node, Totals totals) {
        if (scaling == null || node == null || node.status().machine().equals(Utilization.NONE)) {
            return intervalMs;
        }
        float busy =
                share(node.status().machine().cpu(), node.offer().physical().vcores());
        float others = share(totals.busyCores(), totals.capacity().vcores());
        float factor =
                busy > others ? 1 + (busy - others) * scaling.slowdown() : 1 - (others - busy) * scaling.speedup();
        return Math.min(scaling.maxMs(), Math.max(scaling.minMs(), (long) (intervalMs * factor)));
    }

    private static float share(float cores, long of) {
        return Math.min(1, Math.max(0, cores / Math.max(1, of)));
    }
}
