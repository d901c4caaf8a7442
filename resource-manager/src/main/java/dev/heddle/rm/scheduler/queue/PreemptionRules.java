package dev.heddle.rm.scheduler.queue;

/**
 * How queues get back what they are owed, as YARN's {@code ProportionalCapacityPreemptionPolicy}. What may be taken from which
 * queue is with the queue ({@link QueueSpec.Preemption}).
 *
 * @param enabled whether anything is taken at all
 * @param observeOnly whether what would be taken is only told
 * @param pace how often and how fast
 * @param ignoredOver how far over its guarantee a queue may be without being touched: 0.1 for a tenth of it
 * @param inside how it is in one leaf
 */
public record PreemptionRules(boolean enabled, boolean observeOnly, Pace pace, double ignoredOver, Inside inside) {
    /** Nothing is taken from anybody; otherwise YARN's defaults. */
    public static final PreemptionRules OFF =
            new PreemptionRules(false, false, Pace.DEFAULT, 0.1, new Inside(Order.USER_LIMIT_FIRST, 0.5, 0.2));

    /**
     * How often and how fast.
     *
     * @param intervalMs from one look to the next
     * @param graceMs from the word to a master to the end of its container
     * @param perRound how much of the cluster may be about to be taken, from 0 to 1
     * @param naturalTermination how much of what is owed is taken at a time, from 0 to 1
     */
    public record Pace(long intervalMs, long graceMs, double perRound, double naturalTermination) {
        static final Pace DEFAULT = new Pace(3_000, 15_000, 0.1, 0.2);
    }

    /**
     * In one leaf.
     *
     * @param threshold how much of its guarantee it must use, from 0 to 1
     * @param limit how much of its guarantee may be about to be taken, from 0 to 1
     */
    public record Inside(Order order, double threshold, double limit) {}

    /** What counts first in a leaf. */
    public enum Order {
        /** Nothing is taken from another user who is not over the limit. */
        USER_LIMIT_FIRST,
        /** Who has the higher priority gets it. */
        PRIORITY_FIRST
    }
}
