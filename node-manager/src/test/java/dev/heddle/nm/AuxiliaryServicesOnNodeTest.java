package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.services.TestService;
import dev.heddle.testbed.Await;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.ContainerSubState;
import org.apache.hadoop.yarn.api.records.SerializedException;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.InvalidAuxServiceException;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What applications see of a node's auxiliary services. */
class AuxiliaryServicesOnNodeTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String USER = "alice";
    private static final ApplicationId APPLICATION = ApplicationId.newInstance(5, 1);
    private static final ContainerId CONTAINER =
            ContainerId.newContainerId(ApplicationAttemptId.newInstance(APPLICATION, 1), 1);

    private final Path directory;

    private final FakeResourceManager resourceManager = new FakeResourceManager(11);

    AuxiliaryServicesOnNodeTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void forget() {
        TestService.TOLD.clear();
    }

    @AfterEach
    void stop() {
        resourceManager.close();
    }

    private NodeManager start(Map<String, String> settings) {
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, resourceManager.address());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(WebSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("local").toString());
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs").toString());
        configuration.set(YarnConfiguration.NM_AUX_SERVICES, TestService.NAME);
        configuration.set("yarn.nodemanager.aux-services.test_service.class", TestService.class.getName());
        settings.forEach(configuration::set);
        NodeManager nodeManager = NodeManager.start(configuration);
        Await.until("a registration", LIMIT, nodeManager::isRegistered);
        return nodeManager;
    }

    private ApplicationMasterClient client(NodeManager nodeManager) throws Exception {
        return new ApplicationMasterClient(
                CONTAINER.getApplicationAttemptId(),
                nodeManager.nodeId(),
                resourceManager.nmToken(CONTAINER, nodeManager.nodeId(), USER));
    }

    private StartContainersResponse start(
            NodeManager nodeManager, ApplicationMasterClient client, String command, String service) throws Exception {
        ContainerLaunchContext launch =
                ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(command), null, null, null);
        launch.setServiceData(Map.of(service, ByteBuffer.wrap("data".getBytes(StandardCharsets.UTF_8))));
        return client.start(
                resourceManager.containerToken(resourceManager.grant(CONTAINER, nodeManager.nodeId(), USER)), launch);
    }

    private static ContainerStatus awaitEnd(ApplicationMasterClient client) {
        Await.until("the end", LIMIT, () -> status(client).getState() == ContainerState.COMPLETE);
        try {
            return status(client);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static ContainerStatus status(ApplicationMasterClient client) throws Exception {
        return client.status(CONTAINER).getContainerStatuses().get(0);
    }

    private static void awaitTold(String what) throws InterruptedException {
        String told;
        do {
            told = TestService.TOLD.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(told).as("before " + what).isNotNull();
        } while (!told.equals(what));
    }

    @Test
    void shouldBringServicesAndApplicationsTogether() throws Exception {
        try (NodeManager nodeManager = start(Map.of());
                ApplicationMasterClient client = client(nodeManager)) {
            StartContainersResponse response = start(
                    nodeManager,
                    client,
                    "test \"$NM_AUX_SERVICE_test_service\" = "
                            + Base64.getEncoder().encodeToString("at port 4711".getBytes(StandardCharsets.UTF_8)),
                    TestService.NAME);

            assertThat(response.getAllServicesMetaData()).containsOnlyKeys(TestService.NAME);
            assertThat(awaitEnd(client).getExitStatus()).isZero();
            awaitTold("initializeContainer " + CONTAINER + " alice");
            awaitTold("initializeApplication " + APPLICATION + " alice data");
            awaitTold("stopContainer " + CONTAINER + " alice");
            NodeHeartbeatResponse over = FakeResourceManager.answer();
            over.addAllApplicationsToCleanup(List.of(APPLICATION));
            resourceManager.answers.add(over);
            awaitTold("stopApplication " + APPLICATION);
        }
        awaitTold("serviceStop aux-test_service-1");
    }

    @Test
    void shouldRefuseDataForAServiceThatIsNotHere() throws Exception {
        try (NodeManager nodeManager = start(Map.of());
                ApplicationMasterClient client = client(nodeManager)) {
            StartContainersResponse response = start(nodeManager, client, "true", "mapreduce_shuffle");

            SerializedException failure = response.getFailedRequests().get(CONTAINER);
            assertThat(failure).isNotNull();
            assertThat(failure.deSerialize())
                    .isInstanceOf(InvalidAuxServiceException.class)
                    .hasMessage("The auxService:mapreduce_shuffle does not exist");
        }
    }

    @Test
    void shouldFailTheContainerWhoseServiceFails() throws Exception {
        try (NodeManager nodeManager = start(Map.of("test.service.fail", "initializeApplication"));
                ApplicationMasterClient client = client(nodeManager)) {
            start(nodeManager, client, "true", TestService.NAME);

            assertThat(awaitEnd(client).getDiagnostics())
                    .contains("auxiliary service test_service failed in initializeApplication: IllegalStateException:"
                            + " no initializeApplication today");
        }
    }

    @Test
    void shouldTellServicesAgainOfContainersThatOutliveANodeManager() throws Exception {
        Map<String, String> kept = Map.of(
                NodeManagerSettings.RECOVERY_ENABLED.key(),
                "true",
                NodeManagerSettings.RECOVERY_DIR.key(),
                directory.resolve("recovery").toString());
        Map<String, String> supervised = new HashMap<>(kept);
        supervised.put(NodeManagerSettings.RECOVERY_SUPERVISED.key(), "true");
        try (NodeManager nodeManager = start(supervised);
                ApplicationMasterClient client = client(nodeManager)) {
            start(nodeManager, client, "sleep 1000", TestService.NAME);
            awaitTold("setRecoveryPath " + TestService.NAME);
            Await.until(
                    "the container to run",
                    LIMIT,
                    () -> status(client).getContainerSubState() == ContainerSubState.RUNNING);
        }
        TestService.TOLD.clear();
        NodeManager next = start(kept);
        try {
            awaitTold("initializeContainer " + CONTAINER + " alice");
            awaitTold("initializeApplication " + APPLICATION + " alice data");
        } finally {
            next.close();
        }
        awaitTold("stopContainer " + CONTAINER + " alice");
        awaitTold("stopApplication " + APPLICATION);
    }

    @Test
    void shouldStopAContainerThatWaitsForAService() throws Exception {
        try (NodeManager nodeManager = start(Map.of("test.service.hang", "initializeApplication"));
                ApplicationMasterClient client = client(nodeManager)) {
            start(nodeManager, client, "true", TestService.NAME);
            awaitTold("initializeApplication " + APPLICATION + " alice data");
            client.stop(CONTAINER);

            assertThat(awaitEnd(client).getDiagnostics()).contains("Container is killed before being launched.");
            TestService.release();
            awaitTold("stopContainer " + CONTAINER + " alice");
        }
    }
}
