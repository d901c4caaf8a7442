package dev.heddle.nm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.nm.FakeResourceManager;
import dev.heddle.nm.FakeResourceManager.Grant;
import dev.heddle.testbed.Await;
import java.util.List;
import org.apache.hadoop.yarn.api.protocolrecords.ContainerUpdateRequest;
import org.apache.hadoop.yarn.api.protocolrecords.ContainerUpdateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.IncreaseContainersResourceRequest;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ExecutionType;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;

/** What a container is granted, changed while it runs. */
class ContainerUpdateContractTest {
    private static final Resource LARGE = Resource.newInstance(512, 2);

    private static ContainerId running(Stage stage) throws Exception {
        ContainerId id = stage.start(Stage.launch("echo > <LOG_DIR>/out; sleep 1000"));
        stage.awaitLines(id, "out", 1);
        return id;
    }

    private static ContainerUpdateResponse update(Stage stage, Grant grant) throws Exception {
        return stage.node().updateContainer(ContainerUpdateRequest.newInstance(List.of(stage.token(grant))));
    }

    private static String refusal(Stage stage, Grant grant) throws Exception {
        ContainerUpdateResponse response = update(stage, grant);
        assertThat(response.getSuccessfullyUpdatedContainers()).isEmpty();
        return Stage.message(response.getFailedRequests(), grant.container());
    }

    private static void awaitSize(Stage stage, ContainerId id, Resource resource) {
        Await.until(id + " to have " + resource, Stage.LIMIT, () -> stage.status(id)
                .getCapability()
                .equals(resource));
    }

    private static boolean isToldAsIncreased(Stage stage, ContainerId id, Resource resource) {
        return stage.resourceManager().heartbeats.stream()
                .flatMap(heartbeat -> heartbeat.getNodeStatus().getIncreasedContainers().stream())
                .anyMatch(container ->
                        container.getId().equals(id) && container.getResource().equals(resource));
    }

    @ContractTest
    void shouldGrowAndTellTheResourceManager(Stage stage) throws Exception {
        ContainerId id = running(stage);
        assertThat(update(stage, stage.grant(id).of(LARGE).version(1)).getSuccessfullyUpdatedContainers())
                .containsExactly(id);
        awaitSize(stage, id, LARGE);
        Await.until("the resource manager to know", Stage.LIMIT, () -> isToldAsIncreased(stage, id, LARGE));
        Await.until("the report of the new size", Stage.LIMIT, () -> stage.resourceManager().heartbeats.stream()
                .flatMap(heartbeat -> heartbeat.getNodeStatus().getContainersStatuses().stream())
                .anyMatch(status -> status.getContainerId().equals(id)
                        && status.getCapability().equals(LARGE)
                        && status.getState() == ContainerState.RUNNING));
    }

    @ContractTest
    @SuppressWarnings("deprecation")
    void shouldTakeTheOlderCallToo(Stage stage) throws Exception {
        ContainerId id = running(stage);
        assertThat(stage.node()
                        .increaseContainersResource(IncreaseContainersResourceRequest.newInstance(
                                List.of(stage.token(stage.grant(id).of(LARGE).version(1)))))
                        .getSuccessfullyIncreasedContainers())
                .containsExactly(id);
        awaitSize(stage, id, LARGE);
    }

    @ContractTest
    void shouldServeTheStockClient(Stage stage) throws Exception {
        ContainerId id = running(stage);
        Container container = stage.granted(stage.grant(id).of(LARGE).version(1));
        stage.client().updateContainerResource(container);
        awaitSize(stage, id, LARGE);
    }

    @ContractTest
    void shouldTakeNewerVersionsAlone(Stage stage) throws Exception {
        ContainerId id = running(stage);
        assertThat(refusal(stage, stage.grant(id).of(LARGE)))
                .isEqualTo("Container " + id + " has update version [0] >= requested version [0]");
        update(stage, stage.grant(id).of(LARGE).version(3));
        awaitSize(stage, id, LARGE);
        assertThat(refusal(stage, stage.grant(id).version(2)))
                .isEqualTo("Container " + id + " has update version [3] >= requested version [2]");
        assertThat(stage.status(id).getCapability()).isEqualTo(LARGE);
    }

    @ContractTest
    void shouldRefuseWhatTheTokensDoNotAllow(Stage stage) throws Exception {
        ContainerId id = running(stage);
        Grant larger = stage.grant(id).of(LARGE).version(1);
        ContainerId unknown = stage.newContainer();
        assertThat(refusal(stage, stage.grant(unknown).version(1)))
                .isEqualTo("Container " + unknown + " is not handled by this NodeManager");
        ContainerUpdateRequest stolen = ContainerUpdateRequest.newInstance(List.of(stage.token(larger)));
        boolean told = stage.onPurpose(
                "Hadoop's fails to write an answer about a container whose token does not hold", true, false);
        if (told) {
            assertThat(refusal(stage, larger.until(1_000)))
                    .startsWith("Unauthorized request to increase container resource.\nThis token is expired.");
            assertThat(refusal(stage, larger.from(3))).contains("rejected as it is allocated by a previous RM");
            assertThat(refusal(stage, larger.by("bob"))).contains("the container token for user bob");
            assertThat(Stage.message(stage.stranger().updateContainer(stolen).getFailedRequests(), id))
                    .contains("was used for increasing resource of container with container token issued for");
        } else {
            assertThatThrownBy(() -> update(stage, larger.until(1_000))).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> update(stage, larger.from(3))).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> stage.stranger().updateContainer(stolen)).isInstanceOf(NullPointerException.class);
        }
        assertThat(stage.status(id).getCapability()).isEqualTo(stage.grant(id).resource());
    }

    @ContractTest
    void shouldPromoteAndDemote(Stage stage) throws Exception {
        ContainerId id = running(stage);
        update(stage, stage.grant(id).as(ExecutionType.OPPORTUNISTIC).version(1));
        Await.until(
                "the demotion", Stage.LIMIT, () -> stage.status(id).getExecutionType() == ExecutionType.OPPORTUNISTIC);
        update(stage, stage.grant(id).version(2));
        Await.until(
                "the promotion", Stage.LIMIT, () -> stage.status(id).getExecutionType() == ExecutionType.GUARANTEED);
        assertThat(stage.status(id).getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ContractTest
    void shouldShrinkAtTheResourceManagersWish(Stage stage) throws Exception {
        ContainerId id = running(stage);
        Resource small = Resource.newInstance(64, 1);
        NodeHeartbeatResponse answer = FakeResourceManager.answer();
        answer.addAllContainersToUpdate(
                List.of(stage.granted(stage.grant(id).of(small).version(1))));
        stage.resourceManager().answers.add(answer);
        awaitSize(stage, id, small);
        assertThat(isToldAsIncreased(stage, id, small)).isFalse();
    }
}
