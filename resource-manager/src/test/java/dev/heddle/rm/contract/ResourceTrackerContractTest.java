package dev.heddle.rm.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterNodesRequest;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.LogAggregationStatus;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceUtilization;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.server.api.protocolrecords.LogAggregationReport;
import org.apache.hadoop.yarn.server.api.protocolrecords.NMContainerStatus;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.UnRegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.records.NodeAction;

/** {@code ResourceTracker}, method by method. */
class ResourceTrackerContractTest {
    private static List<NodeReport> reports(Stage stage, SimulatedNode node, NodeState state) throws Exception {
        return stage
                .client()
                .getClusterNodes(GetClusterNodesRequest.newInstance(EnumSet.of(state)))
                .getNodeReports()
                .stream()
                .filter(report -> report.getNodeId().equals(node.id()))
                .toList();
    }

    @ContractTest
    void shouldGiveANodeThatRegistersTheKeysOfTokens(Stage stage) throws Exception {
        RegisterNodeManagerResponse response = stage.newNode(4096, 4).register();
        assertThat(response.getNodeAction()).isEqualTo(NodeAction.NORMAL);
        assertThat(response.getContainerTokenMasterKey().getBytes().remaining()).isPositive();
        assertThat(response.getNMTokenMasterKey().getBytes().remaining()).isPositive();
        assertThat(response.getRMIdentifier()).isPositive();
    }

    @ContractTest
    void shouldListANodeThatHasRegistered(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        Await.until("the node to run", Stage.LIMIT, () -> !reports(stage, node, NodeState.RUNNING)
                .isEmpty());
        NodeReport report = reports(stage, node, NodeState.RUNNING).get(0);
        assertThat(report.getCapability()).isEqualTo(Resource.newInstance(4096, 4));
        assertThat(report.getUsed()).isEqualTo(Resource.newInstance(0, 0));
        assertThat(report.getHttpAddress()).isEqualTo("127.0.0.1:" + SimulatedNode.HTTP_PORT);
        assertThat(report.getRackName()).isEqualTo("/default-rack");
        assertThat(report.getNumContainers()).isZero();
        assertThat(report.getNodeState()).isEqualTo(NodeState.RUNNING);
        assertThat(report.getNodeLabels()).isEmpty();
        assertThat(report.getLastHealthReportTime()).isPositive();
    }

    @ContractTest
    void shouldTurnAwayANodeThatIsSmallerThanTheSmallestContainer(Stage stage) throws Exception {
        RegisterNodeManagerResponse response = stage.newNode(64, 1).register();
        assertThat(response.getNodeAction()).isEqualTo(NodeAction.SHUTDOWN);
        assertThat(response.getDiagnosticsMessage()).contains("doesn't satisfy minimum allocations");
    }

    @ContractTest
    void shouldCountHeartbeatsAndRepeatTheLastAnswerForARepeatedId(Stage stage) throws Exception {
        SimulatedNode node = stage.newNode(4096, 4);
        node.register();
        NodeHeartbeatResponse first = node.heartbeatWith(0);
        assertThat(first.getNodeAction()).isEqualTo(NodeAction.NORMAL);
        assertThat(first.getResponseId()).isEqualTo(1);
        assertThat(first.getNextHeartBeatInterval()).isPositive();
        assertThat(node.heartbeatWith(1).getResponseId()).isEqualTo(2);
        assertThat(node.heartbeatWith(1).getResponseId()).as("the same again").isEqualTo(2);
        assertThat(node.heartbeatWith(2).getResponseId()).isEqualTo(3);
    }

    @ContractTest
    void shouldAskANodeThatIsOutOfStepToRegisterAgain(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        node.heartbeat();
        node.heartbeat();
        NodeHeartbeatResponse response = node.heartbeatWith(node.lastResponseId() - 2);
        assertThat(response.getNodeAction()).isEqualTo(NodeAction.RESYNC);
        assertThat(response.getDiagnosticsMessage()).isNotBlank();
        // Hadoop's may throw the node out only after it has registered again: then it has to do so once more.
        Await.until("the node to be taken back", Stage.LIMIT, () -> {
            assertThat(node.register().getNodeAction()).isEqualTo(NodeAction.NORMAL);
            return node.heartbeat().getNodeAction() == NodeAction.NORMAL;
        });
    }

    @ContractTest
    void shouldAskANodeThatNobodyKnowsToRegister(Stage stage) throws Exception {
        NodeHeartbeatResponse response = stage.newNode(4096, 4).heartbeatWith(0);
        assertThat(response.getNodeAction()).isEqualTo(NodeAction.RESYNC);
        assertThat(response.getDiagnosticsMessage()).isNotBlank();
    }

