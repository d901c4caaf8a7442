package dev.heddle.app.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.scheduling.SubmittedTask;
import dev.heddle.app.scheduling.TaskCounts;
import dev.heddle.app.task.Payload;
import dev.heddle.app.task.TaskOutcome;
import dev.heddle.app.transport.DriverConnection;
import dev.heddle.app.transport.DriverListener;
import dev.heddle.app.transport.DriverServer;
import dev.heddle.app.transport.Message;
import dev.heddle.app.transport.Secret;
import dev.heddle.app.transport.TransportLimits;
import dev.heddle.testbed.Await;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The controller with real connections; resource manager and nodes are the test. */
final class ApplicationControllerTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long REGISTRATION_TIMEOUT_MS = 1_000;
    private static final int MAX_FAILURES = 1;

    private final SecureRandom random = new SecureRandom();
    private final Secret secret = Secret.random(random);
    private final TransportLimits transport = new TransportLimits(1_000, 60_000, 1 << 16);
    private final DriverServer server = new DriverServer(secret, random, transport);
    private final AtomicLong nowMs = new AtomicLong();
    private final LinkedBlockingQueue<ContainerId> released = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<ContainerId> disregarded = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> started = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<TaskOutcome> outcomes = new LinkedBlockingQueue<>();
    private volatile boolean nodesRefuse;
    private final ApplicationController controller = new ApplicationController(
            new ControllerLimits(1, MAX_FAILURES, REGISTRATION_TIMEOUT_MS, 2, 3, 1 << 16),
            ExecutorDemand.fixed(1),
            new Containers(),
            this::startExecutor,
            server,
            () -> Instant.ofEpochMilli(nowMs.get()),
            (what, cause) -> {
                throw new AssertionError(what, cause);
            });
    private int port;

    private final class Containers implements ContainerSource {
        @Override
        public void setTarget(int containers) {
            assertThat(containers).isEqualTo(1);
        }

        @Override
        public void release(ContainerId container) {
            released.add(container);
        }

        @Override
        public void disregard(ContainerId container) {
            disregarded.add(container);
        }
    }

    private void startExecutor(String executorId, Container container, Consumer<String> failed) {
        if (nodesRefuse) {
            failed.accept("the node is full");
        } else {
            started.add(executorId);
        }
    }

    /** An executor without slots, which keeps what it is told. */
    private static final class Executor implements DriverListener {
        final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

        @Override
        public void welcomed(TransportLimits limits) {
            told.add("welcomed");
        }

        @Override
        public void run(Message.RunTask message) {
            told.add("run " + message.taskId());
        }

        @Override
        public void cancel(long taskId) {
            told.add("cancel " + taskId);
        }

        @Override
        public void shutdown() {
            told.add("shutdown");
        }

        @Override
        public void closed(String reason) {
            told.add("closed");
        }
    }

    @BeforeEach
    void start() throws Exception {
        server.serve(controller);
        port = server.start(InetAddress.getLoopbackAddress());
        controller.start();
    }

    @AfterEach
    void close() {
        controller.close();
        server.close();
    }

    private static <T> T take(LinkedBlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came");
        }
        return next;
    }

    private static Container container(int number) {
        ContainerId id = ContainerId.newContainerId(
                ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 1), 1), number);
        return Container.newInstance(
                id,
                NodeId.newInstance("node-" + number, 1),
                "",
                Resource.newInstance(1, 1),
                Priority.newInstance(1),
                null);
    }

    private static ContainerStatus ended(int number, int exitStatus) {
        return ContainerStatus.newInstance(container(number).getId(), ContainerState.COMPLETE, "said so", exitStatus);
    }

    private DriverConnection connect(String executorId, Executor executor) {
        return new DriverConnection(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port), executorId, secret, random, executor);
    }

    private void submit(long id) {
        controller.gateway(getClass().getClassLoader()).submit(new SubmittedTask(id, Payload.EMPTY, outcomes::add));
    }

    private void runOneTaskAndGo(String executorId) throws InterruptedException {
        Executor executor = new Executor();
        DriverConnection connection = connect(executorId, executor);
        assertThat(take(executor.told)).isEqualTo("welcomed");
        assertThat(take(executor.told)).isEqualTo("run 1");
        connection.close();
    }

    @Test
    void shouldRunATaskAgainWhereverAnExecutorComes() throws Exception {
        submit(1);
        controller.granted(List.of(container(1)));
        assertThat(take(started)).isEqualTo("1");
        runOneTaskAndGo("1");
        assertThat(take(disregarded)).isEqualTo(container(1).getId());
        controller.completed(List.of(ended(1, 137)));

        controller.granted(List.of(container(2)));
        assertThat(take(started)).isEqualTo("2");
        Executor second = new Executor();
        try (DriverConnection connection = connect("2", second)) {
            assertThat(take(second.told)).isEqualTo("welcomed");
            assertThat(take(second.told)).isEqualTo("run 1");
            connection.send(new Message.TaskFinished(1, new TaskOutcome.Succeeded(Payload.EMPTY)));
            assertThat(take(outcomes)).isInstanceOf(TaskOutcome.Succeeded.class);
            Await.until("the status to tell", LIMIT, () -> controller
                    .status()
                    .equals(new ApplicationStatus("RUNNING", 1, 1, 2, new TaskCounts(0, 0, 1, 0))));

            controller.close();
            assertThat(take(second.told)).isEqualTo("shutdown");
        }
        assertThat(controller.ended()).isNotDone();
    }

    @Test
    void shouldNameTheCauseWhenATaskIsGivenUp() throws Exception {
        submit(1);
        for (int number = 1; number <= 2; number++) {
            controller.granted(List.of(container(number)));
            runOneTaskAndGo(take(started));
            take(disregarded);
            controller.completed(List.of(ended(number, 137)));
        }

        assertThat(take(outcomes)).isInstanceOfSatisfying(TaskOutcome.Lost.class, lost -> assertThat(lost.reason())
                .contains("executor 2 on node node-2")
                .contains(container(2).getId() + " was killed (status 137) (said so)"));
    }

    @Test
    void shouldFailWhenTooManyExecutorsFail() throws Exception {
        controller.granted(List.of(container(1), container(2)));
        take(started);
        take(started);
        controller.completed(List.of(ended(1, 3), ended(2, 3)));

        FinalOutcome outcome = controller.ended().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(outcome.status()).isEqualTo(FinalApplicationStatus.FAILED);
        assertThat(outcome.diagnostics())
                .contains("2 executors have failed")
                .contains("heddle.executor.maxNumFailures is 1")
                .contains("raise --executor-memory")
                .doesNotContain("\n");
    }

    @Test
    void shouldNotCountWhatTheClusterTookAway() throws Exception {
        controller.granted(List.of(container(1), container(2), container(3)));
        take(started);
        take(started);
        take(started);
        controller.completed(List.of(ended(1, -102), ended(2, -100), ended(3, -106)));
        Await.until("all to be gone", LIMIT, () -> controller.status().executorsTotal() == 3);

        assertThat(controller.ended()).isNotDone();
    }

    @Test
    void shouldGiveBackWhatDoesNotBecomeAnExecutor() throws Exception {
        controller.granted(List.of(container(1)));
        take(started);
        nowMs.addAndGet(REGISTRATION_TIMEOUT_MS);

        assertThat(take(released)).isEqualTo(container(1).getId());
    }

    @Test
    void shouldGiveBackWhatANodeDoesNotStart() throws Exception {
        nodesRefuse = true;
        controller.granted(List.of(container(1), container(2)));

        assertThat(take(released)).isEqualTo(container(1).getId());
        assertThat(take(released)).isEqualTo(container(2).getId());
        assertThat(controller.ended().get(LIMIT.toSeconds(), TimeUnit.SECONDS).diagnostics())
                .contains("the node is full");
    }

    @Test
    void shouldRefuseMoreTasksThanItMayHave() throws Exception {
        var gateway = controller.gateway(getClass().getClassLoader());
        for (int id = 1; id <= 3; id++) {
            gateway.submit(new SubmittedTask(id, Payload.EMPTY, outcomes::add));
        }

        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> gateway.submit(new SubmittedTask(4, Payload.EMPTY, outcomes::add)))
                .hasMessageContaining("3 unfinished tasks")
                .hasMessageContaining("heddle.driver.maxPendingTasks");
        gateway.cancel(1, true);
        assertThat(take(outcomes)).isInstanceOf(TaskOutcome.Cancelled.class);
        gateway.submit(new SubmittedTask(5, Payload.EMPTY, outcomes::add));
    }

    @Test
    void shouldEndWithoutAWordWhereTheResourceManagerHasEndedTheAttempt() {
        controller.disowned("no such attempt");

        assertThat(controller.ended().join().registered()).isFalse();
        assertThat(controller.ended().join().exitStatus()).isNotZero();
    }
}
