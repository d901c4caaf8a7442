package dev.heddle.rm.model;

import dev.heddle.common.resources.Resource;

/**
 * A row of asks: so many containers of a size at a place. The count is absolute: it replaces what the same key asked for at
 * the same place before.
 *
 * @param place a host, a rack (begins with a slash), or {@link #ANYWHERE}
 * @param count of containers wanted, not negative
 * @param relaxLocality whether places wider than this one will do; meant for the wider row, as in YARN: false on the row
 *     {@code *} confines the key to the hosts and racks it names
 * @param label of the nodes that it is for; empty for those without a label, and such whose label is not exclusive
 */
public record Ask(AskKey key, String place, Resource capability, int count, boolean relaxLocality, String label) {
    /** The place that any node satisfies. */
    public static final String ANYWHERE = "*";

    /** The rack of nodes whose place is not known. */
    public static final String DEFAULT_RACK = "/default-rack";

    /** For nodes without a label. */
    public Ask(AskKey key, String place, Resource capability, int count, boolean relaxLocality) {
        this(key, place, capability, count, relaxLocality, "");
    }

    public Ask withCount(int now) {
        return new Ask(key, place, capability, now, relaxLocality, label);
    }

    /** Whether the same is wanted, however many of it. */
    public boolean wantsTheSame(Ask other) {
        return capability.equals(other.capability) && label.equals(other.label);
    }
}
