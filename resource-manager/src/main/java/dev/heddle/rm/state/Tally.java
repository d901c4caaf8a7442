package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Measure;

/** A sum of resources that changes in place: there is one for each queue and user, and each grant changes several. */
public final class Tally {
    private Resource sum = Resource.NONE;

    void add(Resource resource) {
        sum = sum.plus(resource);
    }

    void subtract(Resource resource) {
        sum = sum.minus(resource);
    }

    public Resource sum() {
        return sum;
    }

    public boolean isEmpty() {
        return sum.equals(Resource.NONE);
    }

    /** Whether it would stay within a limit with something more. */
    public boolean hasRoomFor(Resource more, Resource limit, Measure measure) {
        return measure.fits(sum.plus(more), limit);
    }
}
