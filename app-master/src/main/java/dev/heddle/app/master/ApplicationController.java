package dev.heddle.app.master;

import dev.heddle.app.allocation.Observation;
import dev.heddle.app.driver.TaskGateway;
import dev.heddle.app.scheduling.ExecutorLink;
import dev.heddle.app.scheduling.SubmittedTask;
import dev.heddle.app.scheduling.TaskCounts;
import dev.heddle.app.scheduling.TaskScheduler;
import dev.heddle.app.task.Payload;
import dev.heddle.app.transport.DriverServer;
import dev.heddle.app.transport.ExecutorConnection;
import dev.heddle.app.transport.ExecutorListener;
import dev.heddle.app.transport.Message;
import dev.heddle.common.runtime.EventLoop;
import dev.heddle.common.runtime.FaultHandler;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what happens in an application: which task runs where, how many executors there are, when it has failed. One
 * thread owns all of its state; what comes from the driver, the executors and the resource manager is queued for it.
 *
 * <p>Always holds: every executor of the scheduler is in state RUNNING in the pool.
 */
final class ApplicationController implements ExecutorListener, ContainerEvents, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApplicationController.class);
    private static final long TICK_INTERVAL_MS = 100;
    /** Driver's commands take at most a part of the queue, so that there is always room for everybody else's. */
    private static final int QUEUE_CAPACITY = 65_536;
    /** How long after the loss of an executor the node may take to say why. */
    private static final long EXPLANATION_LIMIT_MS = 5_000;

    private final ControllerLimits limits;
    private final ExecutorDemand demand;
    private final ContainerSource containers;
    private final ExecutorStarter starter;
    private final DriverServer server;
    private final InstantSource clock;
    private final FaultHandler faults;
    private final EventLoop loop;
    private final TaskScheduler scheduler;
    private final ExecutorPool pool = new ExecutorPool();
    private final CompletableFuture<FinalOutcome> ended = new CompletableFuture<>();
    private int executorFailures;
    private boolean tasksSubmitted;
    private volatile boolean closed;
    private volatile ApplicationStatus status;

    ApplicationController(
            ControllerLimits limits,
            ExecutorDemand demand,
            ContainerSource containers,
            ExecutorStarter starter,
            DriverServer server,
            InstantSource clock,
            FaultHandler faults) {
        this.limits = limits;
        this.demand = demand;
        this.containers = containers;
        this.starter = starter;
        this.server = server;
        this.clock = clock;
        this.faults = faults;
        this.scheduler = new TaskScheduler(limits.maxTaskAttempts(), clock);
        this.status = new ApplicationStatus("RUNNING", demand.target(), 0, 0, scheduler.counts());
        this.loop = new EventLoop("application", QUEUE_CAPACITY, TICK_INTERVAL_MS, this::tick, faults);
    }

    void start() {
        containers.setTarget(demand.target());
        loop.start();
    }

    /** Completes when the application is to end, whoever brings it about. */
    CompletableFuture<FinalOutcome> ended() {
        return ended;
    }

    /** The first outcome counts. */
    void end(FinalOutcome outcome) {
        ended.complete(outcome);
    }

    /** The way in for a driver whose classes a loader finds. */
    TaskGateway gateway(ClassLoader loader) {
        return new DriverGateway(this, limits, loader);
    }

    /** How far the application is; at most one tick old. */
    ApplicationStatus status() {
        return status;
    }

    /** Queues a driver's command. False where there is no room for it now. */
    boolean offer(Runnable command) {
        return loop.offer(command);
    }

    boolean isClosed() {
        return closed;
    }

    void submit(SubmittedTask task) {
        tasksSubmitted = true;
        scheduler.submit(task);
        tasksChanged();
    }

    void cancel(long taskId, boolean interrupt) {
        scheduler.cancel(taskId, interrupt);
        tasksChanged();
    }

    @Override
    public void connected(ExecutorConnection connection) {
        enqueue(() -> {
            ExecutorPool.Member member = pool.find(connection.executorId());
            if (member == null || member.state() != ExecutorState.STARTING) {
                connection.close();
                return;
            }
            pool.transition(member, ExecutorState.RUNNING, "it has connected", clock.millis());
            member.connect(connection);
            scheduler.executorJoined(new ConnectedExecutor(connection, member.node()), limits.slots());
            tasksChanged();
        });
    }

    @Override
    public void finished(ExecutorConnection connection, Message.TaskFinished message) {
        enqueue(() -> {
            scheduler.finished(connection.executorId(), message.taskId(), message.outcome());
            tasksChanged();
        });
    }

    @Override
    public void closed(ExecutorConnection connection, String reason) {
        enqueue(() -> {
            ExecutorPool.Member member = pool.find(connection.executorId());
            if (member != null && member.state() == ExecutorState.RUNNING) {
                pool.transition(member, ExecutorState.LOST, reason, clock.millis());
                containers.disregard(member.container.getId());
                scheduler.executorLost(member.executorId);
                tasksChanged();
            }
        });
    }

    @Override
    public void granted(List<Container> granted) {
        enqueue(() -> {
            for (Container container : granted) {
                ExecutorPool.Member member = pool.add(container, clock.millis());
                log.info("executor {} gets {} on {}", member.executorId, container.getId(), container.getNodeId());
                server.expect(member.executorId);
                starter.start(member.executorId, container, reason -> enqueue(() -> startFailed(member, reason)));
            }
        });
    }

    private void startFailed(ExecutorPool.Member member, String reason) {
        if (member.state() == ExecutorState.STARTING) {
            stop(member, reason);
            executorFailed(member, reason);
        }
    }

    @Override
    public void completed(List<ContainerStatus> statuses) {
        enqueue(() -> statuses.forEach(this::containerEnded));
    }

    private void containerEnded(ContainerStatus ended) {
        ExecutorPool.Member member = pool.find(ended.getContainerId());
        if (member == null) {
            return;
        }
        boolean stopped = member.state() == ExecutorState.STOPPING;
        String cause = ExitCause.describe(ended);
        server.forget(member.executorId);
        scheduler.executorLost(member.executorId);
        scheduler.lossExplained(member.executorId, cause);
        pool.transition(member, ExecutorState.ENDED, cause, clock.millis());
        if (!stopped && ExitCause.isFailure(ended)) {
            executorFailed(member, cause);
        } else if (!stopped && ended.getExitStatus() != ContainerExitStatus.ABORTED) {
            log.warn("executor {} on node {} was lost: {}", member.executorId, member.node(), cause);
        }
        tasksChanged();
    }

    private void executorFailed(ExecutorPool.Member member, String cause) {
        executorFailures++;
        log.warn("executor {} on node {} failed ({}): {}", member.executorId, member.node(), executorFailures, cause);
        if (executorFailures > limits.maxExecutorFailures()) {
            end(FinalOutcome.failed(executorFailures + " executors have failed, and heddle.executor.maxNumFailures is "
                    + limits.maxExecutorFailures() + "; the last was executor " + member.executorId + " on node "
                    + member.node() + ": " + cause));
        }
    }

    /** Gives an executor's container back. */
    private void stop(ExecutorPool.Member member, String reason) {
        server.forget(member.executorId);
        scheduler.executorLost(member.executorId);
        scheduler.lossExplained(member.executorId, reason);
        pool.transition(member, ExecutorState.STOPPING, reason, clock.millis());
        member.tell(new Message.Shutdown());
        containers.release(member.container.getId());
    }

    @Override
    public void disowned(String reason) {
        end(FinalOutcome.attemptLost(reason));
    }

    @Override
    public float progress() {
        TaskCounts tasks = status.tasks();
        return tasks.total() == 0 ? 0 : (float) (tasks.completed() + tasks.failed()) / tasks.total();
    }

    private void tick() {
        long nowMs = clock.millis();
        for (ExecutorPool.Member late : pool.overdue(ExecutorState.STARTING, limits.registrationTimeoutMs(), nowMs)) {
            String reason = "its container did not become an executor within heddle.executor.registrationTimeout ("
                    + limits.registrationTimeoutMs() + " ms)";
            stop(late, reason);
            executorFailed(late, reason);
        }
        for (ExecutorPool.Member lost : pool.overdue(ExecutorState.LOST, EXPLANATION_LIMIT_MS, nowMs)) {
            stop(lost, "its connection was lost");
            executorFailed(lost, "its connection was lost");
        }
        TaskCounts tasks = scheduler.counts();
        Observation observation =
                new Observation(tasks.pending(), tasks.running(), tasksSubmitted, scheduler.activity());
        for (String executorId : demand.decide(observation, nowMs)) {
            ExecutorPool.Member idle = pool.find(executorId);
            if (idle != null) {
                stop(idle, "it was idle for longer than heddle.dynamicAllocation.executorIdleTimeout");
            }
        }
        containers.setTarget(demand.target());
        publish();
    }

    private void tasksChanged() {
        demand.tasksChanged(scheduler.counts(), clock.millis());
    }

    private void publish() {
        status = new ApplicationStatus(
                "RUNNING", demand.target(), pool.count(ExecutorState.RUNNING), pool.granted(), scheduler.counts());
    }

    private void enqueue(Runnable event) {
        if (!loop.offer(event) && !closed) {
            faults.fatal("queueing an event", new IllegalStateException("the application's queue is full"));
        }
    }

    /** Tells the executors to go, and ends every task and the thread. Safe to call more than once. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!loop.offer(() -> {
            pool.members().forEach(member -> member.tell(new Message.Shutdown()));
            scheduler.loseAll("the application has ended");
        })) {
            log.warn("the application's queue is full: unfinished tasks get no outcome");
        }
        loop.close();
    }

    /** An executor as the scheduler sees it. */
    private record ConnectedExecutor(ExecutorConnection connection, String node) implements ExecutorLink {
        @Override
        public String executorId() {
            return connection.executorId();
        }

        @Override
        public void run(long taskId, Payload task) {
            connection.send(new Message.RunTask(taskId, task));
        }

        @Override
        public void cancel(long taskId) {
            connection.send(new Message.CancelTask(taskId));
        }
    }
}
