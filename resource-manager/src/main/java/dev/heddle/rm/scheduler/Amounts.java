package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;

/** Parts and multiples of resources, kind by kind, rounded as YARN's {@code Resources} rounds them. */
public final class Amounts {
    private static final double HAIR = 1e-6;

    private Amounts() {}

    /** A multiple, rounded down. */
    public static Resource times(Resource amount, double factor) {
        return amount.map((kind, whole) -> (long) (whole * factor + HAIR));
    }

    /** A multiple, rounded up. */
    public static Resource timesUp(Resource amount, double factor) {
        return amount.map((kind, whole) -> (long) Math.ceil(whole * factor - HAIR));
    }

    /** A part, rounded up. */
    static Resource divideUp(Resource amount, double divisor) {
        return timesUp(amount, 1 / divisor);
    }

    /** The next multiple of a step. */
    static Resource roundUp(Resource amount, Resource step) {
        return amount.map((kind, whole) -> roundUp(whole, step.amount(kind)));
    }

    private static long roundUp(long amount, long step) {
        return step <= 0 ? amount : (amount + step - 1) / step * step;
    }

    /** The last multiple of a step. */
    static Resource roundDown(Resource amount, Resource step) {
        return amount.map((kind, whole) -> roundDown(whole, step.amount(kind)));
    }

    private static long roundDown(long amount, long step) {
        return step <= 0 ? amount : amount / step * step;
    }
}
