package dev.heddle.rm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.testbed.Await;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterNodesRequest;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.DecommissionType;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.PreemptionContainer;
import org.apache.hadoop.yarn.api.records.PreemptionMessage;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceOption;
import org.apache.hadoop.yarn.api.records.ResourceRequest;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.api.ResourceManagerAdministrationProtocol;
import org.apache.hadoop.yarn.server.api.protocolrecords.AddToClusterNodeLabelsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.BatchSaveFederationQueuePoliciesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.CheckForDecommissioningNodesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.DeleteFederationApplicationRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.DeleteFederationQueuePoliciesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.DeregisterSubClusterRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.FederationQueueWeight;
import org.apache.hadoop.yarn.server.api.protocolrecords.GetSubClustersRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.QueryFederationQueuePoliciesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshAdminAclsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshClusterMaxPriorityRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshNodesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshNodesResourcesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshQueuesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshServiceAclsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshSuperUserGroupsConfigurationRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshUserToGroupsMappingsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.SaveFederationQueuePolicyRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.UpdateNodeResourceRequest;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** {@code ResourceManagerAdministrationProtocol}, as a resource manager without rivals answers it. */
class AdministrationContractTest {
    private static final int HOUR_MS = 60 * 60 * 1_000;

    private static ResourceManagerAdministrationProtocol admin(Stage stage) {
        return stage.administration();
    }

    @ContractTest
    void shouldRefreshWhatItReadsFromFiles(Stage stage) throws Exception {
        assertThat(admin(stage).refreshQueues(RefreshQueuesRequest.newInstance()))
                .isNotNull();
        assertThat(admin(stage).refreshNodes(RefreshNodesRequest.newInstance(DecommissionType.NORMAL)))
                .isNotNull();
        assertThat(admin(stage).refreshUserToGroupsMappings(RefreshUserToGroupsMappingsRequest.newInstance()))
                .isNotNull();
        assertThat(admin(stage)
                        .refreshSuperUserGroupsConfiguration(RefreshSuperUserGroupsConfigurationRequest.newInstance()))
                .isNotNull();
        assertThat(admin(stage).refreshAdminAcls(RefreshAdminAclsRequest.newInstance()))
                .isNotNull();
        assertThat(admin(stage).refreshNodesResources(RefreshNodesResourcesRequest.newInstance()))
                .isNotNull();
    }

    @ContractTest
    void shouldRefreshTheHighestPriority(Stage stage) throws Exception {
        assertThat(admin(stage).refreshClusterMaxPriority(RefreshClusterMaxPriorityRequest.newInstance()))
                .isNotNull();
    }

