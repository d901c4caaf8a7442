package dev.heddle.nm.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.protocolrecords.GetContainerStatusesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetContainerStatusesResponse;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.StopContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StopContainersResponse;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.ContainerSubState;
import org.apache.hadoop.yarn.api.records.ExecutionType;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.client.api.NMClient;

/** Containers from their start to their end. */
class StartAndStopContractTest {
    @ContractTest
    void shouldServeTheStockClient(Stage stage) throws Exception {
        NMClient client = stage.client();
        ContainerId id = stage.newContainer();
        client.startContainer(stage.granted(stage.grant(id)), Stage.launch("echo $0 > <LOG_DIR>/out; sleep 1000"));
        stage.awaitLines(id, "out", 1);
        assertThat(client.getContainerStatus(id, stage.nodeId()).getState()).isEqualTo(ContainerState.RUNNING);
        client.stopContainer(id, stage.nodeId());

        ContainerStatus ended = stage.awaitEnd(id);
        assertThat(ended.getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
        assertThat(Stage.lines(ended))
                .containsSubsequence(
                        "Container killed by the ApplicationMaster.",
                        "Container killed on request. Exit code is 143",
                        "Container exited with a non-zero exit code 143. ");
    }

    @ContractTest
    void shouldSayHowAContainerIs(Stage stage) throws Exception {
        ContainerId id = stage.newContainer();
        stage.start(
                stage.token(stage.grant(id).of(Resource.newInstance(256, 2))),
                Stage.launch("echo > <LOG_DIR>/out; sleep 1000"));
        stage.awaitLines(id, "out", 1);
        InetAddress machine = InetAddress.getLocalHost();
        Await.until("its address", Stage.LIMIT, () -> stage.status(id).getHost() != null);
        ContainerStatus status = stage.status(id);
        assertThat(status.getHost()).isEqualTo(machine.getHostName());
        assertThat(status.getIPs()).containsExactly(machine.getHostAddress());
        assertThat(status.getExposedPorts()).isNullOrEmpty();
        assertThat(status.getCapability()).isEqualTo(Resource.newInstance(256, 2));
        assertThat(status.getExecutionType()).isEqualTo(ExecutionType.GUARANTEED);
        assertThat(status.getState()).isEqualTo(ContainerState.RUNNING);
        assertThat(status.getContainerSubState()).isEqualTo(ContainerSubState.RUNNING);
        assertThat(status.getExitStatus()).isEqualTo(ContainerExitStatus.INVALID);
        assertThat(status.getDiagnostics()).isEmpty();
    }

    @ContractTest
    void shouldTellOfEachContainerWhatBecameOfIt(Stage stage) throws Exception {
        ContainerId good = stage.newContainer();
        ContainerId late = stage.newContainer();
        ContainerId unknown = stage.newContainer();
        Token token = stage.token(stage.grant(good));
        StartContainersResponse started = stage.node()
                .startContainers(StartContainersRequest.newInstance(List.of(
                        StartContainerRequest.newInstance(
                                Stage.launch("sleep 1000"),
                                stage.token(stage.grant(late).until(1_000))),
                        StartContainerRequest.newInstance(Stage.launch("sleep 1000"), token),
                        StartContainerRequest.newInstance(Stage.launch("sleep 1000"), token))));
        assertThat(started.getSuccessfullyStartedContainers()).containsExactly(good);
        assertThat(Stage.message(started.getFailedRequests(), late)).contains("This token is expired. current time is");
        assertThat(Stage.message(started.getFailedRequests(), good))
                .contains(stage.onPurpose(
                        "that it runs says more than that its token was used",
                        "Container " + good + " already is running on this node!!",
                        "Attempt to relaunch the same container with id " + good + "."));
        assertThat(started.getAllServicesMetaData()).isEmpty();

        GetContainerStatusesResponse told =
                stage.node().getContainerStatuses(GetContainerStatusesRequest.newInstance(List.of(unknown, good)));
        assertThat(told.getContainerStatuses())
                .extracting(ContainerStatus::getContainerId)
                .containsExactly(good);
        assertThat(Stage.message(told.getFailedRequests(), unknown))
                .isEqualTo("Container " + unknown + " is not handled by this NodeManager");

        StopContainersResponse stopped =
                stage.node().stopContainers(StopContainersRequest.newInstance(List.of(unknown, good)));
        assertThat(stopped.getSuccessfullyStoppedContainers()).containsExactly(good);
        assertThat(Stage.message(stopped.getFailedRequests(), unknown))
                .isEqualTo("Container " + unknown + " is not handled by this NodeManager");
    }

    @ContractTest
    void shouldKeepApplicationsApart(Stage stage) throws Exception {
        ContainerId id = stage.start(Stage.launch("sleep 1000"));
        GetContainerStatusesResponse told =
                stage.stranger().getContainerStatuses(GetContainerStatusesRequest.newInstance(List.of(id)));
        assertThat(Stage.message(told.getFailedRequests(), id))
                .endsWith(" attempted to get status for non-application container : " + id);
        StopContainersResponse stopped =
                stage.stranger().stopContainers(StopContainersRequest.newInstance(List.of(id)));
        assertThat(Stage.message(stopped.getFailedRequests(), id))
                .endsWith(" attempted to stop non-application container : " + id);
        assertThat(stage.status(id).getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ContractTest
    void shouldHaveNoRoomForOpportunisticContainers(Stage stage) throws Exception {
        ContainerId id = stage.newContainer();
        stage.start(
                stage.token(stage.grant(id).as(ExecutionType.OPPORTUNISTIC)),
                Stage.launch("sleep 1000", Map.of("data", Stage.resource(stage.file("data", "")))));
        ContainerStatus ended = stage.awaitEnd(id);
        assertThat(ended.getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_CONTAINER_SCHEDULER);
        assertThat(ended.getExecutionType()).isEqualTo(ExecutionType.OPPORTUNISTIC);
        assertThat(Stage.lines(ended)).contains("Opportunistic container queue is full.");
    }
}
