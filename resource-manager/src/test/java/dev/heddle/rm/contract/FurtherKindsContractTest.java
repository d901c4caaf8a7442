package dev.heddle.rm.contract;

import static dev.heddle.rm.contract.Side.DISK;
import static dev.heddle.rm.contract.Side.GPU;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.GetAllResourceTypeInfoRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterNodesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterResponse;
import org.apache.hadoop.yarn.api.records.ApplicationResourceUsageReport;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceOption;
import org.apache.hadoop.yarn.api.records.ResourceRequest;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.protocolrecords.UpdateNodeResourceRequest;
import org.apache.hadoop.yarn.server.utils.BuilderUtils;

/** Kinds of resources beyond memory and cores, wherever amounts go over the wire. */
class FurtherKindsContractTest {
    private static final Map<String, String> KNOWN = Map.of(GPU, "", DISK, "Gi");

    private static Resource resource(int memoryMb, int vcores, long gpus, long disk) {
        return Resource.newInstance(memoryMb, vcores, Map.of(GPU, gpus, DISK, disk));
    }

    private static ResourceRequest ask(int count, Resource size) {
        return ResourceRequest.newInstance(Priority.newInstance(1), ResourceRequest.ANY, size, count);
    }

    private static NodeReport report(Stage on, SimulatedNode node) throws Exception {
        return on.client().getClusterNodes(GetClusterNodesRequest.newInstance()).getNodeReports().stream()
                .filter(report -> report.getNodeId().equals(node.id()))
                .findFirst()
                .orElseThrow();
    }

    @ContractTest(furtherKinds = true)
    void shouldTellOfTheKindsAndTheirUnits(Stage on) throws Exception {
        on.know(KNOWN);
        assertThat(on.client()
                        .getResourceTypeInfo(GetAllResourceTypeInfoRequest.newInstance())
                        .getResourceTypeInfo())
                .extracting(type -> type.getName() + " " + type.getDefaultUnit() + " " + type.getResourceType())
                .containsExactlyInAnyOrder(
                        "memory-mb Mi COUNTABLE", "vcores  COUNTABLE", "yarn.io/gpu  COUNTABLE", "disk Gi COUNTABLE");
        RegisterApplicationMasterResponse registered = on.master().register();
        assertThat(registered.getResourceTypes())
                .extracting(type -> type.getName() + " " + type.getDefaultUnit())
                .containsExactlyInAnyOrder("memory-mb Mi", "vcores ", "yarn.io/gpu ", "disk Gi");
    }

    @ContractTest(furtherKinds = true)
    void shouldGrantAndCountThem(Stage on) throws Exception {
        on.know(KNOWN);
        SimulatedNode node = on.node(resource(4096, 8, 4, 100));
        assertThat(report(on, node).getCapability()).isEqualTo(resource(4096, 8, 4, 100));
        Resource largest = on.client()
                .getNewApplication(GetNewApplicationRequest.newInstance())
                .getMaximumResourceCapability();
        assertThat(largest.getResourceValue(GPU)).isEqualTo(4);
        assertThat(largest.getResourceValue(DISK)).isEqualTo(100);
        SimulatedMaster master = on.master();
        assertThat(master.register().getMaximumResourceCapability().getResourceValue(GPU))
                .isEqualTo(4);
        Container container = master.granted(1, List.of(node), ask(1, resource(512, 1, 3, 20)))
                .one();
        assertThat(container.getResource()).isEqualTo(resource(512, 1, 3, 20));
        ContainerTokenIdentifier token = BuilderUtils.newContainerTokenIdentifier(container.getContainerToken());
        assertThat(token.getResource()).isEqualTo(resource(512, 1, 3, 20));
        node.heartbeat(SimulatedNode.runs(container.getId()));
        assertThat(report(on, node).getUsed()).isEqualTo(resource(512, 1, 3, 20));
        ApplicationResourceUsageReport usage = on.report(master.application()).getApplicationResourceUsageReport();
        assertThat(usage.getUsedResources()).isEqualTo(resource(512, 1, 3, 20));
        assertThat(usage.getResourceSecondsMap()).containsKeys("memory-mb", "vcores", GPU, DISK);
        AllocateResponse next = master.allocate();
        assertThat(next.getAvailableResources().getResourceValue(GPU)).isEqualTo(1);
        assertThat(next.getAvailableResources().getResourceValue(DISK)).isEqualTo(80);
    }

    @ContractTest(furtherKinds = true)
    void shouldRefuseWhatNoContainerCanHave(Stage on) throws Exception {
        on.know(KNOWN);
        on.node(resource(4096, 8, 4, 100));
        SimulatedMaster master = on.master();
        master.register();
        assertThatThrownBy(() -> master.allocate(List.of(ask(1, resource(512, 1, 5, 0))), List.of()))
                .isInstanceOf(InvalidResourceRequestException.class)
                .hasMessageContaining("greater than maximum allowed allocation. Requested resource type=[yarn.io/gpu]");
        assertThatThrownBy(() -> master.allocate(List.of(ask(1, resource(512, 1, 0, -1))), List.of()))
                .isInstanceOf(InvalidResourceRequestException.class)
                .hasMessageContaining("less than 0! Requested resource type=[disk]");
    }

    /** Such as a client has that was configured for another cluster. */
    @ContractTest(furtherKinds = true)
    void shouldPassOverKindsThatItDoesNotKnow(Stage on) throws Exception {
        on.know(Map.of(GPU, "", DISK, "Gi", "unheard-of", ""));
        SimulatedNode node = on.node(Resource.newInstance(4096, 8, Map.of("unheard-of", 3L, GPU, 1L)));
        assertThat(report(on, node).getCapability()).isEqualTo(resource(4096, 8, 1, 0));
        SimulatedMaster master = on.master();
        master.register();
        Container container = master.granted(
                        1, List.of(node), ask(1, Resource.newInstance(512, 1, Map.of("unheard-of", 9L))))
                .one();
        assertThat(container.getResource()).isEqualTo(resource(512, 1, 0, 0));
    }

    @ContractTest(furtherKinds = true)
    void shouldCountANodeWithWhatAnOperatorSays(Stage on) throws Exception {
        on.know(KNOWN);
        SimulatedNode node = on.node(resource(4096, 8, 4, 100));
        on.administration()
                .updateNodeResource(UpdateNodeResourceRequest.newInstance(
                        Map.of(node.id(), ResourceOption.newInstance(resource(2048, 4, 1, 50), -1))));
        node.heartbeat();
        assertThat(report(on, node).getCapability()).isEqualTo(resource(2048, 4, 1, 50));
    }
}
