package dev.heddle.app.scheduling;

import dev.heddle.app.task.Payload;
import dev.heddle.app.task.TaskOutcome;
import java.util.function.Consumer;

/**
 * A task that a driver wants run.
 *
 * @param id unique in the application attempt
 * @param done told the outcome, once, by the scheduler's thread: it must not block
 */
public record SubmittedTask(long id, Payload task, Consumer<TaskOutcome> done) {}
