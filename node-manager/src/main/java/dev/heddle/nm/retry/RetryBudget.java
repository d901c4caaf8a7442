package dev.heddle.nm.retry;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How often a container may still be started again. Where failures count for a time only, as many are remembered as there
 * are retries, and no more. Not for several threads.
 */
public final class RetryBudget {
    private final RetryPolicy policy;
    private final Deque<Instant> counted = new ArrayDeque<>();
    private long spent;

    public RetryBudget(RetryPolicy policy) {
        this.policy = policy;
    }

    public RetryPolicy policy() {
        return policy;
    }

    /** Whether a process that has failed now is to be tried again; if so, that counts. */
    public boolean spend(int exitStatus, Instant now) {
        if (!policy.covers(exitStatus)) {
            return false;
        }
        if (policy.maxRetries() == RetryPolicy.UNLIMITED) {
            return true;
        }
        if (policy.validityMs() <= 0) {
            return ++spent <= policy.maxRetries();
        }
        while (!counted.isEmpty()
                && counted.peekFirst().plusMillis(policy.validityMs()).isBefore(now)) {
            counted.removeFirst();
        }
        if (counted.size() >= policy.maxRetries()) {
            return false;
        }
        counted.addLast(now);
        return true;
    }
}
