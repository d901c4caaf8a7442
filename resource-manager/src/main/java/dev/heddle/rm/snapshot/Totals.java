package dev.heddle.rm.snapshot;

import dev.heddle.common.resources.Resource;

/**
 * Sums over the cluster. Immutable.
 *
 * @param busyCores as many of the capacity's as are really at work, by what nodes measure
 */
public record Totals(int runningNodes, Resource capacity, Resource used, Resource largestFree, float busyCores) {
    static final Totals NONE = new Totals(0, Resource.NONE, Resource.NONE, Resource.NONE, 0);
}
