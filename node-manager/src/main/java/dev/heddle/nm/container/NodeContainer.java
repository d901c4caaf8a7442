package dev.heddle.nm.container;

import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.launch.ContainerPaths;
import dev.heddle.nm.launch.ContainerProcess;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One container's state. Owned by the writer thread, except for what is final. */
final class NodeContainer {
    private static final Logger log = LoggerFactory.getLogger(NodeContainer.class);

    final StartOrder order;
    final ContainerPaths paths;
    private final Diagnostics diagnostics;
    private final Consumer<NodeContainer> moved;

    private ContainerState state = ContainerState.LIFECYCLE.initial();
    private int exitStatus = ContainerExitStatus.INVALID;
    private @Nullable KillReason killReason;
    private @Nullable ContainerProcess process;
    private @Nullable Instant forceAt;
    private int run;

    /** @param moved hears of each state that the container has reached */
    NodeContainer(StartOrder order, ContainerPaths paths, int diagnosticsLimit, Consumer<NodeContainer> moved) {
        this.order = order;
        this.paths = paths;
        this.diagnostics = new Diagnostics(diagnosticsLimit);
        this.moved = moved;
    }

    /** One that an earlier node manager has left. */
    static NodeContainer restored(RestoredContainer left, int diagnosticsLimit, Consumer<NodeContainer> moved) {
        NodeContainer container = new NodeContainer(left.order(), left.paths(), diagnosticsLimit, moved);
        ContainerProgress progress = left.progress();
        container.run = progress.run();
        container.killReason = progress.killReason();
        container.exitStatus = progress.exitStatus();
        container.diagnostics.restore(progress.diagnostics());
        if (progress.done()) {
            container.state = ContainerState.DONE;
        } else if (left.process() != null) {
            container.process = left.process();
            container.state = container.isCondemned() ? ContainerState.KILLING : ContainerState.RUNNING;
        }
        log.info("{} was left behind by an earlier node manager and is {}", container.id(), container.state);
        return container;
    }

    ContainerId id() {
        return order.token().getContainerID();
    }

    ApplicationId application() {
        return id().getApplicationAttemptId().getApplicationId();
    }

    /** What it may use. */
    Allocation allocation() {
        return Allocation.of(order.token());
    }

    ContainerState state() {
        return state;
    }

    void move(ContainerState to, String why) {
        log.info("{} {} -> {}: {}", id(), state, to, why);
        state = ContainerState.LIFECYCLE.transition(state, to);
        moved.accept(this);
    }

    void say(Instant now, String line) {
        diagnostics.add(now, line);
    }

    /** Records who wants the container dead; the first one counts. */
    void condemn(KillReason reason, Instant now) {
        killReason = reason;
        exitStatus = reason.exitStatus();
        say(now, reason.words());
    }

    boolean isCondemned() {
        return killReason != null;
    }

    void exitStatus(int status) {
        exitStatus = status;
    }

    @Nullable
    ContainerProcess process() {
        return process;
    }

    void process(ContainerProcess started) {
        process = started;
    }

    /** When patience with a container that was told to end runs out, or null where it was not told or has been forced. */
    @Nullable
    Instant forceAt() {
        return forceAt;
    }

    void forceAt(@Nullable Instant time) {
        forceAt = time;
    }

    /** Counts the times that a process is started. */
    int nextRun() {
        return ++run;
    }

    int runs() {
        return run;
    }

    /** How far it has come, once it has come this far. */
    ContainerProgress progress(boolean done) {
        return new ContainerProgress(run, killReason, done, exitStatus, diagnostics.toString());
    }

    ContainerSnapshot snapshot() {
        return new ContainerSnapshot(order.token(), state, exitStatus, diagnostics.toString());
    }
}
