package dev.heddle.app.driver;

import dev.heddle.app.scheduling.ExecutorLink;
import dev.heddle.app.scheduling.SubmittedTask;
import dev.heddle.app.scheduling.TaskScheduler;
import dev.heddle.app.task.ObjectCodec;
import dev.heddle.app.task.Payload;
import dev.heddle.app.task.TaskOutcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Real scheduler and real serialization; the executor is a pool of threads of this JVM. */
final class LocalGateway implements TaskGateway, ExecutorLink, AutoCloseable {
    static final int MAX_PAYLOAD_BYTES = 100_000;
    private static final int SLOTS = 2;

    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final ExecutorService slots = Executors.newCachedThreadPool();
    private final Map<Long, Thread> running = new ConcurrentHashMap<>();
    private final AtomicLong lastTaskId = new AtomicLong();
    private final TaskScheduler scheduler = new TaskScheduler(1, InstantSource.system());

    LocalGateway() {
        loop.execute(() -> scheduler.executorJoined(this, SLOTS));
    }

    /** Loses the executor, which never comes back. */
    void lose(String reason) {
        loop.execute(() -> {
            scheduler.executorLost(executorId());
            scheduler.lossExplained(executorId(), reason);
        });
    }

    @Override
    public long nextTaskId() {
        return lastTaskId.incrementAndGet();
    }

    @Override
    public void submit(SubmittedTask task) {
        loop.execute(() -> scheduler.submit(task));
    }

    @Override
    public void cancel(long taskId, boolean interrupt) {
        loop.execute(() -> scheduler.cancel(taskId, interrupt));
    }

    @Override
    public int maxPayloadBytes() {
        return MAX_PAYLOAD_BYTES;
    }

    @Override
    public ClassLoader classLoader() {
        return LocalGateway.class.getClassLoader();
    }

    @Override
    public String executorId() {
        return "1";
    }

    @Override
    public String node() {
        return "here";
    }

    @Override
    public void run(long taskId, Payload task) {
        slots.execute(() -> {
            running.put(taskId, Thread.currentThread());
            TaskOutcome outcome = outcome(task);
            running.remove(taskId);
            loop.execute(() -> scheduler.finished(executorId(), taskId, outcome));
        });
    }

    private TaskOutcome outcome(Payload task) {
        try {
            Callable<?> callable = (Callable<?>) ObjectCodec.decode(task, classLoader());
            if (callable == null) {
                throw new IllegalStateException("no task");
            }
            return new TaskOutcome.Succeeded(ObjectCodec.encode(callable.call()));
        } catch (Exception e) {
            StringWriter text = new StringWriter();
            e.printStackTrace(new PrintWriter(text));
            try {
                return new TaskOutcome.Failed(e.toString(), text.toString(), ObjectCodec.encode(e));
            } catch (IOException notSerializable) {
                return new TaskOutcome.Failed(e.toString(), text.toString(), Payload.EMPTY);
            }
        }
    }

    @Override
    public void cancel(long taskId) {
        Thread thread = running.get(taskId);
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public void close() {
        slots.shutdownNow();
        loop.shutdownNow();
    }
}
