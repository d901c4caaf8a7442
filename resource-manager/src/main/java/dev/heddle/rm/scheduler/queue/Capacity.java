package dev.heddle.rm.scheduler.queue;

import dev.heddle.common.resources.Resource;

/** How much of a partition a queue is promised or allowed, in one of the three ways of YARN's capacity scheduler. */
public sealed interface Capacity {
    /** All that the parent has. */
    Capacity ALL = new Percent(100);

    /** Nothing. */
    Capacity NOTHING = new Percent(0);

    /**
     * A part of what the parent has.
     *
     * @param value from 0 to 100
     */
    record Percent(double value) implements Capacity {}

    /**
     * A part of what the parent has, in proportion to the weights of its siblings; written {@code 3w}.
     *
     * @param value not negative
     */
    record Weight(double value) implements Capacity {}

    /** An amount; written {@code [memory=10240,vcores=12]}. What siblings are promised in all is scaled to what there is. */
    record Absolute(Resource value) implements Capacity {}
}
