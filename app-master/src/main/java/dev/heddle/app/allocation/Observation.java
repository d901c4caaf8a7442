package dev.heddle.app.allocation;

import dev.heddle.app.scheduling.ExecutorActivity;
import java.util.List;

/**
 * What the policy looks at.
 *
 * @param submittedTasks whether the driver has submitted any task since it began
 * @param executors those that run and are not being given back
 */
public record Observation(
        int pendingTasks, int runningTasks, boolean submittedTasks, List<ExecutorActivity> executors) {
    public Observation {
        executors = List.copyOf(executors);
    }
}
