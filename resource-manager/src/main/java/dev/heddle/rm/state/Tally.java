package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;

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
}
