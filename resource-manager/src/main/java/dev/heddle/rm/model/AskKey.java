package dev.heddle.rm.model;

/**
 * What an application master tells its asks apart by, as YARN's {@code SchedulerRequestKey}.
 *
 * @param priority lower numbers are served first
 * @param allocationRequestId chosen by the application, or -1
 */
public record AskKey(int priority, long allocationRequestId) implements Comparable<AskKey> {
    @Override
    public int compareTo(AskKey other) {
        int byPriority = Integer.compare(priority, other.priority);
        return byPriority != 0 ? byPriority : Long.compare(allocationRequestId, other.allocationRequestId);
    }
}
