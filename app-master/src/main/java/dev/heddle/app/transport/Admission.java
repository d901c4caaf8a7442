package dev.heddle.app.transport;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Who may still come in: the names of executors that have not connected yet, and how many connections there are at the
 * moment that have not said who they are. Thread-safe.
 */
record Admission(Set<String> expected, AtomicInteger strangers) {
    private static final int MAX_STRANGERS = 256;

    /** Counts a new connection; false where there are too many unknown ones. Each is to {@link #left} once. */
    boolean enter() {
        return strangers.incrementAndGet() <= MAX_STRANGERS;
    }

    void left() {
        strangers.decrementAndGet();
    }

    /** True once for each expected executor. */
    boolean admit(String executorId) {
        return expected.remove(executorId);
    }
}
