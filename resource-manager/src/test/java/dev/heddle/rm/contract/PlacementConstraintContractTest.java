package dev.heddle.rm.contract;

import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.NODE;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.PlacementTargets.allocationTag;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.PlacementTargets.allocationTagWithNamespace;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.PlacementTargets.nodeAttribute;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.RACK;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.and;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.build;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.cardinality;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.or;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.targetIn;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.targetNodeAttribute;
import static org.apache.hadoop.yarn.api.resource.PlacementConstraints.targetNotIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.testbed.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterRequest;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ExecutionType;
import org.apache.hadoop.yarn.api.records.ExecutionTypeRequest;
import org.apache.hadoop.yarn.api.records.NodeAttribute;
import org.apache.hadoop.yarn.api.records.NodeAttributeOpCode;
import org.apache.hadoop.yarn.api.records.NodeAttributeType;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.RejectedSchedulingRequest;
import org.apache.hadoop.yarn.api.records.RejectionReason;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceSizing;
import org.apache.hadoop.yarn.api.records.SchedulingRequest;
import org.apache.hadoop.yarn.api.resource.PlacementConstraint.AbstractConstraint;
import org.apache.hadoop.yarn.api.resource.PlacementConstraints.PlacementTargets;
import org.apache.hadoop.yarn.client.api.AMRMClient;
import org.apache.hadoop.yarn.client.api.AMRMClient.ContainerRequest;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.ResourceManagerAdministrationProtocol;
import org.apache.hadoop.yarn.server.api.protocolrecords.AddToClusterNodeLabelsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.AttributeMappingOperationType;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeToAttributes;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodesToAttributesMappingRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RemoveFromClusterNodeLabelsRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.ReplaceLabelsOnNodeRequest;
import org.apache.hadoop.yarn.server.utils.BuilderUtils;

/** {@code ApplicationMasterProtocol}: scheduling requests, where the scheduler keeps them until they are met. */
class PlacementConstraintContractTest {
    private static final String SCHEDULER = "scheduler";
    private static final String PROCESSOR = "placement-processor";

    /** Served after whatever a test asks for by scheduling requests. */
    private static final int LAST = 9;

    private static SchedulingRequest request(long id, int count, String tag, AbstractConstraint constraint) {
        return SchedulingRequest.newBuilder()
                .priority(Priority.newInstance(1))
                .allocationRequestId(id)
                .executionType(ExecutionTypeRequest.newInstance(ExecutionType.GUARANTEED))
                .allocationTags(Set.of(tag))
                .resourceSizing(ResourceSizing.newInstance(count, Resource.newInstance(128, 1)))
                .placementConstraintExpression(build(constraint))
                .build();
    }

    private static List<NodeId> nodes(List<Container> containers) {
        return containers.stream().map(Container::getNodeId).toList();
    }

