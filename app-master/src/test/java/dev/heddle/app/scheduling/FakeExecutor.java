package dev.heddle.app.scheduling;

import dev.heddle.app.task.Payload;
import java.util.ArrayList;
import java.util.List;

/** An executor that remembers what it was told. */
final class FakeExecutor implements ExecutorLink {
    final List<Long> running = new ArrayList<>();
    final List<Long> cancelled = new ArrayList<>();
    private final String executorId;

    FakeExecutor(String executorId) {
        this.executorId = executorId;
    }

    @Override
    public String executorId() {
        return executorId;
    }

    @Override
    public String node() {
        return "node-" + executorId;
    }

    @Override
    public void run(long taskId, Payload task) {
        running.add(taskId);
    }

    @Override
    public void cancel(long taskId) {
        cancelled.add(taskId);
    }
}
