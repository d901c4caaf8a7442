package dev.heddle.rm.snapshot;

import dev.heddle.rm.model.ApplicationState;
import org.jspecify.annotations.Nullable;

/**
 * How many applications there are, and how many have ended since this RM began to lead, also those that are forgotten.
 * Immutable.
 *
 * @param pending that wait for their master to run
 */
public record ApplicationCounts(long submitted, long pending, long running, long finished, long failed, long killed) {
    public static final ApplicationCounts NONE = new ApplicationCounts(0, 0, 0, 0, 0, 0);

    /**
     * After an application has changed.
     *
     * @param before its state, or null where it is new
     */
    ApplicationCounts after(@Nullable ApplicationState before, ApplicationState now) {
        if (before == now) {
            return this;
        }
        ApplicationCounts without = before == null ? plus(ApplicationState.ACCEPTED, 0, 1) : plus(before, -1, 0);
        return without.plus(now, 1, 0);
    }

    private ApplicationCounts plus(ApplicationState state, int change, int newlySubmitted) {
        return switch (state) {
            case ACCEPTED ->
                new ApplicationCounts(submitted + newlySubmitted, pending + change, running, finished, failed, killed);
            case RUNNING -> new ApplicationCounts(submitted, pending, running + change, finished, failed, killed);
            case FINISHED -> new ApplicationCounts(submitted, pending, running, finished + change, failed, killed);
            case FAILED -> new ApplicationCounts(submitted, pending, running, finished, failed + change, killed);
            case KILLED -> new ApplicationCounts(submitted, pending, running, finished, failed, killed + change);
        };
    }
}
