package dev.heddle.rm.scheduler.queue;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;

/** What counts of a resource, as YARN's {@code ResourceCalculator}. */
public enum Measure {
    /**
     * Memory alone (YARN's default). Whoever asks for it gets one core, of which any number is there; further kinds are
     * granted as they are asked for and must be there on the node, but count in no limit and no share.
     */
    MEMORY {
        @Override
        public Resource counted(Resource asked) {
            return new Resource(asked.memoryMb(), asked.memoryMb() > 0 ? 1 : 0, asked.further());
        }

        @Override
        public boolean fits(Resource wanted, Resource room) {
            return wanted.memoryMb() <= room.memoryMb();
        }

        @Override
        public boolean fitsOn(Resource wanted, Resource free) {
            return wanted.memoryMb() <= free.memoryMb() && wanted.further().fitsIn(free.further());
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
        public boolean fitsOn(Resource wanted, Resource free) {
            return wanted.fitsIn(free);
        }

        @Override
        public double share(Resource part, Resource whole) {
            double share = Math.max(ratio(part.memoryMb(), whole.memoryMb()), ratio(part.vcores(), whole.vcores()));
            FurtherKinds further = part.further();
            for (int i = 0; i < further.size(); i++) {
                share = Math.max(share, ratio(further.amount(i), whole.further().amount(further.kind(i))));
            }
            return share;
        }
    };

    /** What of an ask is granted and accounted for. */
    public abstract Resource counted(Resource asked);

    /** Whether something is within a limit, as far as it counts. */
    public abstract boolean fits(Resource wanted, Resource room);

    /** Whether a node has the room for something. */
    public abstract boolean fitsOn(Resource wanted, Resource free);

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
