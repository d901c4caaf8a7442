package dev.heddle.app.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.task.Payload;
import dev.heddle.app.task.TaskOutcome;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TaskSchedulerTest {
    private static final TaskOutcome DONE = new TaskOutcome.Succeeded(Payload.EMPTY);
    private static final TaskOutcome THREW = new TaskOutcome.Failed("it threw", "it threw", Payload.EMPTY);
    private static final int MAX_ATTEMPTS = 2;

    private final Map<Long, TaskOutcome> outcomes = new LinkedHashMap<>();
    private long nowMs;
    private final TaskScheduler scheduler = new TaskScheduler(MAX_ATTEMPTS, () -> Instant.ofEpochMilli(nowMs));

    private void submit(long... ids) {
        for (long id : ids) {
            scheduler.submit(new SubmittedTask(id, Payload.EMPTY, outcome -> assertThat(outcomes.put(id, outcome))
                    .as("an outcome of task %s before", id)
                    .isNull()));
        }
    }

    private FakeExecutor join(String id, int slots) {
        FakeExecutor executor = new FakeExecutor(id);
        scheduler.executorJoined(executor, slots);
        return executor;
    }

    @Test
    void shouldGiveTasksToExecutorsInTurnUpToTheirSlots() {
        FakeExecutor first = join("1", 2);
        FakeExecutor second = join("2", 2);

        submit(1, 2, 3, 4, 5);

        assertThat(first.running).containsExactly(1L, 3L);
        assertThat(second.running).containsExactly(2L, 4L);
        assertThat(scheduler.counts()).isEqualTo(new TaskCounts(1, 4, 0, 0));
    }

    @Test
    void shouldRunWaitingTasksInOrderOnAnExecutorThatJoins() {
        submit(1, 2, 3);

        assertThat(join("1", 2).running).containsExactly(1L, 2L);
    }

    @Test
    void shouldFillASlotThatBecomesFree() {
        FakeExecutor executor = join("1", 1);
        submit(1, 2);

        scheduler.finished("1", 1, DONE);

        assertThat(executor.running).containsExactly(1L, 2L);
        assertThat(outcomes).containsExactly(Map.entry(1L, DONE));
        assertThat(scheduler.counts()).isEqualTo(new TaskCounts(0, 1, 1, 0));
    }

    @Test
    void shouldNotRunATaskAgainThatThrew() {
        FakeExecutor executor = join("1", 1);
        submit(1);

        scheduler.finished("1", 1, THREW);

        assertThat(executor.running).containsExactly(1L);
        assertThat(outcomes).containsExactly(Map.entry(1L, THREW));
        assertThat(scheduler.counts()).isEqualTo(new TaskCounts(0, 0, 0, 1));
    }

    @Test
    void shouldRunTheTasksOfALostExecutorFirstAndInOrder() {
        join("1", 2);
        submit(1, 2, 3);
        scheduler.executorLost("1");

        assertThat(scheduler.counts()).isEqualTo(new TaskCounts(3, 0, 0, 0));
        assertThat(join("2", 2).running).containsExactly(1L, 2L);
        assertThat(outcomes).isEmpty();
    }

    @Test
    void shouldIgnoreAnOutcomeThatComesFromALostExecutor() {
        join("1", 1);
        submit(1);
        scheduler.executorLost("1");
        join("2", 1);

        scheduler.finished("1", 1, THREW);
        assertThat(outcomes).isEmpty();

        scheduler.finished("2", 1, DONE);
        assertThat(outcomes).containsExactly(Map.entry(1L, DONE));
    }

    @Test
    void shouldGiveUpATaskWhoseExecutorsAreLostAndSayWhy() {
        join("1", 1);
        submit(1);
        scheduler.executorLost("1");
        scheduler.lossExplained("1", "it was killed");
        join("2", 1);

        scheduler.executorLost("2");
        assertThat(outcomes).as("before the cause is known").isEmpty();
        assertThat(scheduler.counts()).isEqualTo(new TaskCounts(0, 1, 0, 0));
        scheduler.lossExplained("2", "it ran out of heap");

        assertThat(outcomes.get(1L)).isInstanceOfSatisfying(TaskOutcome.Lost.class, lost -> assertThat(lost.reason())
                .contains("2 times", "executor 2", "node-2", "it ran out of heap"));
        assertThat(scheduler.counts()).isEqualTo(new TaskCounts(0, 0, 0, 1));
    }

    @Test
    void shouldForgetAWaitingTaskThatIsCancelled() {
        submit(1, 2);

        scheduler.cancel(1, true);

        assertThat(outcomes).containsExactly(Map.entry(1L, new TaskOutcome.Cancelled()));
        assertThat(join("1", 2).running).containsExactly(2L);
    }

    @Test
    void shouldAskTheExecutorToInterruptARunningTask() {
        FakeExecutor executor = join("1", 2);
        submit(1, 2);

        scheduler.cancel(1, true);
        scheduler.cancel(2, false);

        assertThat(executor.cancelled).containsExactly(1L);
        assertThat(outcomes).isEmpty();
    }

    @Test
    void shouldForgetATaskThatIsCancelledWhileItsLossIsUnexplained() {
        join("1", 1);
        submit(1);
        scheduler.executorLost("1");
        join("2", 1);
        scheduler.executorLost("2");

        scheduler.cancel(1, true);
        scheduler.lossExplained("2", "whatever");

        assertThat(outcomes).containsExactly(Map.entry(1L, new TaskOutcome.Cancelled()));
        assertThat(scheduler.counts()).isEqualTo(new TaskCounts(0, 0, 0, 1));
    }

    @Test
    void shouldKnowSinceWhenAnExecutorIsIdle() {
        nowMs = 10;
        join("1", 1);
        assertThat(scheduler.activity()).containsExactly(new ExecutorActivity("1", 0, 10));

        submit(1);
        assertThat(scheduler.activity().get(0).isIdle()).isFalse();

        nowMs = 25;
        scheduler.finished("1", 1, DONE);
        assertThat(scheduler.activity()).containsExactly(new ExecutorActivity("1", 0, 25));
    }

    @Test
    void shouldEndEveryTaskWhenTheApplicationEnds() {
        join("1", 1);
        submit(1, 2);

        scheduler.loseAll("the application has ended");

        assertThat(outcomes.values()).allMatch(outcome -> outcome instanceof TaskOutcome.Lost);
        assertThat(outcomes).hasSize(2);
        assertThat(scheduler.counts()).isEqualTo(new TaskCounts(0, 0, 0, 2));
    }
}
