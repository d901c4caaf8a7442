package dev.heddle.rm.wire;

import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.model.Utilization;
import dev.heddle.rm.snapshot.NodeSnapshot;
import java.util.EnumMap;
import java.util.Map;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeReportProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeStateProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceUtilizationProto;
import org.apache.hadoop.yarn.proto.YarnProtos.YarnClusterMetricsProto;

/** Snapshots of nodes as the reports that YARN's clients read. */
final class NodeReports {
    private NodeReports() {}

    static NodeStateProto state(NodeState state) {
        return switch (state) {
            case NEW -> NodeStateProto.NS_NEW;
            case RUNNING -> NodeStateProto.NS_RUNNING;
            case UNHEALTHY -> NodeStateProto.NS_UNHEALTHY;
            case DECOMMISSIONING -> NodeStateProto.NS_DECOMMISSIONING;
            case REBOOTED -> NodeStateProto.NS_REBOOTED;
            case DECOMMISSIONED -> NodeStateProto.NS_DECOMMISSIONED;
            case LOST -> NodeStateProto.NS_LOST;
            case SHUTDOWN -> NodeStateProto.NS_SHUTDOWN;
        };
    }

    static NodeReportProto node(NodeSnapshot node) {
        NodeReportProto.Builder report = NodeReportProto.newBuilder()
                .setNodeId(WireValues.proto(node.id()))
                .setHttpAddress(node.id().host() + ":" + node.offer().httpPort())
                .setRackName(node.offer().rack())
                .setUsed(WireValues.proto(node.used()))
                .setCapability(WireValues.proto(node.total()))
                .setNumContainers(node.containers())
                .setNodeState(state(node.state()))
                .setHealthReport(node.healthReport())
                .setLastHealthReportTime(node.status().healthReportedAtMs())
                .setContainersUtilization(proto(node.status().containers()))
                .setNodeUtilization(proto(node.status().machine()));
        if (!node.label().isEmpty()) {
            report.addNodeLabels(node.label());
        }
        Integer decommissioningSeconds = node.decommissioningSeconds();
        if (decommissioningSeconds != null) {
            report.setDecommissioningTimeout(decommissioningSeconds);
        }
        return report.build();
    }

    private static ResourceUtilizationProto proto(Utilization utilization) {
        return ResourceUtilizationProto.newBuilder()
                .setPmem(utilization.physicalMemoryMb())
                .setVmem(utilization.virtualMemoryMb())
                .setCpu(utilization.cpu())
                .build();
    }

    /** How many nodes there are in each state. As in YARN, all of them together are those that are not gone for good. */
    static YarnClusterMetricsProto metrics(Iterable<NodeSnapshot> nodes) {
        Map<NodeState, Integer> counts = new EnumMap<>(NodeState.class);
        for (NodeSnapshot node : nodes) {
            counts.merge(node.state(), 1, Integer::sum);
        }
        return YarnClusterMetricsProto.newBuilder()
                .setNumNodeManagers(of(counts, NodeState.RUNNING)
                        + of(counts, NodeState.UNHEALTHY)
                        + of(counts, NodeState.DECOMMISSIONING))
                .setNumActiveNms(of(counts, NodeState.RUNNING))
                .setNumLostNms(of(counts, NodeState.LOST))
                .setNumShutdownNms(of(counts, NodeState.SHUTDOWN))
                .setNumDecommissionedNms(of(counts, NodeState.DECOMMISSIONED))
                .setNumDecommissioningNms(of(counts, NodeState.DECOMMISSIONING))
                .setNumUnhealthyNms(of(counts, NodeState.UNHEALTHY))
                .setNumRebootedNms(of(counts, NodeState.REBOOTED))
                .build();
    }

    private static int of(Map<NodeState, Integer> counts, NodeState state) {
        return counts.getOrDefault(state, 0);
    }
}
