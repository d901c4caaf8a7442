package dev.heddle.rm.lead;

import dev.heddle.ha.LeadershipListener;

/**
 * Terms that operators begin and end by hand, where {@code yarn.resourcemanager.ha.automatic-failover.enabled} is off. Nobody
 * keeps them from having two leaders: as with YARN, {@code yarn rmadmin} asks the others before. Safe for use by any thread.
 */
public final class ManualFailover {
    /** Of terms that nobody elects. */
    private static final long EPOCH = 0;

    private final Leadership leadership;
    private final LeadershipListener terms;

    public ManualFailover(Leadership leadership, LeadershipListener terms) {
        this.leadership = leadership;
        this.terms = terms;
    }

    /** Leads from now on, if this RM does not already. */
    public synchronized void lead() {
        if (leadership.current() == null) {
            terms.lead(EPOCH);
        }
    }

    /** Leads no longer, if this RM does. */
    public synchronized void standBy() {
        if (leadership.current() != null) {
            terms.standBy();
        }
    }
}
