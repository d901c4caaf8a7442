package dev.heddle.app.executor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.driver.Task;
import dev.heddle.app.task.ObjectCodec;
import dev.heddle.app.task.Payload;
import dev.heddle.app.task.TaskOutcome;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class TaskSlotsTest {
    private static final long LIMIT_SECONDS = 20;
    private static final int MAX_PAYLOAD_BYTES = 10_000;
    /** Tasks run in this JVM: one permit for each that has begun to wait. */
    private static final Semaphore WAITING = new Semaphore(0);

    private final LinkedBlockingQueue<Map.Entry<Long, TaskOutcome>> reports = new LinkedBlockingQueue<>();
    private final TaskSlots slots = new TaskSlots(
            1,
            TaskSlotsTest.class.getClassLoader(),
            MAX_PAYLOAD_BYTES,
            (taskId, outcome) -> reports.add(Map.entry(taskId, outcome)));

    private void run(long taskId, Task<?> task) throws IOException {
        slots.run(taskId, ObjectCodec.encode(task));
    }

    private TaskOutcome outcomeOf(long taskId) throws InterruptedException {
        var report = reports.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (report == null) {
            throw new AssertionError("no outcome came");
        }
        assertThat(report.getKey()).isEqualTo(taskId);
        return report.getValue();
    }

    private void assertFailed(long taskId, String text) throws InterruptedException {
        assertThat(outcomeOf(taskId))
                .isInstanceOfSatisfying(TaskOutcome.Failed.class, failed -> assertThat(failed.summary())
                        .contains(text));
    }

    private static Task<String> waiting() {
        return () -> {
            WAITING.release();
            new CountDownLatch(1).await();
            return "";
        };
    }

    @Test
    void shouldReportWhatATaskReturns() throws Exception {
        run(1, () -> "value");

        TaskOutcome.Succeeded succeeded = (TaskOutcome.Succeeded) outcomeOf(1);
        assertThat(ObjectCodec.decode(succeeded.value(), getClass().getClassLoader()))
                .isEqualTo("value");
    }

    @Test
    void shouldReportEverythingThatIsThrown() throws Exception {
        run(1, () -> {
            throw new StackOverflowError("deep");
        });
        assertFailed(1, "StackOverflowError: deep");
        slots.run(2, new Payload(new byte[] {1, 2, 3, 4, 5}));
        assertFailed(2, "StreamCorrupted");
        slots.run(3, ObjectCodec.encode("a text"));
        assertFailed(3, "no task");
    }

    @Test
    void shouldRefuseResultsThatCannotTravel() throws Exception {
        run(1, Object::new);
        assertFailed(1, "class java.lang.Object is not serializable");
        run(2, () -> new byte[MAX_PAYLOAD_BYTES]);
        assertFailed(2, "heddle.rpc.message.maxSize");
    }

    @Test
    void shouldInterruptATaskAndNotTheNext() throws Exception {
        run(1, waiting());
        run(2, () -> Thread.currentThread().isInterrupted());
        assertThat(WAITING.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();

        slots.cancel(1);

        assertFailed(1, "InterruptedException");
        TaskOutcome.Succeeded next = (TaskOutcome.Succeeded) outcomeOf(2);
        assertThat(ObjectCodec.decode(next.value(), getClass().getClassLoader()))
                .isEqualTo(false);
    }

    @Test
    void shouldNotBeginATaskThatWasCancelledBefore() throws Exception {
        run(1, waiting());
        run(2, () -> "never");
        assertThat(WAITING.tryAcquire(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();

        slots.cancel(2);
        slots.cancel(1);

        assertFailed(1, "InterruptedException");
        assertFailed(2, "cancelled");
    }
}
