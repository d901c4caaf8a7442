package dev.heddle.rm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.testbed.Await;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterNodesRequest;
import org.apache.hadoop.yarn.api.records.DecommissionType;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceOption;
import org.apache.hadoop.yarn.server.api.ResourceManagerAdministrationProtocol;
import org.apache.hadoop.yarn.server.api.protocolrecords.AddToClusterNodeLabelsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.CheckForDecommissioningNodesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshAdminAclsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshClusterMaxPriorityRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshNodesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshNodesResourcesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshQueuesRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshServiceAclsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshSuperUserGroupsConfigurationRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RefreshUserToGroupsMappingsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.UpdateNodeResourceRequest;

/** {@code ResourceManagerAdministrationProtocol}, as a resource manager without rivals answers it. */
class AdministrationContractTest {
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

    @ContractTest(heddleLacks = "refreshClusterMaxPriority")
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
