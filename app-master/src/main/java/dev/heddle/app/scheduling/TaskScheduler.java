package dev.heddle.app.scheduling;

import dev.heddle.app.task.TaskOutcome;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives tasks to executors: first come, first served, each to the next executor that has a free slot. Owned by one thread.
 *
 * <p>Always holds: a task is either pending or runs on exactly one executor; no executor has more tasks than slots; no task
 * is pending while an executor that takes tasks has a free slot; each task's outcome is told once. A task that was started
 * too often counts as running until the cause of its last executor's end is known.
 */
public final class TaskScheduler {
    private static final Logger log = LoggerFactory.getLogger(TaskScheduler.class);

    private final int maxAttempts;
    private final InstantSource clock;
    private final Map<Long, Task> tasks = new HashMap<>();
    /** May hold tasks that were cancelled meanwhile: those are no longer in {@link #tasks}. */
    private final Deque<Task> pending = new ArrayDeque<>();

    private final Map<String, Executor> executors = new LinkedHashMap<>();
    /** Executors that may have a free slot, the next to get a task first. */
    private final Deque<Executor> free = new ArrayDeque<>();

    /** Executors that were lost with tasks that are not tried again, until the cause is known. */
    private final Map<String, Loss> unexplained = new HashMap<>();

    private int pendingCount;
    private int runningCount;
    private long completedCount;
    private long failedCount;

    private static final class Task {
        final SubmittedTask submitted;
        int attempts;

        @Nullable
        Executor executor;

        Task(SubmittedTask submitted) {
            this.submitted = submitted;
        }
    }

    private record Loss(String node, List<Task> exhausted) {}

    private static final class Executor {
        final ExecutorLink link;
        final int slots;
        final Map<Long, Task> running = new LinkedHashMap<>();
        long idleSinceMs;
        boolean gone;
        boolean queued;

        Executor(ExecutorLink link, int slots, long idleSinceMs) {
            this.link = link;
            this.slots = slots;
            this.idleSinceMs = idleSinceMs;
        }

        boolean takesTasks() {
            return !gone && running.size() < slots;
        }
    }

    /** @param maxAttempts how often a task is started before the loss of its executor is its end */
    public TaskScheduler(int maxAttempts, InstantSource clock) {
        this.maxAttempts = maxAttempts;
        this.clock = clock;
    }

    public void submit(SubmittedTask submitted) {
        Task task = new Task(submitted);
        tasks.put(submitted.id(), task);
        pending.addLast(task);
        pendingCount++;
        assign();
    }

    /** Forgets a task that waits; asks the executor of one that runs to interrupt it, where {@code interrupt} says so. */
    public void cancel(long taskId, boolean interrupt) {
        Task task = tasks.get(taskId);
        if (task == null) {
            return;
        }
        Executor executor = task.executor;
        if (executor == null) {
            tasks.remove(taskId);
            if (isExhausted(task)) {
                runningCount--;
            } else {
                pendingCount--;
            }
            failedCount++;
            task.submitted.done().accept(new TaskOutcome.Cancelled());
        } else if (interrupt) {
            executor.link.cancel(taskId);
        }
    }

    public void executorJoined(ExecutorLink link, int slots) {
        Executor executor = new Executor(link, slots, clock.millis());
        executors.put(link.executorId(), executor);
        offer(executor);
        assign();
    }

    /**
     * The executor is gone. Its tasks go to the front of the queue at once, except those that were started too often: they
     * end with {@link #lossExplained}.
     */
    public void executorLost(String executorId) {
        Executor executor = executors.remove(executorId);
        if (executor == null) {
            return;
        }
        executor.gone = true;
        List<Task> lost = new ArrayList<>(executor.running.values());
        executor.running.clear();
        List<Task> exhausted = new ArrayList<>();
        for (int i = lost.size() - 1; i >= 0; i--) {
            Task task = lost.get(i);
            task.executor = null;
            if (task.attempts < maxAttempts) {
                log.info("task {} goes to another executor: executor {} was lost", task.submitted.id(), executorId);
                pending.addFirst(task);
                runningCount--;
                pendingCount++;
            } else {
                exhausted.add(task);
            }
        }
        if (!exhausted.isEmpty()) {
            unexplained.put(executorId, new Loss(executor.link.node(), exhausted));
        }
        assign();
    }

    /**
     * It is known why an executor was lost, or will never be. To be called once for each executor that was lost.
     *
     * @param reason names the cause
     */
    public void lossExplained(String executorId, String reason) {
        Loss loss = unexplained.remove(executorId);
        if (loss == null) {
            return;
        }
        for (Task task : loss.exhausted()) {
            if (tasks.remove(task.submitted.id()) != null) {
                runningCount--;
                failedCount++;
                task.submitted
                        .done()
                        .accept(new TaskOutcome.Lost("task " + task.submitted.id() + " was started " + task.attempts
                                + (task.attempts == 1 ? " time" : " times")
                                + " and each time its executor was lost, at last executor " + executorId + " on node "
                                + loss.node() + ": " + reason));
            }
        }
    }

    /** An outcome that came from an executor. One that the executor no longer owes is dropped. */
    public void finished(String executorId, long taskId, TaskOutcome outcome) {
        Executor executor = executors.get(executorId);
        Task task = executor == null ? null : executor.running.remove(taskId);
        if (executor == null || task == null) {
            return;
        }
        tasks.remove(taskId);
        runningCount--;
        if (outcome instanceof TaskOutcome.Succeeded) {
            completedCount++;
        } else {
            failedCount++;
        }
        if (executor.running.isEmpty()) {
            executor.idleSinceMs = clock.millis();
        }
        task.submitted.done().accept(outcome);
        offer(executor);
        assign();
    }

    /** Ends every task that has no outcome yet. */
    public void loseAll(String reason) {
        List<Task> unfinished = new ArrayList<>(tasks.values());
        tasks.clear();
        pending.clear();
        unexplained.clear();
        executors.values().forEach(executor -> executor.running.clear());
        failedCount += unfinished.size();
        pendingCount = 0;
        runningCount = 0;
        unfinished.forEach(task -> task.submitted.done().accept(new TaskOutcome.Lost(reason)));
    }

    public TaskCounts counts() {
        return new TaskCounts(pendingCount, runningCount, completedCount, failedCount);
    }

    /** What each executor does. */
    public List<ExecutorActivity> activity() {
        List<ExecutorActivity> activity = new ArrayList<>(executors.size());
        for (Executor executor : executors.values()) {
            activity.add(
                    new ExecutorActivity(executor.link.executorId(), executor.running.size(), executor.idleSinceMs));
        }
        return activity;
    }

    private boolean isExhausted(Task task) {
        return unexplained.values().stream().anyMatch(loss -> loss.exhausted().contains(task));
    }

    private void offer(Executor executor) {
        if (!executor.queued && executor.takesTasks()) {
            executor.queued = true;
            free.addLast(executor);
        }
    }

    private void assign() {
        while (pendingCount > 0) {
            Executor executor = free.pollFirst();
            if (executor == null) {
                return;
            }
            executor.queued = false;
            if (executor.takesTasks()) {
                start(nextPending(), executor);
                offer(executor);
            }
        }
    }

    private Task nextPending() {
        while (true) {
            Task task = pending.removeFirst();
            if (tasks.containsKey(task.submitted.id())) {
                return task;
            }
        }
    }

    private void start(Task task, Executor executor) {
        pendingCount--;
        runningCount++;
        task.attempts++;
        task.executor = executor;
        executor.running.put(task.submitted.id(), task);
        executor.link.run(task.submitted.id(), task.submitted.task());
    }
}
