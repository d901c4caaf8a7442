package dev.heddle.app.drivers;

import dev.heddle.app.driver.ClusterExecutors;
import dev.heddle.app.driver.Task;
import java.util.concurrent.ExecutionException;

/** Runs a task that throws, and throws what came back of it. */
public final class FailingDriver {
    private FailingDriver() {}

    public static void main(String[] args) throws Exception {
        Task<Long> task = () -> {
            throw new IllegalArgumentException("no such thing as " + args[0]);
        };
        try {
            long unused = ClusterExecutors.newExecutorService().submit(task).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the task said: " + e.getMessage(), e);
        }
    }
}