    /** Asks for a container that any node may have. What was asked for before would have come first, or with it. */
    private static List<Container> andNothingMore(SimulatedMaster master, List<SimulatedNode> nodes) throws Exception {
        List<Container> containers = new ArrayList<>(
                master.granted(1, nodes, SimulatedMaster.ask(LAST, 128, 1)).containers());
        for (SimulatedNode node : nodes) {
            node.heartbeat();
        }
        containers.addAll(master.allocate().getAllocatedContainers());
        containers.removeIf(container -> container.getPriority().getPriority() == LAST);
        return containers;
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldKeepContainersOfATagApart(Stage stage) throws Exception {
        List<SimulatedNode> nodes = new ArrayList<>(List.of(stage.node(1024, 8), stage.node(1024, 8)));
        SimulatedMaster master = stage.master().registered();
        List<Container> placed =
                master.scheduled(2, nodes, request(7, 3, "zk", targetNotIn(NODE, allocationTag("zk"))));
        assertThat(nodes(placed))
                .containsExactlyInAnyOrder(nodes.get(0).id(), nodes.get(1).id());
        assertThat(placed).allSatisfy(container -> {
            assertThat(container.getAllocationTags()).containsExactly("zk");
            assertThat(container.getAllocationRequestId()).isEqualTo(7);
            assertThat(container.getPriority()).isEqualTo(Priority.newInstance(1));
            ContainerTokenIdentifier token = BuilderUtils.newContainerTokenIdentifier(container.getContainerToken());
            assertThat(token.getAllcationTags()).containsExactly("zk");
            assertThat(token.getAllocationRequestId()).isEqualTo(7);
        });
        assertThat(andNothingMore(master, nodes)).isEmpty();
        nodes.add(stage.node(1024, 8));
        assertThat(nodes(master.scheduled(1, nodes)))
                .containsExactly(nodes.get(2).id());
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldPlaceNextToWhatIsThere(Stage stage) throws Exception {
        List<SimulatedNode> nodes = List.of(stage.node(1024, 8), stage.node(1024, 8), stage.node(1024, 8));
        SimulatedMaster master = stage.master().registered();
        assertThat(master.schedule(request(1, 2, "hb", targetIn(NODE, allocationTag("zk"))))
                        .getAllocatedContainers())
                .isEmpty();
        assertThat(andNothingMore(master, nodes)).isEmpty();
        List<Container> placed =
                master.scheduled(3, nodes, request(2, 1, "zk", targetNotIn(NODE, allocationTag("none"))));
        assertThat(Set.copyOf(nodes(placed))).hasSize(1);
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldCountWhatIsThereBeforeThePlacement(Stage stage) throws Exception {
        List<SimulatedNode> nodes = List.of(stage.node(2048, 8));
        SimulatedMaster master = stage.master().registered();
        assertThat(master.scheduled(2, nodes, request(1, 5, "x", cardinality(NODE, 0, 1, "x"))))
                .hasSize(2);
        assertThat(andNothingMore(master, nodes)).isEmpty();
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldLookAtWholeRacks(Stage stage) throws Exception {
        List<SimulatedNode> nodes =
                List.of(stage.node(1024, 8), stage.node(1024, 8), stage.node(Side.HOST_IN_OTHER_RACK, 1024, 8));
        SimulatedMaster master = stage.master().registered();
        List<Container> apart = master.scheduled(2, nodes, request(1, 3, "x", targetNotIn(RACK, allocationTag("x"))));
        assertThat(nodes(apart)).contains(nodes.get(2).id());
        assertThat(andNothingMore(master, nodes)).isEmpty();
        List<Container> together = master.scheduled(
                2,
                nodes,
                request(2, 3, "y", and(targetNotIn(NODE, allocationTag("x")), targetIn(RACK, allocationTag("x")))));
        assertThat(nodes(together)).doesNotContain(nodes.get(2).id()).doesNotContainAnyElementsOf(nodes(apart));
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldTakeOneOfSeveralWays(Stage stage) throws Exception {
        List<SimulatedNode> nodes = List.of(stage.node(1024, 8), stage.node(1024, 8));
        SimulatedMaster master = stage.master().registered();
        Container first = master.scheduled(1, nodes, request(1, 1, "x", targetNotIn(NODE, allocationTag("x"))))
                .get(0);
        AbstractConstraint either = or(targetIn(NODE, allocationTag("x")), targetIn(NODE, allocationTag("none")));
        List<Container> placed =
                master.scheduled(1, nodes, request(2, 2, "y", and(either, cardinality(NODE, 0, 0, "y"))));
        assertThat(nodes(placed)).containsExactly(first.getNodeId());
        assertThat(andNothingMore(master, nodes)).isEmpty();
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldLookAtTheContainersOfOtherApplications(Stage stage) throws Exception {
        List<SimulatedNode> nodes = List.of(stage.node(1024, 8), stage.node(1024, 8));
        SimulatedMaster owner = stage.master().registered();
        Container first = owner.scheduled(1, nodes, request(1, 1, "x", targetNotIn(NODE, allocationTag("x"))))
                .get(0);
        SimulatedMaster other = stage.master().registered();
        long id = 1;
        for (String namespace : List.of("all", "not-self", "app-id/" + owner.application())) {
            List<Container> near = other.scheduled(
                    1, nodes, request(++id, 1, "y", targetIn(NODE, allocationTagWithNamespace(namespace, "x"))));
            assertThat(nodes(near)).as(namespace).containsExactly(first.getNodeId());
            List<Container> far = other.scheduled(
                    1, nodes, request(++id, 1, "y", targetNotIn(NODE, allocationTagWithNamespace(namespace, "x"))));
            assertThat(nodes(far)).as(namespace).isNotEmpty().doesNotContain(first.getNodeId());
        }
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldHeedAttributes(Stage stage) throws Exception {
        List<SimulatedNode> nodes = List.of(stage.node(1024, 8), stage.node(Side.HOST_IN_OTHER_RACK, 1024, 8));
        map(stage, AttributeMappingOperationType.REPLACE, "os", "bsd");
        try {
            SimulatedMaster master = stage.master().registered();
            AbstractConstraint bsd = targetNodeAttribute(NODE, NodeAttributeOpCode.EQ, nodeAttribute("os", "bsd"));
            AbstractConstraint notBsd = targetNodeAttribute(NODE, NodeAttributeOpCode.NE, nodeAttribute("os", "bsd"));
            AbstractConstraint other = targetNodeAttribute(NODE, NodeAttributeOpCode.EQ, nodeAttribute("os", "beos"));
            assertThat(nodes(master.scheduled(2, nodes, request(1, 2, "x", bsd))))
                    .containsOnly(nodes.get(1).id());
            assertThat(nodes(master.scheduled(2, nodes, request(2, 2, "x", notBsd))))
                    .containsOnly(nodes.get(0).id());
            master.schedule(request(3, 1, "x", other));
            assertThat(andNothingMore(master, nodes)).isEmpty();
        } finally {
            map(stage, AttributeMappingOperationType.REMOVE, "os", "bsd");
        }
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldReachNodesWithTheLabelThatAConstraintNames(Stage stage) throws Exception {
        List<SimulatedNode> nodes = List.of(stage.node(1024, 8), stage.node(1024, 8));
        ResourceManagerAdministrationProtocol administration = stage.administration();
        administration.addToClusterNodeLabels(
                AddToClusterNodeLabelsRequest.newInstance(List.of(NodeLabel.newInstance(Side.LABEL, true))));
        administration.replaceLabelsOnNode(
                ReplaceLabelsOnNodeRequest.newInstance(Map.of(nodes.get(1).id(), Set.of(Side.LABEL))));
        try {
            SimulatedMaster master = stage.master().registered();
            assertThat(nodes(master.scheduled(
                            2, nodes, request(1, 2, "x", targetIn(NODE, PlacementTargets.nodePartition(Side.LABEL))))))
                    .containsOnly(nodes.get(1).id());
            master.schedule(request(2, 1, "x", targetIn(NODE, allocationTag("x"))));
            assertThat(andNothingMore(master, nodes))
                    .as("without the label its nodes are out of reach")
                    .isEmpty();
        } finally {
            administration.removeFromClusterNodeLabels(
                    RemoveFromClusterNodeLabelsRequest.newInstance(Set.of(Side.LABEL)));
        }
    }

    private static void map(Stage stage, AttributeMappingOperationType operation, String name, String value)
            throws Exception {
        NodeAttribute attribute =
                NodeAttribute.newInstance(NodeAttribute.PREFIX_CENTRALIZED, name, NodeAttributeType.STRING, value);
        stage.administration()
                .mapAttributesToNodes(NodesToAttributesMappingRequest.newInstance(
                        operation,
                        List.of(NodeToAttributes.newInstance(Side.HOST_IN_OTHER_RACK, List.of(attribute))),
                        false));
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldServeTheStockClientWithConstraintsOfTheApplication(Stage stage) throws Exception {
        List<SimulatedNode> nodes = List.of(stage.node(1024, 8), stage.node(1024, 8));
        AMRMClient<ContainerRequest> client = stage.master().client();
        try {
            client.registerApplicationMaster(
                    "localhost",
                    1,
                    "",
                    Map.of(
                            Set.of("zk"), build(targetNotIn(NODE, allocationTag("zk"))),
                            Set.of("hb"), build(targetIn(NODE, allocationTag("zk")))));
            client.addSchedulingRequests(List.of(plain(1, 2, "zk"), plain(2, 2, "hb")));
            List<Container> placed = new ArrayList<>();
            Await.until(() -> "four containers, now " + placed, Stage.LIMIT, () -> {
                placed.addAll(client.allocate(0.1f).getAllocatedContainers());
                for (SimulatedNode node : nodes) {
                    node.heartbeat();
                }
                return placed.size() >= 4;
            });
            assertThat(placed)
                    .filteredOn(container -> container.getAllocationTags().contains("zk"))
                    .extracting(Container::getNodeId)
                    .containsExactlyInAnyOrder(nodes.get(0).id(), nodes.get(1).id());
            assertThat(placed)
                    .filteredOn(container -> container.getAllocationTags().contains("hb"))
                    .hasSize(2);
        } finally {
            client.stop();
        }
    }

    /** Without a constraint of its own. */
    private static SchedulingRequest plain(long id, int count, String tag) {
        SchedulingRequest request = request(id, count, tag, and());
        request.setPlacementConstraint(null);
        return request;
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldChangeNothingButTheNumber(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        master.schedule(request(1, 2, "x", targetNotIn(NODE, allocationTag("x"))));
        master.schedule(request(1, 1, "x", targetNotIn(NODE, allocationTag("x"))));
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> master.schedule(request(1, 1, "x", targetNotIn(NODE, allocationTag("y")))))
                .withMessageContaining("only allows changing numAllocations");
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> master.schedule(request(1, -1, "x", targetNotIn(NODE, allocationTag("x")))))
                .withMessageContaining("numAllocation in ResourceSizing field must be >= 0");
        List<SimulatedNode> nodes = List.of(stage.node(1024, 8), stage.node(1024, 8));
        assertThat(master.scheduled(1, nodes)).hasSize(1);
        assertThat(andNothingMore(master, nodes)).isEmpty();
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldRefuseWhatIsNotSupported(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        SchedulingRequest opportunistic = request(1, 1, "x", targetNotIn(NODE, allocationTag("x")));
        opportunistic.setExecutionType(ExecutionTypeRequest.newInstance(ExecutionType.OPPORTUNISTIC));
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> master.schedule(opportunistic))
                .withMessageContaining("Only GUARANTEED execution type is supported.");
        SchedulingRequest unsized = request(2, 1, "x", targetNotIn(NODE, allocationTag("x")));
        unsized.setResourceSizing(null);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> master.schedule(unsized))
                .withMessageContaining("No ResourceSizing found in the scheduling request");
        master.allocate(SimulatedMaster.ask(1, 128, 1));
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> master.schedule(request(-1, 1, "x", targetNotIn(NODE, allocationTag("x")))))
                .withMessageContaining("there exists a ResourceRequest with the same scheduler key");
    }

    @ContractTest(constraintHandler = SCHEDULER)
    void shouldGiveBackWhatCannotBeUnderstood(Stage stage) throws Exception {
        List<SimulatedNode> nodes = List.of(stage.node(1024, 8));
        SimulatedMaster master = stage.master().registered();
        RejectedSchedulingRequest rejected = rejected(
                master,
                nodes,
                request(3, 2, "x", targetIn(NODE, allocationTagWithNamespace("no-such-namespace", "x"))));
        assertThat(rejected.getReason()).isEqualTo(RejectionReason.COULD_NOT_SCHEDULE_ON_NODE);
        assertThat(rejected.getRequest().getAllocationRequestId()).isEqualTo(3);
        assertThat(rejected.getRequest().getResourceSizing().getNumAllocations())
                .isEqualTo(2);
    }

    private static RejectedSchedulingRequest rejected(
            SimulatedMaster master, List<SimulatedNode> nodes, SchedulingRequest... requests) throws Exception {
        List<RejectedSchedulingRequest> rejected =
                new ArrayList<>(master.schedule(requests).getRejectedSchedulingRequests());
        Await.until("a rejection", Stage.LIMIT, () -> {
            if (!rejected.isEmpty()) {
                return true;
            }
            for (SimulatedNode node : nodes) {
                node.heartbeat();
            }
            AllocateResponse response = master.allocate();
            rejected.addAll(response.getRejectedSchedulingRequests());
            return !rejected.isEmpty();
        });
        return rejected.get(0);
    }

    @ContractTest(constraintHandler = PROCESSOR)
    void shouldPlaceAtOnceOrGiveBack(Stage stage) throws Exception {
        List<SimulatedNode> nodes = List.of(stage.node(1024, 8), stage.node(1024, 8));
        SimulatedMaster master = stage.master().registered();
        assertThat(nodes(master.scheduled(2, nodes, request(1, 2, "x", targetNotIn(NODE, allocationTag("x"))))))
                .doesNotHaveDuplicates();
        AbstractConstraint away = targetNotIn(NODE, allocationTag("x"));
        RejectedSchedulingRequest rejected = rejected(master, nodes, request(2, 3, "y", away));
        assertThat(rejected.getReason()).isEqualTo(RejectionReason.COULD_NOT_PLACE_ON_NODE);
        assertThat(rejected.getRequest().getAllocationRequestId()).isEqualTo(2);
        assertThat(rejected.getRequest().getAllocationTags()).containsExactly("y");
        assertThat(rejected.getRequest().getResourceSizing().getNumAllocations())
                .isEqualTo(3);
        assertThat(rejected.getRequest().getPlacementConstraint()).isEqualTo(build(away));
    }

    @ContractTest
    void shouldRefuseConstraintsWhereTheyAreSwitchedOff(Stage stage) throws Exception {
        SimulatedMaster registered = stage.master().registered();
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> registered.schedule(request(1, 1, "x", targetNotIn(NODE, allocationTag("x")))))
                .withMessageContaining("Found non empty SchedulingRequest in AllocateRequest")
                .withMessageContaining("cannot handle placement constraints");
        SimulatedMaster other = stage.master();
        RegisterApplicationMasterRequest registration =
                RegisterApplicationMasterRequest.newInstance("localhost", 4040, "");
        registration.setPlacementConstraints(Map.of(Set.of("x"), build(targetNotIn(NODE, allocationTag("x")))));
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> other.protocol().registerApplicationMaster(registration))
                .withMessageContaining("Found non empty placement constraints map in RegisterApplicationMasterRequest")
                .withMessageContaining("cannot handle placement constraints");
    }
}
