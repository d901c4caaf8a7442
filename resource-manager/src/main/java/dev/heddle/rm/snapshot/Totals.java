package dev.heddle.rm.snapshot;

import dev.heddle.common.resources.Resource;

/** Sums over the cluster. Immutable. */
public record Totals(int runningNodes, Resource capacity, Resource used, Resource largestFree) {
    static final Totals NONE = new Totals(0, Resource.NONE, Resource.NONE, Resource.NONE);
}
