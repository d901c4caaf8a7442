package dev.heddle.bench.rm;

import dev.heddle.common.rpc.client.RpcCall;
import dev.heddle.common.rpc.client.RpcConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.yarn.proto.ResourceTracker.ResourceTrackerService;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceUtilizationProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeActionProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeHealthStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerResponseProto;

/** A node that runs nothing and says that it lives, on a connection of its own. One call of it is under way at a time. */
final class SimulatedNode {
    private static final RpcCall<RegisterNodeManagerRequestProto, RegisterNodeManagerResponseProto> REGISTER =
            RpcCall.of(
                    ResourceTrackerService.getDescriptor(),
                    "registerNodeManager",
                    RegisterNodeManagerRequestProto.getDefaultInstance(),
                    RegisterNodeManagerResponseProto.getDefaultInstance());
    private static final RpcCall<NodeHeartbeatRequestProto, NodeHeartbeatResponseProto> HEARTBEAT = RpcCall.of(
            ResourceTrackerService.getDescriptor(),
            "nodeHeartbeat",
            NodeHeartbeatRequestProto.getDefaultInstance(),
            NodeHeartbeatResponseProto.getDefaultInstance());

    private static final Duration CALL_LIMIT = Duration.ofMinutes(1);
    private static final int MEMORY_MB = 8_192;
    private static final int VCORES = 8;
    private static final int FIRST_PORT = 20_000;

    private final RpcConnection connection;
    private final NodeIdProto id;
    private final NodeStatusProto status;
    private int responseId;

    /** The node with that number; all of them are on the loopback interface and differ by their ports. */
    SimulatedNode(RpcConnection connection, int number) {
        this.connection = connection;
        this.id = NodeIdProto.newBuilder()
                .setHost("127.0.0.1")
                .setPort(FIRST_PORT + number)
                .build();
        ResourceUtilizationProto utilization = ResourceUtilizationProto.newBuilder()
                .setPmem(512)
                .setVmem(1_024)
                .setCpu(0.5f)
                .build();
        this.status = NodeStatusProto.newBuilder()
                .setNodeId(id)
                .setNodeHealthStatus(NodeHealthStatusProto.newBuilder()
                        .setIsNodeHealthy(true)
                        .setHealthReport("")
                        .setLastHealthReportTime(System.currentTimeMillis()))
                .setContainersUtilization(utilization)
                .setNodeUtilization(utilization)
                .build();
    }

    CompletableFuture<Void> register() {
        RegisterNodeManagerRequestProto request = RegisterNodeManagerRequestProto.newBuilder()
                .setNodeId(id)
                .setHttpPort(8_042)
                .setResource(ResourceProto.newBuilder().setMemory(MEMORY_MB).setVirtualCores(VCORES))
                .setNmVersion("3.5.0")
                .build();
        return connection.call(REGISTER, request, CALL_LIMIT).thenAccept(response -> {
            if (response.getNodeAction() != NodeActionProto.NORMAL) {
                throw new IllegalStateException("a node was turned away: " + response.getDiagnosticsMessage());
            }
        });
    }

    /** Says that it lives; fails if it is told anything but to go on. */
    CompletableFuture<Void> heartbeat() {
        NodeHeartbeatRequestProto request = NodeHeartbeatRequestProto.newBuilder()
                .setNodeStatus(status.toBuilder().setResponseId(responseId))
                .build();
        return connection.call(HEARTBEAT, request, CALL_LIMIT).thenAccept(response -> {
            if (response.getNodeAction() != NodeActionProto.NORMAL) {
                throw new IllegalStateException(
                        "a node is told to " + response.getNodeAction() + ": " + response.getDiagnosticsMessage());
            }
            responseId = response.getResponseId();
        });
    }
}
