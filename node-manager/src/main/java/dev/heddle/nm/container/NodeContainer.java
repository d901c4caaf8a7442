package dev.heddle.nm.container;

import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.launch.ContainerPaths;
import dev.heddle.nm.launch.ContainerProcess;
import dev.heddle.nm.retry.RetryBudget;
import dev.heddle.nm.retry.RetryBudget.Spent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One container's state. Owned by the writer thread, except for what is final. */
final class NodeContainer {
    private static final Logger log = LoggerFactory.getLogger(NodeContainer.class);

    final ContainerPaths paths;
    final Errands errands = new Errands();
    private final Diagnostics diagnostics;
    private final Consumer<NodeContainer> moved;

    /** The names that its launches have linked, and what was linked besides. */
    private final Set<String> linked = new HashSet<>();

    private StartOrder order;
    private ContainerFiles files = new ContainerFiles();
    private RetryBudget retries;
    private @Nullable Former former;
    private ContainerState state = ContainerState.LIFECYCLE.initial();
    private int exitStatus = ContainerExitStatus.INVALID;
    private @Nullable KillReason killReason;
    private @Nullable ContainerProcess process;
    private @Nullable Instant forceAt;
    private @Nullable Instant relaunchAt;
    private boolean processEnded;
    private int run;
    private int launchedRun;

    /** What it ran before it was reinitialized, to which it can still go back. */
    private record Former(StartOrder order, ContainerFiles files) {}

    /** @param moved hears of each state that the container has reached */
    NodeContainer(StartOrder order, ContainerPaths paths, int diagnosticsLimit, Consumer<NodeContainer> moved) {
        this.order = order;
        this.paths = paths;
        this.retries = new RetryBudget(order.retries(), Spent.NOTHING);
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
        container.retries = new RetryBudget(left.order().retries(), progress.retries());
        left.order().resources().forEach(resource -> container.linked.add(resource.linkName()));
        if (progress.done()) {
            container.state = ContainerState.DONE;
        } else if (left.process() != null) {
            container.process = left.process();
            container.launchedRun = progress.run();
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

    /** What it was started with, as far as that has not been changed. */
    StartOrder order() {
        return order;
    }

    ContainerTokenIdentifier token() {
        return order.token();
    }

    /** What it may use. */
    Allocation allocation() {
        return Allocation.of(order.token());
    }

    void granted(ContainerTokenIdentifier token) {
        order = order.granted(token);
    }

    /** Notes that it has been asked for further files. */
    void ordered(StartOrder extended) {
        order = extended;
    }

    ContainerFiles files() {
        return files;
    }

    RetryBudget retries() {
        return retries;
    }

    /** From the next launch on, something else is run. */
    void reinitialize(StartOrder next, ContainerFiles further, boolean revocable) {
        former = revocable ? new Former(order, files) : null;
        ContainerFiles merged = new ContainerFiles();
        merged.merge(files);
        merged.merge(further);
        files = merged;
        order = next.granted(token());
        renewRetries();
    }

    /** What it did when it failed counts no longer. */
    void renewRetries() {
        retries = new RetryBudget(order.retries(), Spent.NOTHING);
    }

    boolean canRollBack() {
        return former != null;
    }

    /** From the next launch on, it runs what it did before it was reinitialized. */
    void rollBack() {
        if (former != null) {
            order = former.order().granted(token());
            files = former.files();
            former = null;
            renewRetries();
        }
    }

    /** There is no way back to what it did before it was reinitialized. */
    void commit() {
        former = null;
    }

    ContainerState state() {
        return state;
    }

    /** Whether what it is meant to run runs. */
    boolean isRunning() {
        return state == ContainerState.RUNNING || state == ContainerState.REINITIALIZING;
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

    /** The last one that was started, whether it still runs or not. */
    @Nullable
    ContainerProcess process() {
        return process;
    }

    /** The one that runs. */
    @Nullable
    ContainerProcess liveProcess() {
        return processEnded ? null : process;
    }

    void process(ContainerProcess started) {
        process = started;
        processEnded = false;
    }

    void processEnded() {
        processEnded = true;
    }

    /** Counts the times that a process is started. */
    int nextRun() {
        return ++run;
    }

    int runs() {
        return run;
    }

    /** Notes for which run a process is started now; answers for which one the process before was, 0 where there was none. */
    int launching(int next) {
        int former = launchedRun;
        launchedRun = next;
        return former;
    }

    /** How far it has come, once it has come this far. */
    ContainerProgress progress(boolean done) {
        return new ContainerProgress(run, killReason, done, exitStatus, diagnostics.toString(), retries.spent());
    }

    /** Which names an earlier launch has linked; remembers those of the next one. */
    Set<String> relink(Map<String, Path> links) {
        Set<String> earlier = Set.copyOf(linked);
        linked.addAll(links.keySet());
        return earlier;
    }

    /** Notes a link that was made besides those of a launch. */
    void linked(String name) {
        linked.add(name);
    }

    /** When patience with a container that was told to end runs out, or null where it was not told or has been forced. */
    @Nullable
    Instant forceAt() {
        return forceAt;
    }

    void forceAt(@Nullable Instant time) {
        forceAt = time;
    }

    /** When a container that has failed is started again, or null where it is not. */
    @Nullable
    Instant relaunchAt() {
        return relaunchAt;
    }

    void relaunchAt(@Nullable Instant time) {
        relaunchAt = time;
    }

    ContainerSnapshot snapshot() {
        return new ContainerSnapshot(order.token(), state, exitStatus, diagnostics.toString());
    }
}
