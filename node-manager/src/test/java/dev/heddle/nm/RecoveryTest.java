package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.launch.ExitReport;
import dev.heddle.testbed.Await;
import dev.heddle.testbed.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.SerializedException;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.records.NodeAction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the next node manager makes of what the one before has left. */
class RecoveryTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String USER = "alice";
    private static final ContainerId FIRST = ContainerId.newContainerId(
            ApplicationAttemptId.newInstance(ApplicationId.newInstance(System.currentTimeMillis(), 1), 1), 1);

    private final FakeResourceManager resourceManager = new FakeResourceManager(7);
    private Path directory;
    private YarnConfiguration configuration;
    private ChildProcess process;
    private NodeId node;
    private ApplicationMasterClient client;
    private int generation;

    @BeforeEach
    void prepare(@TempDir Path directory) throws Exception {
        this.directory = directory;
        configuration = NodeManagerProcess.configuration(directory, resourceManager);
        process = NodeManagerProcess.start(directory, "first", configuration);
        node = NodeManagerProcess.served(process, LIMIT);
        client = connect();
        awaitRegistration();
    }

    @AfterEach
    void stop() {
        client.close();
        process.kill();
        process.awaitExit(LIMIT);
        NodeManagerProcess.processes(directory, process).forEach(ProcessHandle::destroyForcibly);
        resourceManager.close();
    }

    private ApplicationMasterClient connect() throws Exception {
        return new ApplicationMasterClient(
                FIRST.getApplicationAttemptId(), node, resourceManager.nmToken(FIRST, node, USER));
    }

    private void awaitRegistration() {
        resourceManager.registrations.clear();
        resourceManager.heartbeats.clear();
        Await.until("a heartbeat", LIMIT, () -> !resourceManager.heartbeats.isEmpty());
    }

    private void kill() {
        process.kill();
        process.awaitExit(LIMIT);
        resourceManager.heartbeats.clear();
    }

    private void startAgain() throws Exception {
        client.close();
        process = NodeManagerProcess.start(directory, "next" + ++generation, configuration);
        assertThat(NodeManagerProcess.served(process, LIMIT)).isEqualTo(node);
        client = connect();
    }

    private StartContainersResponse order(ContainerId id, String command) throws Exception {
        return client.start(
                resourceManager.containerToken(resourceManager.grant(id, node, USER)),
                ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(command), null, null, null));
    }

    /** Starts a container that writes its process' number, and answers that. */
    private long started(ContainerId id, String command) throws Exception {
        Path file = directory.resolve("pid-" + id);
        assertThat(order(id, "echo \\$\\$ > " + file + "; " + command).getSuccessfullyStartedContainers())
                .containsExactly(id);
        Await.until(
                "a process",
                LIMIT,
                () -> Files.exists(file) && Files.readString(file).endsWith("\n"));
        return Long.parseLong(Files.readString(file).trim());
    }

    private ContainerStatus status(ContainerId id) throws Exception {
        return client.status(id).getContainerStatuses().get(0);
    }

    private ContainerStatus awaitEnd(ContainerId id) throws Exception {
        Await.until("the end of " + id, LIMIT, () -> status(id).getState() == ContainerState.COMPLETE);
        return status(id);
    }

    private static void awaitEndOf(long pid) {
        Await.until(
                "the end of process " + pid, LIMIT, () -> ProcessHandle.of(pid).isEmpty());
    }

    @Test
    void shouldReportAContainerThatEndedMeanwhileAsItEnded() throws Exception {
        long pid = started(
                FIRST,
                "while [ ! -e " + directory.resolve("go") + " ]; do sleep 0.1; done;"
                        + " echo 'no luck' > <LOG_DIR>/stderr; exit 3");
        kill();
        Files.createFile(directory.resolve("go"));
        awaitEndOf(pid);
        startAgain();
        ContainerStatus status = awaitEnd(FIRST);

        assertThat(status.getExitStatus()).isEqualTo(3);
        assertThat(status.getDiagnostics()).contains("non-zero exit code 3").contains("no luck");
    }

    @Test
    void shouldReportAContainerThatNobodyWatchedAsLost() throws Exception {
        long pid = started(FIRST, "sleep 300 & wait");
        kill();
        ProcessHandle container = ProcessHandle.of(pid).orElseThrow();
        container.parent().orElseThrow().destroyForcibly();
        container.destroyForcibly();
        awaitEndOf(pid);
        startAgain();
        ContainerStatus status = awaitEnd(FIRST);

        assertThat(status.getExitStatus()).isEqualTo(ExitReport.LOST);
        assertThat(status.getDiagnostics()).contains("stands for an unknown one");
        Await.until("the rest of its group to end", LIMIT, () -> NodeManagerProcess.processes(directory, process)
                .isEmpty());
    }

    @Test
    void shouldHearAtOnceOfTheEndOfAContainerThatItHasNotStarted() throws Exception {
        started(FIRST, "while [ ! -e " + directory.resolve("go") + " ]; do sleep 0.1; done; exit 4");
        kill();
        startAgain();
        awaitRegistration();
        assertThat(status(FIRST).getState()).isEqualTo(ContainerState.RUNNING);
        Files.createFile(directory.resolve("go"));

        assertThat(awaitEnd(FIRST).getExitStatus()).isEqualTo(4);
    }

    @Test
    void shouldAnswerByTheKeysOfTheOneBefore() throws Exception {
        started(FIRST, "sleep 300 & wait");
        kill();
        // Nobody is there to give it keys.
        resourceManager.standby(true);
        startAgain();

        assertThat(status(FIRST).getState()).isEqualTo(ContainerState.RUNNING);
        assertThat(client.stop(FIRST).getSuccessfullyStoppedContainers()).containsExactly(FIRST);
        assertThat(awaitEnd(FIRST).getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
    }

    @Test
    void shouldRefuseTheTokenOfAContainerThatWasForgotten() throws Exception {
        started(FIRST, "true");
        awaitEnd(FIRST);
        NodeHeartbeatResponse acknowledgement = FakeResourceManager.answer();
        acknowledgement.addContainersToBeRemovedFromNM(List.of(FIRST));
        resourceManager.answers.add(acknowledgement);
        Await.until("it to be forgotten", LIMIT, () -> client.status(FIRST)
                .getFailedRequests()
                .containsKey(FIRST));
        // Whatever is kept next is kept after that.
        started(ContainerId.newContainerId(FIRST.getApplicationAttemptId(), 2), "true");
        kill();
        startAgain();
        awaitRegistration();

        assertThat(refusal(order(FIRST, "true").getFailedRequests()))
                .contains("Attempt to relaunch the same container");
        assertThat(refusal(client.status(FIRST).getFailedRequests())).contains("was recently stopped");
    }

    private static String refusal(Map<ContainerId, SerializedException> failures) {
        SerializedException failure = failures.get(FIRST);
        assertThat(failure).isNotNull();
        return failure.getMessage();
    }

    @Test
    void shouldEndWhatItIsNotToTakeOver() throws Exception {
        long pid = started(FIRST, "sleep 300 & wait");
        kill();
        configuration.set(NodeManagerSettings.RECOVERY_ENABLED.key(), "false");
        client.close();
        process = NodeManagerProcess.start(directory, "forgetful", configuration);
        node = NodeManagerProcess.served(process, LIMIT);
        client = connect();

        awaitEndOf(pid);
        Await.until("its files to go", LIMIT, () -> nothingIn("local0") && nothingIn("local1"));
        assertThat(NodeManagerProcess.processes(directory, process)).isEmpty();
    }

    private boolean nothingIn(String local) throws IOException {
        try (var files = Files.walk(directory.resolve(local))) {
            return files.map(file -> file.getFileName().toString())
                    .allMatch(name ->
                            List.of(local, "nmPrivate", "node-manager.lock").contains(name));
        }
    }

    @Test
    void shouldEndContainersWhenNobodyWillStartItAgain() throws Exception {
        kill();
        configuration.set(NodeManagerSettings.RECOVERY_SUPERVISED.key(), "false");
        startAgain();
        awaitRegistration();
        long pid = started(FIRST, "sleep 300 & wait");
        process.terminate();
        process.awaitExit(LIMIT);

        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(resourceManager.goodbyes).hasSize(1);
    }

    @Test
    void shouldForgetANodeThatIsNotWantedAnyMore() throws Exception {
        long pid = started(FIRST, "sleep 300 & wait");
        NodeHeartbeatResponse dismissal = FakeResourceManager.answer();
        dismissal.setNodeAction(NodeAction.SHUTDOWN);
        resourceManager.answers.add(dismissal);
        process.awaitExit(LIMIT);

        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(directory.resolve("recovery")).isEmptyDirectory();
    }
}
