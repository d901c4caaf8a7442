package dev.heddle.testbed;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a condition of another process, which can only be asked again and again. */
public final class Await {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

    private Await() {}

    /**
     * Returns as soon as the condition holds.
     *
     * @param what names the condition in the error
     * @throws AssertionError if it does not hold within the limit, or throws
     */
    public static void until(Supplier<String> what, Duration limit, Callable<Boolean> condition) {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (true) {
            try {
                if (condition.call()) {
                    return;
                }
            } catch (Exception e) {
                throw new AssertionError("while waiting for " + what.get(), e);
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new AssertionError("not within " + limit + ": " + what.get());
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
    }

    /** As {@link #until(Supplier, Duration, Callable)} with a fixed text. */
    public static void until(String what, Duration limit, Callable<Boolean> condition) {
        until(() -> what, limit, condition);
    }
}