    @ContractTest
    void shouldNotRefreshServiceAclsWhereNobodyIsAuthorized(Stage stage) {
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> admin(stage).refreshServiceAcls(RefreshServiceAclsRequest.newInstance()))
                .withMessageContaining("Service Authorization (hadoop.security.authorization) not enabled");
    }

    @ContractTest
    void shouldTellTheGroupsOfAUser(Stage stage) throws Exception {
        assertThat(admin(stage).getGroupsForUser("nobody-at-all")).isEmpty();
    }

    @ContractTest
    void shouldChangeTheResourcesOfANode(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        admin(stage)
                .updateNodeResource(UpdateNodeResourceRequest.newInstance(
                        Map.of(node.id(), ResourceOption.newInstance(Resource.newInstance(2048, 2), 0))));
        Await.until("the node to be smaller", Stage.LIMIT, () -> {
            node.heartbeat();
            return stage
                    .client()
                    .getClusterNodes(GetClusterNodesRequest.newInstance(EnumSet.of(NodeState.RUNNING)))
                    .getNodeReports()
                    .stream()
                    .anyMatch(report -> report.getNodeId().equals(node.id())
                            && report.getCapability().equals(Resource.newInstance(2048, 2)));
        });
    }

    @ContractTest
    void shouldEndContainersThatANodeHasNoRoomForAnyMore(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        List<Container> containers = master.granted(2, List.of(node), SimulatedMaster.ask(1, 1024, 2))
                .containers();
        ContainerId elder = containers.get(0).getId();
        ContainerId younger = containers.get(1).getId();
        node.heartbeat(SimulatedNode.runs(elder), SimulatedNode.runs(younger));
        admin(stage)
                .updateNodeResource(UpdateNodeResourceRequest.newInstance(
                        Map.of(node.id(), ResourceOption.newInstance(Resource.newInstance(1024, 4), 0))));
        List<ContainerId> told = new ArrayList<>();
        Await.until(
                "a container to be ended",
                Stage.LIMIT,
                () -> told.addAll(node.heartbeat(SimulatedNode.runs(elder), SimulatedNode.runs(younger))
                        .getContainersToCleanup()));
        assertThat(told).hasSize(1).isSubsetOf(elder, younger);
        node.heartbeat(SimulatedNode.ended(told.get(0), 143, "killed"));
        ContainerStatus exit = master.exit(told.get(0), List.of(node), List.of());
        assertThat(exit.getExitStatus()).isEqualTo(ContainerExitStatus.PREEMPTED);
        assertThat(exit.getDiagnostics()).isEqualTo("Container preempted by scheduler");
    }

    @ContractTest
    void shouldTellAMasterWhichContainersItMayLose(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        List<ContainerId> ids = new ArrayList<>();
        for (Container container : master.granted(2, List.of(node), SimulatedMaster.ask(1, 1024, 2))
                .containers()) {
            ids.add(container.getId());
        }
        node.heartbeat(SimulatedNode.runs(ids.get(0)), SimulatedNode.runs(ids.get(1)));
        admin(stage)
                .updateNodeResource(UpdateNodeResourceRequest.newInstance(
                        Map.of(node.id(), ResourceOption.newInstance(Resource.newInstance(1024, 4), HOUR_MS))));
        List<PreemptionMessage> told = new ArrayList<>();
        Await.until("a word to the master", Stage.LIMIT, () -> {
            node.heartbeat(SimulatedNode.runs(ids.get(0)), SimulatedNode.runs(ids.get(1)));
            PreemptionMessage message = master.allocate().getPreemptionMessage();
            return message != null && told.add(message);
        });
        PreemptionMessage message = told.get(0);
        assertThat(message.getStrictContract()).isNull();
        assertThat(message.getContract().getContainers())
                .hasSize(1)
                .extracting(PreemptionContainer::getId)
                .isSubsetOf(ids);
        ResourceRequest instead =
                message.getContract().getResourceRequest().get(0).getResourceRequest();
        assertThat(instead.getResourceName()).isEqualTo(ResourceRequest.ANY);
        assertThat(instead.getPriority()).isEqualTo(Priority.UNDEFINED);
        assertThat(instead.getNumContainers() * instead.getCapability().getMemorySize())
                .isEqualTo(1024);
        assertThat(master.allocate().getPreemptionMessage())
                .as("it is told once")
                .isNull();
    }

    @ContractTest
    void shouldLeaveAFederationToItsRouter(Stage stage) {
        ResourceManagerAdministrationProtocol admin = admin(stage);
        List<ThrowingCallable> calls = List.of(
                () -> admin.deregisterSubCluster(DeregisterSubClusterRequest.newInstance("sub")),
                () -> admin.saveFederationQueuePolicy(SaveFederationQueuePolicyRequest.newInstance(
                        "root.a", FederationQueueWeight.newInstance("a:1", "a:1", "1"), "policy")),
                () -> admin.batchSaveFederationQueuePolicies(
                        BatchSaveFederationQueuePoliciesRequest.newInstance(List.of())),
                () -> admin.listFederationQueuePolicies(
                        QueryFederationQueuePoliciesRequest.newInstance(1, 1, "root.a", List.of())),
                () -> admin.deleteFederationApplication(DeleteFederationApplicationRequest.newInstance("application")),
                () -> admin.getFederationSubClusters(GetSubClustersRequest.newInstance()),
                () -> admin.deleteFederationPoliciesByQueues(
                        DeleteFederationQueuePoliciesRequest.newInstance(List.of("root.a"))));
        assertThat(calls).allSatisfy(call -> assertThatExceptionOfType(YarnException.class)
                .isThrownBy(call)
                .withMessageContaining("It is not allowed to call the RM's"));
    }

    @ContractTest
    void shouldNotTakeLabelsWhereTheyAreSwitchedOff(Stage stage) {
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> admin(stage)
                        .addToClusterNodeLabels(
                                AddToClusterNodeLabelsRequest.newInstance(List.of(NodeLabel.newInstance("gpu")))))
                .withMessageContaining(
                        "Node-label-based scheduling is disabled. Please check yarn.node-labels.enabled");
    }

    @ContractTest
    void shouldKnowOfNoNodesThatAreBeingDecommissioned(Stage stage) throws Exception {
        assertThat(admin(stage)
                        .checkForDecommissioningNodes(CheckForDecommissioningNodesRequest.newInstance())
                        .getDecommissioningNodes())
                .isEmpty();
    }
}
