package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.testbed.Await;
import dev.heddle.testbed.HadoopProcess;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerUpdateType;
import org.apache.hadoop.yarn.api.records.ExecutionType;
import org.apache.hadoop.yarn.api.records.ExecutionTypeRequest;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceSizing;
import org.apache.hadoop.yarn.api.records.SchedulingRequest;
import org.apache.hadoop.yarn.api.records.UpdateContainerRequest;
import org.apache.hadoop.yarn.api.records.UpdatedContainer;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.client.api.AMRMClient;
import org.apache.hadoop.yarn.client.api.AMRMClient.ContainerRequest;
import org.apache.hadoop.yarn.client.api.NMClient;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.exceptions.InvalidResourceBlacklistRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Hadoop's own master client asks, beyond plain containers, with a node manager of Hadoop's. */
@NullUnmarked
class StockMastersTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    static Path directory;

    private static RunningResourceManager resourceManager;
    private static HadoopProcess node;
    private static YarnClient client;

    @BeforeAll
    static void start() throws Exception {
        resourceManager = RunningResourceManager.start();
        client = resourceManager.client();
        node = HadoopProcess.nodeManager(
                directory.resolve("node"), resourceManager.writeConfiguration(directory.resolve("conf")));
        Await.until(
                "a registered node",
                LIMIT,
                () -> client.getNodeReports(NodeState.RUNNING).size() == 1);
    }

    @AfterAll
    static void stop() throws Exception {
        client.stop();
        node.close();
        resourceManager.close();
    }

    @Test
    void shouldLetAContainerGrowAndShrinkOnItsNode() throws Exception {
        ApplicationId id = submit(false);
        asMasterOf(id, () -> {
            AMRMClient<ContainerRequest> master = master();
            NMClient nodes = NMClient.createNMClient();
            nodes.init(resourceManager.clientConfiguration());
            nodes.start();
            master.registerApplicationMaster("127.0.0.1", 1, "");
            Container container = granted(master);
            nodes.startContainer(container, sleep());
            Await.until(
                    "a running container",
                    LIMIT,
                    () -> nodes.getContainerStatus(container.getId(), container.getNodeId())
                                    .getState()
                            == ContainerState.RUNNING);
            Container larger = updated(master, container, ContainerUpdateType.INCREASE_RESOURCE, 512);
            assertThat(larger.getVersion()).isEqualTo(1);
            nodes.updateContainerResource(larger);
            Await.until("the larger size", LIMIT, () -> sizeOnNode(nodes, container) == 512);
            Container smaller = updated(master, larger, ContainerUpdateType.DECREASE_RESOURCE, 128);
            assertThat(smaller.getVersion()).isEqualTo(2);
            Await.until("the smaller size", LIMIT, () -> sizeOnNode(nodes, container) == 128);
            master.requestContainerUpdate(container, update(container, ContainerUpdateType.INCREASE_RESOURCE, 1024));
            assertThat(master.allocate(0).getUpdateErrors())
                    .extracting(error -> error.getReason() + " " + error.getCurrentContainerVersion())
                    .containsExactly("INCORRECT_CONTAINER_VERSION_ERROR 2");
            nodes.stop();
            master.stop();
            return null;
        });
        client.killApplication(id);
    }

    @Test
    void shouldGiveAnUnmanagedMasterBackWhatItHadWhenItRegistersAgain() throws Exception {
        ApplicationId id = submit(true);
        asMasterOf(id, () -> {
            AMRMClient<ContainerRequest> first = master();
            assertThat(first.registerApplicationMaster("127.0.0.1", 1, "").getContainersFromPreviousAttempts())
                    .isEmpty();
            Container container = granted(first);
            AMRMClient<ContainerRequest> second = master();
            var registered = second.registerApplicationMaster("127.0.0.1", 2, "");
            assertThat(registered.getContainersFromPreviousAttempts())
                    .extracting(Container::getId)
                    .containsExactly(container.getId());
            assertThat(registered.getNMTokensFromPreviousAttempts())
                    .extracting(token -> token.getNodeId())
                    .containsExactly(container.getNodeId());
            assertThat(second.allocate(0).getNumClusterNodes()).isEqualTo(1);
            first.stop();
            second.stop();
            return null;
        });
        client.killApplication(id);
    }

    @Test
    void shouldRefuseWhatCannotBeAskedForWithYarnsExceptions() throws Exception {
        ApplicationId id = submit(false);
        asMasterOf(id, () -> {
            AMRMClient<ContainerRequest> master = master();
            master.registerApplicationMaster("127.0.0.1", 1, "");
            master.updateBlacklist(new ArrayList<>(List.of("*")), new ArrayList<>());
            assertThatExceptionOfType(InvalidResourceBlacklistRequestException.class)
                    .isThrownBy(() -> master.allocate(0))
                    .withMessageContaining("Cannot add * to the blacklist!");
            master.updateBlacklist(new ArrayList<>(), new ArrayList<>(List.of("*")));
            assertThat(master.allocate(0).getNumClusterNodes()).isEqualTo(1);
            master.addSchedulingRequests(List.of(SchedulingRequest.newInstance(
                    1,
                    Priority.newInstance(1),
                    ExecutionTypeRequest.newInstance(ExecutionType.GUARANTEED),
                    Set.of("tag"),
                    ResourceSizing.newInstance(1, Resource.newInstance(128, 1)),
                    null)));
            assertThatExceptionOfType(YarnException.class)
                    .isThrownBy(() -> master.allocate(0))
                    .withMessageContaining("Found non empty SchedulingRequest in AllocateRequest");
            master.stop();
            return null;
        });
        client.killApplication(id);
    }

    private static AMRMClient<ContainerRequest> master() {
        AMRMClient<ContainerRequest> master = AMRMClient.createAMRMClient();
        master.init(resourceManager.clientConfiguration());
        master.start();
        return master;
    }

    private static Container granted(AMRMClient<ContainerRequest> master) throws Exception {
        ContainerRequest request =
                new ContainerRequest(Resource.newInstance(256, 1), null, null, Priority.newInstance(1));
        master.addContainerRequest(request);
        AllocateResponse response = master.allocate(0);
        master.removeContainerRequest(request);
        assertThat(response.getAllocatedContainers()).hasSize(1);
        return response.getAllocatedContainers().get(0);
    }

    private static UpdateContainerRequest update(Container container, ContainerUpdateType type, int memoryMb) {
        return UpdateContainerRequest.newInstance(
                container.getVersion(), container.getId(), type, Resource.newInstance(memoryMb, 1), null);
    }

    private static Container updated(
            AMRMClient<ContainerRequest> master, Container container, ContainerUpdateType type, int memoryMb)
            throws Exception {
        master.requestContainerUpdate(container, update(container, type, memoryMb));
        List<UpdatedContainer> updated = master.allocate(0).getUpdatedContainers();
        assertThat(updated).hasSize(1);
        assertThat(updated.get(0).getUpdateType()).isEqualTo(type);
        return updated.get(0).getContainer();
    }

    private static long sizeOnNode(NMClient nodes, Container container) throws Exception {
        return nodes.getContainerStatus(container.getId(), container.getNodeId())
                .getCapability()
                .getMemorySize();
    }

    private static ContainerLaunchContext sleep() {
        return ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of("sleep 1000"), null, null, null);
    }

    private static ApplicationId submit(boolean keepContainers) throws Exception {
        ApplicationSubmissionContext context = client.createApplication().getApplicationSubmissionContext();
        context.setApplicationName("stock masters test");
        context.setUnmanagedAM(true);
        context.setKeepContainersAcrossApplicationAttempts(keepContainers);
        context.setResource(Resource.newInstance(128, 1));
        context.setAMContainerSpec(ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(), null, null, null));
        client.submitApplication(context);
        return context.getApplicationId();
    }

    private static void asMasterOf(ApplicationId id, PrivilegedExceptionAction<Void> action) throws Exception {
        UserGroupInformation user = UserGroupInformation.createRemoteUser(
                UserGroupInformation.getCurrentUser().getShortUserName());
        Token<AMRMTokenIdentifier> token = client.getAMRMToken(id);
        token.setService(ClientRMProxy.getAMRMTokenService(resourceManager.clientConfiguration()));
        user.addToken(token);
        user.doAs(action);
    }
}
