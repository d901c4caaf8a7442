package dev.heddle.app.allocation;

import org.jspecify.annotations.Nullable;

/**
 * What the policy remembers from one decision to the next.
 *
 * @param target how many executors are wanted
 * @param addStep how many more the next ask is for
 * @param addTimeMs when the next ask is due; null while no task waits
 * @param initializing whether nothing has been submitted yet and the initial number is kept
 */
public record AllocationState(int target, int addStep, @Nullable Long addTimeMs, boolean initializing) {}
