package dev.heddle.nm.retry;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * How often a container may still be started again. Where failures count for a time only, as many are remembered as there
 * are retries, and no more. Not for several threads.
 */
public final class RetryBudget {
    private final RetryPolicy policy;
    private final Deque<Instant> failures;
    private long count;

    /**
     * What has been spent. Immutable.
     *
     * @param count where failures count for ever
     * @param failures where they do not, the oldest first
     */
    public record Spent(long count, List<Instant> failures) {
        public static final Spent NOTHING = new Spent(0, List.of());

        public Spent {
            failures = List.copyOf(failures);
        }
    }

    public RetryBudget(RetryPolicy policy, Spent spent) {
        this.policy = policy;
        this.count = spent.count();
        this.failures = new ArrayDeque<>(spent.failures());
    }

    public RetryPolicy policy() {
        return policy;
    }

    public Spent spent() {
        return new Spent(count, List.copyOf(failures));
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
            return ++count <= policy.maxRetries();
        }
        while (!failures.isEmpty()
                && failures.peekFirst().plusMillis(policy.validityMs()).isBefore(now)) {
            failures.removeFirst();
        }
        if (failures.size() >= policy.maxRetries()) {
            return false;
        }
        failures.addLast(now);
        return true;
    }
}
