package dev.heddle.nm.wire;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;
import dev.heddle.nm.container.ContainerSnapshot;
import dev.heddle.nm.container.ContainerState;
import dev.heddle.nm.container.FileState;
import dev.heddle.nm.container.NodeReport;
import dev.heddle.nm.health.NodeHealth;
import dev.heddle.nm.logs.LogReport;
import dev.heddle.nm.watch.NodeUtilization;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.ContainerSubState;
import org.apache.hadoop.yarn.api.records.LocalizationState;
import org.apache.hadoop.yarn.api.records.LocalizationStatus;
import org.apache.hadoop.yarn.api.records.ResourceUtilization;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.protocolrecords.LogAggregationReport;
import org.apache.hadoop.yarn.server.api.protocolrecords.NMContainerStatus;
import org.apache.hadoop.yarn.server.api.records.NodeHealthStatus;
import org.apache.hadoop.yarn.server.api.records.NodeStatus;

/** Puts what this node knows into YARN's records. */
final class NodeRecords {
    private NodeRecords() {}

    /** As Hadoop's record, which knows the kinds that {@link DeclaredKinds} has told it of. */
    static org.apache.hadoop.yarn.api.records.Resource resource(Resource resource) {
        Map<String, Long> others = new HashMap<>();
        FurtherKinds further = resource.further();
        for (int i = 0; i < further.size(); i++) {
            others.put(further.kind(i).name(), further.amount(i));
        }
        return org.apache.hadoop.yarn.api.records.Resource.newInstance(resource.memoryMb(), resource.vcores(), others);
    }

    static ContainerStatus status(ContainerSnapshot container, NodeIdentity node) {
        ContainerTokenIdentifier token = container.token();
        ContainerStatus status = ContainerStatus.newInstance(
                container.id(),
                token.getExecutionType(),
                state(container),
                container.diagnostics(),
                container.exitStatus());
        status.setCapability(token.getResource());
        status.setContainerSubState(subState(container.state()));
        MachineAddress machine = node.machine();
        if (machine != null && hasBegun(container.state())) {
            status.setIPs(List.of(machine.ip()));
            status.setHost(machine.host());
        }
        return status;
    }

    /** Whether a process of its may have been here to be reached. */
    private static boolean hasBegun(ContainerState state) {
        return state != ContainerState.LOCALIZING && state != ContainerState.LAUNCHING;
    }

    static LocalizationStatus localization(FileState file) {
        LocalizationState state =
                switch (file.progress()) {
                    case PENDING -> LocalizationState.PENDING;
                    case ARRIVED -> LocalizationState.COMPLETED;
                    case FAILED -> LocalizationState.FAILED;
                };
        return LocalizationStatus.newInstance(file.link(), state, file.why());
    }

    /** As told at a registration, where the resource manager may know nothing of the container. */
    static NMContainerStatus registered(ContainerSnapshot container) {
        ContainerTokenIdentifier token = container.token();
        NMContainerStatus status = NMContainerStatus.newInstance(
                container.id(),
                token.getVersion(),
                state(container),
                token.getResource(),
                container.diagnostics(),
                container.exitStatus(),
                token.getPriority(),
                token.getCreationTime(),
                token.getNodeLabelExpression(),
                token.getExecutionType(),
                token.getAllocationRequestId());
        status.setAllocationTags(token.getAllcationTags());
        return status;
    }

    static NodeStatus nodeStatus(
            NodeReport report, NodeIdentity node, NodeUtilization used, int responseId, NodeHealth health) {
        return NodeStatus.newInstance(
                node.nodeId(),
                responseId,
                report.containers().stream()
                        .map(container -> status(container, node))
                        .toList(),
                List.of(),
                NodeHealthStatus.newInstance(
                        health.healthy(), health.report(), health.checkedAt().toEpochMilli()),
                utilization(used.containers()),
                utilization(used.node()),
                report.increased().stream().map(NodeRecords::increased).toList());
    }

    private static Container increased(ContainerSnapshot container) {
        ContainerTokenIdentifier token = container.token();
        return Container.newInstance(
                container.id(), null, null, token.getResource(), null, null, token.getExecutionType());
    }

    static List<LogAggregationReport> logs(List<LogReport> reports) {
        return reports.stream()
                .map(report ->
                        LogAggregationReport.newInstance(report.application(), report.status(), report.diagnostics()))
                .toList();
    }

    private static ResourceUtilization utilization(NodeUtilization.Share share) {
        return ResourceUtilization.newInstance(share.memoryMb(), share.virtualMemoryMb(), (float) share.vcores());
    }

    private static org.apache.hadoop.yarn.api.records.ContainerState state(ContainerSnapshot container) {
        return container.isDone()
                ? org.apache.hadoop.yarn.api.records.ContainerState.COMPLETE
                : org.apache.hadoop.yarn.api.records.ContainerState.RUNNING;
    }

    private static ContainerSubState subState(ContainerState state) {
        return switch (state) {
            case LOCALIZING, LAUNCHING, REPLACING, RELAUNCHING -> ContainerSubState.SCHEDULED;
            case RUNNING, REINITIALIZING, KILLING -> ContainerSubState.RUNNING;
            case ENDING -> ContainerSubState.COMPLETING;
            case DONE -> ContainerSubState.DONE;
        };
    }
}
