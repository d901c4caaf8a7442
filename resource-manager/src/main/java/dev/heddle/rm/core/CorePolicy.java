package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;

/**
 * The numbers that the core decides by.
 *
 * @param minimumAllocation the smallest container; larger asks are rounded up to a multiple of it, kind by kind
 * @param maximumAllocation the largest container
 * @param maxAttempts how many attempts an application may have at most, whatever it says
 * @param placementsPerPass how many containers one command may place before others get their turn
 * @param maxPriority higher priorities of applications are cut to it
 * @param avoidedShare masters keep away from hosts where former ones of theirs failed while those are less than this share
 *     of the nodes; 0 for never
 */
public record CorePolicy(
        Resource minimumAllocation,
        Resource maximumAllocation,
        int maxAttempts,
        int placementsPerPass,
        Expiry expiry,
        History history,
        int maxPriority,
        double avoidedShare) {
    /** Masters go everywhere. */
    public CorePolicy(
            Resource minimumAllocation,
            Resource maximumAllocation,
            int maxAttempts,
            int placementsPerPass,
            Expiry expiry,
            History history,
            int maxPriority) {
        this(minimumAllocation, maximumAllocation, maxAttempts, placementsPerPass, expiry, history, maxPriority, 0);
    }

    /**
     * How long silence is borne.
     *
     * @param nodeMs of a node
     * @param masterMs of a master
     * @param grantMs from a grant to the start of its container
     * @param untrackedNodeMs how long a node that is gone and in no list any more is remembered
     */
    public record Expiry(long nodeMs, long masterMs, long grantMs, long untrackedNodeMs) {}

    /**
     * How much of the past is remembered.
     *
     * @param completedApplications applications that have ended
     * @param attempts of each application
     * @param goneNodes nodes that are not used any more
     */
    public record History(int completedApplications, int attempts, int goneNodes) {}

    /**
     * Rounds an ask up as YARN does: of each kind at least the minimum, and a multiple of it.
     *
     * @return the size that is granted; it may be over the maximum
     */
    Resource normalize(Resource asked) {
        return asked.max(minimumAllocation).map((kind, amount) -> roundUp(amount, minimumAllocation.amount(kind)));
    }

    private static long roundUp(long amount, long step) {
        return step <= 1 ? amount : (amount + step - 1) / step * step;
    }
}
