package dev.heddle.rm.loop;

import dev.heddle.common.runtime.EventLoop;
import dev.heddle.common.runtime.FaultHandler;
import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.core.ClusterController;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.state.ClusterState;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns the cluster's state. Commands from any thread are decided on in the order in which they came;
 * their events go to the publishers, and only then is the command answered, so whoever has an answer finds its effects in
 * the snapshots.
 */
public final class ClusterLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClusterLoop.class);

    /** Commands that may wait; beyond that the edges answer "too busy". */
    private static final int QUEUE_CAPACITY = 1 << 16;

    private static final long TICK_INTERVAL_MS = 1_000;

    private final ClusterState state;
    private final ClusterController controller;
    private final InstantSource clock;
    private final List<Publisher> publishers;
    private final QuietNodes quietNodes = new QuietNodes();
    private final EventLoop loop;

    public ClusterLoop(
            ClusterState state,
            CorePolicy policy,
            InstantSource clock,
            List<Publisher> publishers,
            FaultHandler faults) {
        this.state = state;
        this.controller = new ClusterController(state, policy);
        this.clock = clock;
        this.publishers =
                Stream.concat(publishers.stream(), Stream.of(quietNodes)).toList();
        this.loop = new EventLoop("core", QUEUE_CAPACITY, TICK_INTERVAL_MS, this::tick, faults);
    }

    public ClusterLoop start() {
        loop.start();
        return this;
    }

    /**
     * Hands a command to the core.
     *
     * @return the reply; fails with {@link Refusal} where the core refuses, and with {@link RejectedExecutionException}
     *     where the core's queue is full or the loop is closed
     */
    public <R> CompletionStage<R> submit(Command<R> command) {
        CompletableFuture<R> reply = new CompletableFuture<>();
        if (!loop.offer(() -> run(command, reply))) {
            reply.completeExceptionally(tooBusy());
        }
        return reply;
    }

    /**
     * Answers a node's heartbeat: at once and on the calling thread where it brings nothing new, otherwise as
     * {@link #submit} does.
     */
    public CompletionStage<NodeInstructions> hear(NodeCommand.NodeHeartbeat heartbeat) {
        int responseId = quietNodes.answer(heartbeat, clock.millis());
        if (responseId != QuietNodes.NOT_QUIET) {
            return CompletableFuture.completedFuture(NodeInstructions.nothing(responseId));
        }
        CompletableFuture<NodeInstructions> reply = new CompletableFuture<>();
        boolean taken = loop.offer(() -> {
            tell(quietNodes.take(heartbeat.node()));
            run(heartbeat, reply);
        });
        if (!taken) {
            reply.completeExceptionally(tooBusy());
        }
        return reply.thenApply(instructions -> {
            quietNodes.answered(heartbeat, instructions);
            return instructions;
        });
    }

    private void tell(NodeCommand.HearNodes heard) {
        if (!heard.nodes().isEmpty()) {
            run(heard, new CompletableFuture<>());
        }
    }

    private static RejectedExecutionException tooBusy() {
        return new RejectedExecutionException("the resource manager is too busy, or about to stop");
    }

    private <R> void run(Command<R> command, CompletableFuture<R> reply) {
        try {
            ClusterController.Outcome<R> outcome = controller.handle(command, clock.millis());
            if (!outcome.events().isEmpty()) {
                for (Publisher publisher : publishers) {
                    publisher.publish(state, outcome.events());
                }
            }
            reply.complete(outcome.reply());
        } catch (Refusal refusal) {
            log.info("refused: {}", refusal.getMessage());
            reply.completeExceptionally(refusal);
        } catch (RuntimeException e) {
            // The state may be half changed: let the loop's fault handler end this.
            reply.completeExceptionally(e);
            throw e;
        }
        continueIfCutShort();
    }

    private void continueIfCutShort() {
        if (controller.takeBacklog()) {
            // Behind the commands that wait already, so that a huge ask holds up nobody. If there is no room in the
            // queue, whatever fills it will bring the core here again.
            submit(new CoreCommand.ContinuePlacement());
        }
    }

    private void tick() {
        tell(quietNodes.takeAll());
        run(new CoreCommand.Expire(), new CompletableFuture<>());
        if (controller.isPreemptionDue(clock.millis())) {
            run(new CoreCommand.Preempt(), new CompletableFuture<>());
        }
    }

    @Override
    public void close() {
        quietNodes.close();
        loop.close();
    }
}
