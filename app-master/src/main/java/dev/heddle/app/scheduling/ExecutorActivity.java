package dev.heddle.app.scheduling;

/**
 * What an executor does at a moment.
 *
 * @param idleSinceMs since when it has no task; meaningless while it has some
 */
public record ExecutorActivity(String executorId, int runningTasks, long idleSinceMs) {
    public boolean isIdle() {
        return runningTasks == 0;
    }
}
