package dev.heddle.rm.model;

/**
 * How an application's master is tried again.
 *
 * @param maxAttempts how many attempts may fail, at least 1
 * @param validityIntervalMs failures longer ago than this do not count; all count where it is not positive
 * @param keepContainers whether the containers of an attempt that failed go on for the next one
 */
public record Retries(int maxAttempts, long validityIntervalMs, boolean keepContainers) {
    /** So many attempts, whenever they fail. */
    public static Retries upTo(int maxAttempts) {
        return new Retries(maxAttempts, -1, false);
    }
}
