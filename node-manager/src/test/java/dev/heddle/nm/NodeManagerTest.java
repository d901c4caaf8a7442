package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import dev.heddle.testbed.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.ContainerSubState;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.apache.hadoop.yarn.api.records.SerializedException;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.api.records.URL;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.apache.hadoop.yarn.util.resource.ResourceUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node manager with real containers and a resource manager that says what the test wants. */
class NodeManagerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String USER = "alice";

    private final FakeResourceManager resourceManager = new FakeResourceManager(7);
    private final FakeResourceManager other = new FakeResourceManager(8);
    private final CompletableFuture<String> dismissal = new CompletableFuture<>();
    private final List<ApplicationMasterClient> clients = new ArrayList<>();
    private Path directory;
    private NodeManager nodeManager;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        this.directory = directory;
        other.standby(true);
        nodeManager = NodeManager.start(configuration(), InstantSource.system(), dismissal::complete);
    }

    @AfterEach
    void stop() {
        clients.forEach(ApplicationMasterClient::close);
        nodeManager.close();
        resourceManager.close();
        other.close();
    }

    private YarnConfiguration configuration() {
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.setBoolean(YarnConfiguration.RM_HA_ENABLED, true);
        configuration.set(YarnConfiguration.RM_HA_IDS, "other,leader");
        configuration.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS + ".leader", resourceManager.address());
        configuration.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS + ".other", other.address());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(WebSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("local").toString());
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs").toString());
        return configuration;
    }

    private static ContainerId container(int application, int number) {
        return ContainerId.newContainerId(
                ApplicationAttemptId.newInstance(ApplicationId.newInstance(5, application), 1), number);
    }

    private static ContainerLaunchContext launch(String command) {
        return ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(command), null, null, null);
    }

    private ApplicationMasterClient client(ContainerId container) throws Exception {
        Await.until("a registration", LIMIT, nodeManager::isRegistered);
        Token token = resourceManager.nmToken(container, nodeManager.nodeId(), USER);
        ApplicationMasterClient client =
                new ApplicationMasterClient(container.getApplicationAttemptId(), nodeManager.nodeId(), token);
        clients.add(client);
        return client;
    }

    private FakeResourceManager.Grant grant(ContainerId container) {
        return resourceManager.grant(container, nodeManager.nodeId(), USER);
    }

    private ApplicationMasterClient started(ContainerId container, String command) throws Exception {
        ApplicationMasterClient client = client(container);
        StartContainersResponse response =
                client.start(resourceManager.containerToken(grant(container)), launch(command));
        assertThat(response.getSuccessfullyStartedContainers()).containsExactly(container);
        return client;
    }

    private static ContainerStatus status(ApplicationMasterClient client, ContainerId container) throws Exception {
        return client.status(container).getContainerStatuses().get(0);
    }

    private static ContainerStatus awaitEnd(ApplicationMasterClient client, ContainerId container) throws Exception {
        Await.until(
                "the end of " + container,
                LIMIT,
                () -> status(client, container).getState() == ContainerState.COMPLETE);
        return status(client, container);
    }

    private Path logs(ContainerId container) {
        return directory
                .resolve("logs")
                .resolve(container.getApplicationAttemptId().getApplicationId().toString())
                .resolve(container.toString());
    }

    private long awaitPid(ContainerId container) {
        Path file = logs(container).resolve("pid");
        Await.until(
                "a process",
                LIMIT,
                () -> Files.exists(file) && Files.readString(file).endsWith("\n"));
        try {
            return Long.parseLong(Files.readString(file).trim());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String failure(ApplicationMasterClient client, Token token, ContainerId container) throws Exception {
        StartContainersResponse response = client.start(token, launch("true"));
        assertThat(response.getSuccessfullyStartedContainers()).isEmpty();
        return message(response.getFailedRequests(), container);
    }

    private static String message(Map<ContainerId, SerializedException> failures, ContainerId container) {
        SerializedException failure = failures.get(container);
        assertThat(failure).isNotNull();
        return failure.getMessage();
    }

    @Test
    void shouldOfferFurtherKindsOfResources() throws Exception {
        nodeManager.close();
        YarnConfiguration configuration = configuration();
        configuration.set("yarn.resource-types", "yarn.io/gpu,disk");
        configuration.set("yarn.resource-types.disk.units", "Gi");
        configuration.set("yarn.nodemanager.resource-type.yarn.io/gpu", "4");
        configuration.set("yarn.nodemanager.resource-type.disk", "2Ti");
        try {
            nodeManager = NodeManager.start(configuration);
            Await.until("a registration with them", LIMIT, () -> resourceManager.registrations.stream()
                    .map(RegisterNodeManagerRequest::getResource)
                    .anyMatch(resource -> resource.getResourceValue("yarn.io/gpu") == 4
                            && resource.getResourceValue("disk") == 2048));
        } finally {
            // What Hadoop's records know, they know for the whole process.
            ResourceUtils.resetResourceTypes(new YarnConfiguration());
        }
    }

    @Test
    void shouldRunAContainerToItsEnd() throws Exception {
        ContainerId id = container(1, 1);
        ApplicationMasterClient client = started(id, "ls -l container_tokens > <LOG_DIR>/stdout; exit 0");
        ContainerStatus status = awaitEnd(client, id);

        assertThat(status.getExitStatus()).isZero();
        assertThat(logs(id).resolve("stdout")).content().startsWith("-rw-------");
        assertThat(logs(id).resolve("launch_container.sh")).exists();
        assertThat(logs(id).resolve("prelaunch.err")).isEmptyFile();
    }

    @Test
    void shouldSayWhatTheEndOfAKilledProcessLooksLike() throws Exception {
        ContainerId id = container(1, 1);
        ContainerStatus status = awaitEnd(started(id, "kill -9 \\$\\$"), id);

        assertThat(status.getExitStatus()).isEqualTo(137);
        assertThat(status.getDiagnostics().lines().map(line -> line.substring(line.indexOf(']') + 1)))
                .containsExactly(
                        "Container killed on request. Exit code is 137",
                        "Container exited with a non-zero exit code 137. ",
                        "Killed by external signal");
    }

    @Test
    void shouldStopAContainerAndWhatItHasStarted() throws Exception {
        ContainerId id = container(1, 1);
        ApplicationMasterClient client =
                started(id, "(trap '' TERM; echo \\$BASHPID > <LOG_DIR>/pid; sleep 1000) & sleep 1000");
        long child = awaitPid(id);
        assertThat(status(client, id).getState()).isEqualTo(ContainerState.RUNNING);
        assertThat(client.stop(id).getSuccessfullyStoppedContainers()).containsExactly(id);
        ContainerStatus status = awaitEnd(client, id);

        assertThat(status.getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
        assertThat(status.getDiagnostics()).contains("Container killed by the ApplicationMaster.");
        Await.until("the child to end", LIMIT, () -> ProcessHandle.of(child).isEmpty());
    }

    @Test
    void shouldRefuseWhatTheTokensDoNotAllow() throws Exception {
        ContainerId id = container(1, 1);
        ApplicationMasterClient client = client(id);
        FakeResourceManager.Grant grant = grant(id);

        assertThat(failure(client, other.containerToken(grant), id)).contains("does not hold");
        Token genuine = resourceManager.containerToken(grant);
        Token forged = Token.newInstance(
                genuine.getIdentifier().array(),
                genuine.getKind(),
                resourceManager.containerToken(grant.by("bob")).getPassword().array(),
                genuine.getService());
        assertThat(failure(client, forged, id)).contains("is not signed by this node's resource manager");
        assertThat(failure(client, resourceManager.containerToken(grant.at("elsewhere:1")), id))
                .contains("is for node elsewhere:1");
        assertThat(failure(client, resourceManager.containerToken(grant.until(1_000)), id))
                .contains("This token is expired");
        assertThat(failure(client, resourceManager.containerToken(grant.by("bob")), id))
                .contains("for user bob");
        assertThat(failure(client, resourceManager.containerToken(grant.from(3)), id))
                .contains("rejected as it is allocated by a previous RM");
        ContainerId foreign = container(2, 1);
        assertThat(failure(client, resourceManager.containerToken(grant(foreign)), foreign))
                .contains("was used for starting container with container token issued for application attempt");
    }

    @Test
    void shouldRefuseNmTokensOfAnotherNodeOrKey() throws Exception {
        ContainerId id = container(1, 1);
        client(id);
        Token unknownKey = other.nmToken(id, nodeManager.nodeId(), USER);
        try (ApplicationMasterClient stranger =
                new ApplicationMasterClient(id.getApplicationAttemptId(), nodeManager.nodeId(), unknownKey)) {
            assertThatThrownBy(() -> stranger.status(id)).hasMessageContaining("does not hold");
        }
    }

    @Test
    void shouldKeepApplicationsApart() throws Exception {
        ContainerId id = container(1, 1);
        started(id, "sleep 1000");
        ApplicationMasterClient stranger = client(container(2, 1));

        assertThat(message(stranger.status(id).getFailedRequests(), id))
                .contains("attempted to get status for non-application container");
        assertThat(message(stranger.stop(id).getFailedRequests(), id))
                .contains("attempted to stop non-application container");
    }

    @Test
    void shouldStartAContainerOnlyOnce() throws Exception {
        ContainerId id = container(1, 1);
        ApplicationMasterClient client = started(id, "true");
        awaitEnd(client, id);
        NodeHeartbeatResponse acknowledgement = FakeResourceManager.answer();
        acknowledgement.addContainersToBeRemovedFromNM(List.of(id));
        resourceManager.answers.add(acknowledgement);
        Await.until("the container to be forgotten", LIMIT, () -> client.status(id)
                .getFailedRequests()
                .containsKey(id));

        assertThat(message(client.status(id).getFailedRequests(), id)).contains("was recently stopped");
        assertThat(failure(client, resourceManager.containerToken(grant(id)), id))
                .contains("Attempt to relaunch the same container");
        assertThat(client.stop(id).getSuccessfullyStoppedContainers()).containsExactly(id);
    }

    @Test
    void shouldRefuseWhatItCannotDo() throws Exception {
        ContainerId id = container(1, 1);
        ApplicationMasterClient client = client(id);
        ContainerLaunchContext shuffle = launch("true");
        shuffle.setServiceData(Map.of("mapreduce_shuffle", ByteBuffer.allocate(1)));
        LocalResource file = LocalResource.newInstance(
                URL.newInstance("file", null, -1, "/x"), LocalResourceType.FILE, LocalResourceVisibility.PRIVATE, 1, 1);
        ContainerLaunchContext nested = launch("true");
        nested.setLocalResources(Map.of("lib", file, "lib/x/y", file));
        ContainerLaunchContext leaving = launch("true");
        leaving.setLocalResources(Map.of("../x", file));
        Token token = resourceManager.containerToken(grant(id));

        assertThat(message(client.start(token, nested).getFailedRequests(), id))
                .contains("'lib/x/y': it lies in another one, lib");
        assertThat(message(client.start(token, leaving).getFailedRequests(), id))
                .contains("'../x': the name leads out of the container's directory");
        assertThat(message(client.start(token, shuffle).getFailedRequests(), id))
                .contains("The auxService:mapreduce_shuffle does not exist");
    }

    @Test
    void shouldReportNewsAtOnce() throws Exception {
        ContainerId id = container(1, 1);
        resourceManager.slowDown();
        resourceManager.heartbeats.clear();
        Await.until("the slow interval", LIMIT, () -> !resourceManager.heartbeats.isEmpty());
        started(id, "true");

        Await.until("news of the end", LIMIT, () -> resourceManager.heartbeats.stream()
                .flatMap(heartbeat -> heartbeat.getNodeStatus().getContainersStatuses().stream())
                .anyMatch(
                        status -> status.getContainerId().equals(id) && status.getState() == ContainerState.COMPLETE));
    }

    @Test
    void shouldFollowTheResourceManagersInstructions() throws Exception {
        ContainerId killed = container(1, 1);
        ContainerId finished = container(1, 2);
        ApplicationMasterClient client = started(killed, "sleep 1000");
        started(finished, "echo \\$\\$ > <LOG_DIR>/pid; sleep 1000");
        long pid = awaitPid(finished);
        NodeHeartbeatResponse kill = FakeResourceManager.answer();
        kill.addAllContainersToCleanup(List.of(killed));
        resourceManager.answers.add(kill);
        assertThat(awaitEnd(client, killed).getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_RESOURCEMANAGER);

        NodeHeartbeatResponse cleanup = FakeResourceManager.answer();
        cleanup.addAllApplicationsToCleanup(
                List.of(finished.getApplicationAttemptId().getApplicationId()));
        resourceManager.heartbeats.clear();
        resourceManager.answers.add(cleanup);
        Await.until("word of the end", LIMIT, () -> resourceManager.heartbeats.stream()
                .flatMap(heartbeat -> heartbeat.getNodeStatus().getContainersStatuses().stream())
                .anyMatch(status -> status.getContainerId().equals(finished)
                        && status.getExitStatus() == ContainerExitStatus.KILLED_AFTER_APP_COMPLETION));
        Await.until("the process to end", LIMIT, () -> ProcessHandle.of(pid).isEmpty());
        Path folder = directory.resolve("local/usercache/alice/appcache/application_5_0001");
        Await.until("the files to go", LIMIT, () -> !Files.exists(folder));
        assertThat(logs(finished)).isDirectory();
    }

    @Test
    void shouldStopAContainerWhoseFilesAreStillUnderWay() throws Exception {
        ContainerId id = container(1, 1);
        ApplicationMasterClient client = client(id);
        // Whoever opens it to read waits for somebody who writes.
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        ContainerLaunchContext launch = launch("true");
        launch.setLocalResources(Map.of(
                "pipe",
                LocalResource.newInstance(
                        URL.fromPath(new org.apache.hadoop.fs.Path(pipe.toUri())),
                        LocalResourceType.FILE,
                        LocalResourceVisibility.APPLICATION,
                        0,
                        Files.getLastModifiedTime(pipe).toMillis())));
        client.start(resourceManager.containerToken(grant(id)), launch);
        assertThat(status(client, id).getContainerSubState()).isEqualTo(ContainerSubState.SCHEDULED);
        client.stop(id);
        ContainerStatus status = status(client, id);
        // Lets go whoever waits at it, and waits for nobody, since the download may have been given up by then.
        new RandomAccessFile(pipe.toFile(), "rw").close();

        assertThat(status.getState()).isEqualTo(ContainerState.COMPLETE);
        assertThat(status.getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
        assertThat(status.getDiagnostics()).contains("Container is killed before being launched.");
    }

    @Test
    void shouldSayWhyAContainerCannotBeLaunched() throws Exception {
        ContainerId id = container(1, 1);
        ApplicationMasterClient client = client(id);
        ContainerLaunchContext launch = launch("true");
        launch.setEnvironment(Map.of("no name", "x"));
        client.start(resourceManager.containerToken(grant(id)), launch);

        assertThat(awaitEnd(client, id).getDiagnostics())
                .contains("Container could not be launched: environment variable 'no name'");
    }

    @Test
    void shouldRunManyContainersAtOnce() throws Exception {
        ApplicationMasterClient client = client(container(1, 1));
        int count = 60;
        for (int number = 1; number <= count; number++) {
            ContainerId id = container(1, number);
            assertThat(client.start(
                                    resourceManager.containerToken(grant(id)),
                                    launch("echo \\$CONTAINER_ID > <LOG_DIR>/out"))
                            .getSuccessfullyStartedContainers())
                    .containsExactly(id);
        }
        for (int number = 1; number <= count; number++) {
            ContainerId id = container(1, number);
            assertThat(awaitEnd(client, id).getExitStatus()).isZero();
            assertThat(logs(id).resolve("out")).hasContent(id.toString());
        }
    }

    @Test
    void shouldTakeItsContainersToTheNextLeader() throws Exception {
        ContainerId id = container(1, 1);
        started(id, "echo \\$\\$ > <LOG_DIR>/pid; sleep 1000");
        long pid = awaitPid(id);
        resourceManager.standby(true);
        other.standby(false);

        assertThat(other.registeredContainers()).containsExactly(id);
        assertThat(ProcessHandle.of(pid)).isPresent();
        assertThat(other.heartbeats.poll(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void shouldLeaveNothingRunningWhenItCloses() throws Exception {
        ContainerId id = container(1, 1);
        started(id, "trap '' TERM; echo \\$\\$ > <LOG_DIR>/pid; sleep 1000; sleep 1000");
        long pid = awaitPid(id);
        nodeManager.close();

        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(resourceManager.goodbyes.poll()).isEqualTo("127.0.0.1");
        assertThat(directory.resolve("local/usercache/alice/appcache")).isEmptyDirectory();
        assertThat(logs(id)).isDirectory();
    }

    @Test
    void shouldGoWhenTheResourceManagerDoesNotWantIt() throws Exception {
        nodeManager.close();
        resourceManager.refuse();
        nodeManager = NodeManager.start(configuration(), InstantSource.system(), dismissal::complete);

        assertThat(dismissal.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("not wanted");
    }

    @Test
    void shouldSayWhatAPersonCanMend() throws Exception {
        assertThatThrownBy(() -> NodeManager.start(configuration()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("another node manager uses")
                .hasMessageContaining(NodeManagerSettings.LOCAL_DIRS.key());

        YarnConfiguration taken = configuration();
        taken.set(
                NodeManagerSettings.LOCAL_DIRS.key(),
                directory.resolve("local2").toString());
        taken.set(NodeManagerSettings.ADDRESS.key(), nodeManager.nodeId().toString());
        assertThatThrownBy(() -> NodeManager.start(taken))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cannot listen on " + nodeManager.nodeId())
                .hasMessageContaining("Address already in use")
                .hasMessageContaining(NodeManagerSettings.ADDRESS.key());

        YarnConfiguration file = configuration();
        Path plain = Files.writeString(directory.resolve("plain"), "");
        file.set(NodeManagerSettings.LOCAL_DIRS.key(), plain.resolve("below").toString());
        assertThatThrownBy(() -> NodeManager.start(file))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("cannot write to " + plain.resolve("below"));

        YarnConfiguration memory = configuration();
        memory.set(NodeManagerSettings.MEMORY.key(), "much");
        assertThatThrownBy(() -> NodeManager.start(memory))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(NodeManagerSettings.MEMORY.key());
    }
}
