package dev.heddle.app.transport;

import dev.heddle.app.task.Payload;
import dev.heddle.app.task.TaskOutcome;

/** What driver and executor say to each other. The first four make the handshake, in this order. */
public sealed interface Message {
    /** Executor: who it is, and a nonce that the driver must answer for. */
    record Hello(int version, String executorId, Payload nonce) implements Message {}

    /** Driver: its proof for the executor's nonce, and a nonce of its own. */
    record Challenge(Payload nonce, Payload proof) implements Message {}

    /** Executor: its proof for the driver's nonce. */
    record Proof(Payload proof) implements Message {}

    /** Driver: the executor belongs to the application; by these limits they speak from now on. */
    record Welcome(TransportLimits limits) implements Message {}

    /** Driver: run this task. Never more at a time than the executor has slots. */
    record RunTask(long taskId, Payload task) implements Message {}

    /** Driver: interrupt this task if it still runs. It is answered by its {@link TaskFinished}. */
    record CancelTask(long taskId) implements Message {}

    /** Executor: the task ended; {@link TaskOutcome.Succeeded} or {@link TaskOutcome.Failed}. */
    record TaskFinished(long taskId, TaskOutcome outcome) implements Message {}

    /** Either: I live. */
    record Heartbeat() implements Message {}

    /** Driver: you are not needed any more; exit. */
    record Shutdown() implements Message {}
}
