package dev.heddle.rm.scheduler.queue;

import dev.heddle.common.resources.Resource;

/** What counts of a resource, as YARN's {@code ResourceCalculator}. */
public enum Measure {
    /** Memory alone. Whoever asks for it gets one core, and nothing but memory is counted (YARN's default). */
    MEMORY {
        @Override
        public Resource counted(Resource asked) {
            return new Resource(asked.memoryMb(), asked.memoryMb() > 0 ? 1 : 0);
        }

        @Override
        public boolean fits(Resource wanted, Resource room) {
            return wanted.memoryMb() <= room.memoryMb();
        }

        @Override
        public double share(Resource part, Resource whole) {
            return ratio(part.memoryMb(), whole.memoryMb());
        }
    },

    /**
     * Every kind. Whoever has something is measured by the kind of which it has the largest part (dominant resource
     * fairness: Ghodsi et al., NSDI 2011).
     */
    DOMINANT {
        @Override
        public Resource counted(Resource asked) {
            return asked;
        }

        @Override
        public boolean fits(Resource wanted, Resource room) {
            return wanted.fitsIn(room);
        }

        @Override
        public double share(Resource part, Resource whole) {
            return Math.max(ratio(part.memoryMb(), whole.memoryMb()), ratio(part.vcores(), whole.vcores()));
        }
    };

    /** What of an ask is granted and accounted for. */
    public abstract Resource counted(Resource asked);

    /** Whether there is room for something, as far as it counts. */
    public abstract boolean fits(Resource wanted, Resource room);

    /** How large a part of a whole something is; infinite where there is nothing of a kind that it takes. */
    public abstract double share(Resource part, Resource whole);

    private static double ratio(long part, long whole) {
        if (part == 0) {
            return 0;
        }
        return whole == 0 ? Double.POSITIVE_INFINITY : (double) part / whole;
    }

    /** Whether something is a larger part of a whole than something else is. */
    public boolean isMore(Resource one, Resource other, Resource whole) {
        return share(one, whole) > share(other, whole);
    }

    /** The one that is the larger part of a whole. */
    public Resource larger(Resource one, Resource other, Resource whole) {
        return share(other, whole) > share(one, whole) ? other : one;
    }

    /** The one that is the smaller part of a whole. */
    public Resource smaller(Resource one, Resource other, Resource whole) {
        return isMore(one, other, whole) ? other : one;
    }
}
