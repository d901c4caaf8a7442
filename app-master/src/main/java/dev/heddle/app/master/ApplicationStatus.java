package dev.heddle.app.master;

import dev.heddle.app.scheduling.TaskCounts;

/**
 * How far the application is, at a moment. Immutable.
 *
 * @param state {@code RUNNING}, then {@code SUCCEEDED} or {@code FAILED}
 * @param executorsTarget how many are wanted
 * @param executorsRunning how many take tasks
 * @param executorsTotal how many containers there have been
 */
record ApplicationStatus(
        String state, int executorsTarget, int executorsRunning, int executorsTotal, TaskCounts tasks) {}
