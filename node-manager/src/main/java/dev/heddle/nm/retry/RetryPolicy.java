package dev.heddle.nm.retry;

import java.util.Set;

/**
 * What an application asks for when a process of its fails. Immutable.
 *
 * @param failures which failures are tried again
 * @param statuses the exit statuses, where only some failures are
 * @param maxRetries how often; {@link #UNLIMITED} has no end
 * @param intervalMs to wait before each
 * @param validityMs how long a failure counts; 0 or less stands for ever
 */
public record RetryPolicy(Failures failures, Set<Integer> statuses, int maxRetries, long intervalMs, long validityMs) {
    public static final int UNLIMITED = -1;

    public static final RetryPolicy NEVER = new RetryPolicy(Failures.NONE, Set.of(), 0, 0, 0);

    /** Which failures are tried again. A process that was told to end has not failed. */
    public enum Failures {
        NONE,
        ALL,
        SOME
    }

    public RetryPolicy {
        statuses = Set.copyOf(statuses);
    }

    boolean covers(int exitStatus) {
        return switch (failures) {
            case NONE -> false;
            case ALL -> true;
            case SOME -> statuses.contains(exitStatus);
        };
    }
}
