package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import dev.heddle.testbed.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.protocolrecords.ContainerUpdateRequest;
import org.apache.hadoop.yarn.api.protocolrecords.ContainerUpdateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.GetLocalizationStatusesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.ReInitializeContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.ResourceLocalizationRequest;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerRetryContext;
import org.apache.hadoop.yarn.api.records.ContainerRetryPolicy;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.ContainerSubState;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.apache.hadoop.yarn.api.records.LocalizationState;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.URL;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was changed about containers survives the node manager that has changed it. */
class RecoveryOfChangesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String USER = "alice";
    private static final int PAUSE_MS = 1_500;
    private static final ContainerId FIRST =
            ContainerId.newContainerId(ApplicationAttemptId.newInstance(ApplicationId.newInstance(5, 1), 1), 1);

    private final FakeResourceManager resourceManager = new FakeResourceManager(7);
    private Path directory;
    private Path lines;
    private YarnConfiguration configuration;
    private ChildProcess process;
    private NodeId node;
    private ApplicationMasterClient client;

    @BeforeEach
    void prepare(@TempDir Path directory) throws Exception {
        this.directory = directory;
        lines = directory.resolve("lines");
        configuration = NodeManagerProcess.configuration(directory, resourceManager);
        process = NodeManagerProcess.start(directory, "first", configuration);
        node = NodeManagerProcess.served(process, LIMIT);
        Await.until("a heartbeat", LIMIT, () -> !resourceManager.heartbeats.isEmpty());
        client = connect();
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

    private void killAndStartAgain() throws Exception {
        process.kill();
        process.awaitExit(LIMIT);
        client.close();
        resourceManager.heartbeats.clear();
        process = NodeManagerProcess.start(directory, "next", configuration);
        assertThat(NodeManagerProcess.served(process, LIMIT)).isEqualTo(node);
        Await.until("a heartbeat", LIMIT, () -> !resourceManager.heartbeats.isEmpty());
        client = connect();
    }

    private static ContainerLaunchContext launch(String command) {
        return ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(command), null, null, null);
    }

    private void start(ContainerLaunchContext launch) throws Exception {
        assertThat(client.start(resourceManager.containerToken(resourceManager.grant(FIRST, node, USER)), launch)
                        .getSuccessfullyStartedContainers())
                .containsExactly(FIRST);
    }

    private ContainerStatus status() throws Exception {
        return client.status(FIRST).getContainerStatuses().get(0);
    }

    private ContainerStatus awaitEnd() throws Exception {
        Await.until("the end", LIMIT, () -> status().getState() == ContainerState.COMPLETE);
        return status();
    }

    private void awaitLines(String... expected) {
        Await.until(
                () -> List.of(expected) + " in " + lines,
                LIMIT,
                () -> Files.exists(lines) && Files.readAllLines(lines).equals(List.of(expected)));
    }

    private void awaitRunning() {
        Await.until("the container to run", LIMIT, () -> status().getContainerSubState() == ContainerSubState.RUNNING);
    }

    private LocalResource file(String name) throws IOException {
        Path file = Files.writeString(directory.resolve(name), name);
        return LocalResource.newInstance(
                URL.fromPath(new org.apache.hadoop.fs.Path(file.toUri())),
                LocalResourceType.FILE,
                LocalResourceVisibility.APPLICATION,
                Files.size(file),
                Files.getLastModifiedTime(file).toMillis());
    }

    private ContainerUpdateResponse update(Resource resource, int version) throws Exception {
        return client.node()
                .updateContainer(ContainerUpdateRequest.newInstance(List.of(resourceManager.containerToken(
                        resourceManager.grant(FIRST, node, USER).of(resource).version(version)))));
    }

    @Test
    void shouldKeepWhatAContainerIsGranted() throws Exception {
        start(launch("echo a >> " + lines + "; sleep 300 & wait"));
        awaitLines("a");
        Resource large = Resource.newInstance(512, 2);
        assertThat(update(large, 3).getSuccessfullyUpdatedContainers()).containsExactly(FIRST);
        killAndStartAgain();

        assertThat(status().getCapability()).isEqualTo(large);
        assertThat(update(Resource.newInstance(64, 1), 2).getFailedRequests())
                .hasEntrySatisfying(FIRST, failure -> assertThat(failure.getMessage())
                        .contains("has update version [3] >= requested version [2]"));
    }

    @Test
    void shouldStartAgainWhatAContainerWasChangedTo() throws Exception {
        start(launch("echo a >> " + lines + "; sleep 300 & wait"));
        awaitLines("a");
        awaitRunning();
        client.node().localize(ResourceLocalizationRequest.newInstance(FIRST, Map.of("more", file("more"))));
        Await.until("the file", LIMIT, () -> client
                .node()
                .getLocalizationStatuses(GetLocalizationStatusesRequest.newInstance(List.of(FIRST)))
                .getLocalizationStatuses()
                .getOrDefault(FIRST, List.of())
                .stream()
                .anyMatch(file -> file.getLocalizationState() == LocalizationState.COMPLETED));
        client.node()
                .reInitializeContainer(ReInitializeContainerRequest.newInstance(
                        FIRST, launch("echo b \\$(cat more) >> " + lines + "; sleep 300 & wait"), true));
        awaitLines("a", "b more");
        awaitRunning();
        killAndStartAgain();
        client.node().restartContainer(FIRST);

        awaitLines("a", "b more", "b more");
        awaitRunning();
        assertThat(client.node()
                        .getLocalizationStatuses(GetLocalizationStatusesRequest.newInstance(List.of(FIRST)))
                        .getLocalizationStatuses()
                        .get(FIRST))
                .singleElement()
                .satisfies(file -> assertThat(file.getLocalizationState()).isEqualTo(LocalizationState.COMPLETED));
    }

    @Test
    void shouldGoOnWithARestartThatWasUnderWay() throws Exception {
        start(launch("trap '' TERM; echo a >> " + lines + "; sleep 300; sleep 300"));
        awaitLines("a");
        awaitRunning();
        client.node().restartContainer(FIRST);
        killAndStartAgain();

        awaitLines("a", "a");
        awaitRunning();
        assertThat(NodeManagerProcess.processes(directory, process).stream()
                        .filter(each -> each.info().commandLine().orElse("").contains("echo a")))
                .as("one process")
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void shouldGoOnCountingWhatWasTriedAgain() throws Exception {
        ContainerLaunchContext launch = launch("echo x >> " + lines + "; exit 4");
        launch.setContainerRetryContext(
                ContainerRetryContext.newInstance(ContainerRetryPolicy.RETRY_ON_ALL_ERRORS, null, 2, PAUSE_MS));
        start(launch);
        awaitLines("x", "x");
        killAndStartAgain();

        assertThat(awaitEnd().getExitStatus()).isEqualTo(4);
        assertThat(Files.readAllLines(lines)).hasSize(3);
    }
}
