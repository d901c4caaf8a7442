package dev.heddle.app.executor;

import dev.heddle.app.task.ObjectCodec;
import dev.heddle.app.task.Payload;
import dev.heddle.app.task.TaskOutcome;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that run an executor's tasks, one for each slot. Thread-safe. */
final class TaskSlots {
    private static final Logger log = LoggerFactory.getLogger(TaskSlots.class);

    private final ClassLoader loader;
    private final int maxPayloadBytes;
    private final BiConsumer<Long, TaskOutcome> report;
    private final ThreadPoolExecutor threads;
    private final Map<Long, RunningTask> running = new ConcurrentHashMap<>();

    /**
     * @param loader of the application's classes
     * @param report told each task's outcome, once, when its slot is free again
     */
    TaskSlots(int slots, ClassLoader loader, int maxPayloadBytes, BiConsumer<Long, TaskOutcome> report) {
        this.loader = loader;
        this.maxPayloadBytes = maxPayloadBytes;
        this.report = report;
        AtomicInteger number = new AtomicInteger();
        // The driver sends as many tasks as there are slots; a thread may still be on its way back from the last one.
        this.threads = new ThreadPoolExecutor(
                slots, slots, 0, TimeUnit.MILLISECONDS, new ArrayBlockingQueue<>(slots), runnable -> {
                    Thread thread = new Thread(runnable, "task-slot-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Begins a task. */
    void run(long taskId, Payload payload) {
        RunningTask task = new RunningTask(taskId, payload);
        running.put(taskId, task);
        threads.execute(task);
    }

    /** Interrupts a task that still runs. One that does not care keeps its slot. */
    void cancel(long taskId) {
        RunningTask task = running.get(taskId);
        if (task != null) {
            task.cancel();
        }
    }

    /** One task on its thread. */
    private final class RunningTask implements Runnable {
        private final long taskId;
        private final Payload payload;
        /** Guarded by this, so that the interrupt hits this task or none. */
        private @Nullable Thread thread;
        /** Guarded by this. */
        private boolean cancelled;

        RunningTask(long taskId, Payload payload) {
            this.taskId = taskId;
            this.payload = payload;
        }

        @Override
        public void run() {
            TaskOutcome outcome = begin()
                    ? outcome(payload)
                    : new TaskOutcome.Failed("it was cancelled", "it was cancelled", Payload.EMPTY);
            end();
            running.remove(taskId);
            report.accept(taskId, outcome);
        }

        private synchronized boolean begin() {
            thread = Thread.currentThread();
            thread.setContextClassLoader(loader);
            return !cancelled;
        }

        private synchronized void end() {
            thread = null;
            // An interrupt that came at the end is not the next task's.
            boolean unused = Thread.interrupted();
        }

        synchronized void cancel() {
            cancelled = true;
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    private TaskOutcome outcome(Payload payload) {
        try {
            if (!(ObjectCodec.decode(payload, loader) instanceof Callable<?> task)) {
                throw new IllegalStateException("what the driver sent is no task");
            }
            return succeeded(task.call());
        } catch (Throwable e) {
            // Whatever a task throws is the driver's to judge.
            log.info("a task failed", e);
            return failed(e);
        }
    }

    private TaskOutcome succeeded(@Nullable Object value) throws IOException {
        Payload result;
        try {
            result = ObjectCodec.encode(value);
        } catch (NotSerializableException e) {
            NotSerializableException clear = new NotSerializableException("the task's result cannot be sent to the"
                    + " driver: class " + e.getMessage() + " is not serializable; let it implement"
                    + " java.io.Serializable, or return something else");
            clear.initCause(e);
            throw clear;
        }
        if (result.size() > maxPayloadBytes) {
            throw new IllegalStateException("the task's result is " + result.size() + " bytes when serialized and the"
                    + " limit is " + maxPayloadBytes + ": return less, or raise heddle.rpc.message.maxSize");
        }
        return new TaskOutcome.Succeeded(result);
    }

    private TaskOutcome failed(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        Payload serialized;
        try {
            serialized = ObjectCodec.encode(thrown);
        } catch (IOException | RuntimeException e) {
            serialized = Payload.EMPTY;
        }
        if (serialized.size() > maxPayloadBytes) {
            serialized = Payload.EMPTY;
        }
        return new TaskOutcome.Failed(thrown.toString(), text.toString(), serialized);
    }
}