    @ContractTest
    void shouldShowANodeThatHasLeftAsShutDown(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        node.leave();
        Await.until(
                "the node to be shut down",
                Stage.LIMIT,
                () -> reports(stage, node, NodeState.SHUTDOWN).size() == 1);
        assertThat(reports(stage, node, NodeState.RUNNING)).isEmpty();
        assertThat(node.heartbeatWith(5).getNodeAction()).isEqualTo(NodeAction.RESYNC);
    }

    @ContractTest
    void shouldTakeANodeBackThatHadLeft(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        node.leave();
        Await.until(
                "the node to be shut down",
                Stage.LIMIT,
                () -> reports(stage, node, NodeState.SHUTDOWN).size() == 1);
        assertThat(node.register().getNodeAction()).isEqualTo(NodeAction.NORMAL);
        Await.until(
                "the node to run again",
                Stage.LIMIT,
                () -> node.heartbeat().getNodeAction() == NodeAction.NORMAL
                        && reports(stage, node, NodeState.RUNNING).size() == 1);
        assertThat(reports(stage, node, NodeState.SHUTDOWN)).isEmpty();
    }

    @ContractTest
    void shouldNameContainersForCleaningThatNobodyKnows(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        ContainerId stranger =
                ContainerId.newContainerId(ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 77), 1), 5);
        List<ContainerId> told = new ArrayList<>();
        Await.until("the container to be cleaned", Stage.LIMIT, () -> {
            NodeHeartbeatResponse response = node.heartbeat(SimulatedNode.runs(stranger));
            assertThat(response.getNodeAction()).isEqualTo(NodeAction.NORMAL);
            told.addAll(response.getContainersToCleanup());
            return told.contains(stranger);
        });
    }

    @ContractTest
    void shouldNotMindANodeThatLeavesAndWasNeverThere(Stage stage) throws Exception {
        SimulatedNode node = stage.newNode(4096, 4);
        assertThat(stage.tracker().unRegisterNodeManager(UnRegisterNodeManagerRequest.newInstance(node.id())))
                .isNotNull();
    }

    @ContractTest
    void shouldSendAwayTheFormerOfTwoNodesWithOneId(Stage stage) throws Exception {
        SimulatedNode former = stage.node(4096, 4);
        former.heartbeat();
        former.heartbeat();
        SimulatedNode latter = former.twin();
        assertThat(latter.register().getNodeAction()).isEqualTo(NodeAction.NORMAL);
        Await.until(
                "the latter to be answered",
                Stage.LIMIT,
                () -> latter.heartbeat().getNodeAction() == NodeAction.NORMAL);
        latter.heartbeat();
        assertThat(reports(stage, former, NodeState.RUNNING)).hasSize(1);
        NodeHeartbeatResponse told = former.heartbeatWith(former.lastResponseId() + 5);
        assertThat(told.getNodeAction()).isEqualTo(NodeAction.RESYNC);
        assertThat(told.getDiagnosticsMessage()).isNotBlank();
    }

    @ContractTest
    void shouldNotCountAContainerThatNobodyKnowsWhenItsNodeRegisters(Stage stage) throws Exception {
        SimulatedNode node = stage.newNode(4096, 4);
        ContainerId stranger =
                ContainerId.newContainerId(ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 78), 1), 5);
        assertThat(node.register(NMContainerStatus.newInstance(
                                stranger,
                                0,
                                ContainerState.RUNNING,
                                Resource.newInstance(1024, 1),
                                "",
                                0,
                                Priority.newInstance(1),
                                1))
                        .getNodeAction())
                .isEqualTo(NodeAction.NORMAL);
        List<ContainerId> told = new ArrayList<>();
        boolean cleaned = stage.onPurpose(
                "Heddle names it for cleaning at once; YARN only where it recovers after a restart", true, false);
        Await.until("the container to be cleaned", Stage.LIMIT, () -> {
            told.addAll(node.heartbeat(SimulatedNode.runs(stranger)).getContainersToCleanup());
            return !cleaned || told.contains(stranger);
        });
        assertThat(reports(stage, node, NodeState.RUNNING).get(0).getUsed()).isEqualTo(Resource.newInstance(0, 0));
    }

    @ContractTest
    void shouldNotMindTheEndOfAContainerThatNobodyKnows(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        ContainerId stranger =
                ContainerId.newContainerId(ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 79), 1), 5);
        assertThat(node.heartbeat(SimulatedNode.ended(stranger, 0, "")).getNodeAction())
                .isEqualTo(NodeAction.NORMAL);
        assertThat(node.heartbeat().getNodeAction()).isEqualTo(NodeAction.NORMAL);
    }

    @ContractTest
    void shouldTellHowFarNodesAreWithTheLogsOfAnApplication(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        ApplicationId application = master.application();
        ContainerId container = master.granted(1, List.of(node), SimulatedMaster.ask(1, 1024, 1))
                .one()
                .getId();
        assertThat(stage.report(application).getLogAggregationStatus()).isEqualTo(LogAggregationStatus.NOT_START);
        node.heartbeat(SimulatedNode.runs(container));
        node.heartbeatWithLogs(logs(application, LogAggregationStatus.RUNNING));
        awaitLogs(stage, application, LogAggregationStatus.RUNNING);
        node.heartbeatWithLogs(logs(application, LogAggregationStatus.RUNNING_WITH_FAILURE));
        awaitLogs(stage, application, LogAggregationStatus.RUNNING_WITH_FAILURE);
        node.heartbeat(SimulatedNode.ended(container, 0, ""));
        master.finished(FinalApplicationStatus.SUCCEEDED, "");
        stage.await(application, YarnApplicationState.FINISHED);
        node.heartbeatWithLogs(logs(application, LogAggregationStatus.SUCCEEDED));
        awaitLogs(stage, application, LogAggregationStatus.SUCCEEDED);
        node.heartbeatWithLogs(logs(application, LogAggregationStatus.FAILED));
        node.heartbeat();
        assertThat(stage.report(application).getLogAggregationStatus())
                .as("what is settled stays so")
                .isEqualTo(LogAggregationStatus.SUCCEEDED);
    }

    @ContractTest
    void shouldTellThatTheLogsOfAnApplicationAreIncomplete(Stage stage) throws Exception {
        List<SimulatedNode> nodes = List.of(stage.node(1024, 1), stage.node(1024, 1));
        SimulatedMaster master = stage.master().registered();
        ApplicationId application = master.application();
        for (Container container :
                master.granted(2, nodes, SimulatedMaster.ask(1, 1024, 2)).containers()) {
            for (SimulatedNode node : nodes) {
                if (node.id().equals(container.getNodeId())) {
                    node.heartbeat(SimulatedNode.runs(container.getId()));
                    node.heartbeat(SimulatedNode.ended(container.getId(), 0, ""));
                }
            }
        }
        master.finished(FinalApplicationStatus.SUCCEEDED, "");
        stage.await(application, YarnApplicationState.FINISHED);
        nodes.get(0).heartbeatWithLogs(logs(application, LogAggregationStatus.SUCCEEDED));
        awaitLogs(stage, application, LogAggregationStatus.RUNNING);
        nodes.get(1).heartbeatWithLogs(logs(application, LogAggregationStatus.FAILED));
        awaitLogs(stage, application, LogAggregationStatus.FAILED);
    }

    @ContractTest
    void shouldNotMindLogsOfAnApplicationThatNobodyKnows(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        assertThat(node.heartbeatWithLogs(logs(ApplicationId.newInstance(1, 77), LogAggregationStatus.RUNNING))
                        .getNodeAction())
                .isEqualTo(NodeAction.NORMAL);
    }

    private static LogAggregationReport logs(ApplicationId application, LogAggregationStatus status) {
        return LogAggregationReport.newInstance(application, status, "");
    }

    private static void awaitLogs(Stage stage, ApplicationId application, LogAggregationStatus status) {
        Await.until(
                "the logs to be " + status,
                Stage.LIMIT,
                () -> stage.report(application).getLogAggregationStatus() == status);
    }

    @ContractTest
    void shouldTellWhatIsReallyUsedOnANode(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        ResourceUtilization load = ResourceUtilization.newInstance(1000, 2000, 1.5f);
        node.heartbeatWithLoad(load);
        Await.until(
                "the load to be known",
                Stage.LIMIT,
                () -> load.equals(reports(stage, node, NodeState.RUNNING).get(0).getNodeUtilization()));
        assertThat(reports(stage, node, NodeState.RUNNING).get(0).getAggregatedContainersUtilization())
                .isEqualTo(load);
    }

    @ContractTest
    void shouldCountTheRoomOfContainersUntilTheyEnd(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        ContainerId container = master.granted(1, List.of(node), SimulatedMaster.ask(1, 1024, 1))
                .one()
                .getId();
        node.heartbeat(SimulatedNode.runs(container));
        NodeReport busy = reports(stage, node, NodeState.RUNNING).get(0);
        assertThat(busy.getUsed()).isEqualTo(Resource.newInstance(1024, 1));
        assertThat(busy.getNumContainers()).isEqualTo(1);
        node.heartbeat(SimulatedNode.ended(container, 0, ""));
        Await.until("the room to be free", Stage.LIMIT, () -> {
            NodeReport report = reports(stage, node, NodeState.RUNNING).get(0);
            return report.getUsed().getMemorySize() == 0 && report.getNumContainers() == 0;
        });
    }
}
