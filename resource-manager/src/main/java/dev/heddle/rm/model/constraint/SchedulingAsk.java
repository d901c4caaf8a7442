package dev.heddle.rm.model.constraint;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AskKey;

/**
 * A scheduling request: so many containers of a size, placed under a constraint.
 *
 * @param count of containers wanted
 * @param tries how many calls of its master it may stay unmet before it is given back, as with YARN's
 *     {@code placement-processor}, where the count adds to what the key still wants; or {@link #PATIENT}, as with YARN's
 *     {@code scheduler}, where the count replaces it
 * @param label of the nodes that it is for, as with {@link dev.heddle.rm.model.Ask#label}
 */
public record SchedulingAsk(AskKey key, Resource size, int count, Requirement requirement, int tries, String label) {
    /** It waits for as long as its application does. */
    public static final int PATIENT = 0;

    /** For nodes without a label, as long as nobody has looked whether its constraint names one. */
    public SchedulingAsk(AskKey key, Resource size, int count, Requirement requirement, int tries) {
        this(key, size, count, requirement, tries, "");
    }

    public SchedulingAsk withCount(int other) {
        return new SchedulingAsk(key, size, other, requirement, tries, label);
    }

    public SchedulingAsk withSize(Resource other) {
        return new SchedulingAsk(key, other, count, requirement, tries, label);
    }

    public SchedulingAsk withLabel(String other) {
        return new SchedulingAsk(key, size, count, requirement, tries, other);
    }
}
