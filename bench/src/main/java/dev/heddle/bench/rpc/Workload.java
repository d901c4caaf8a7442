package dev.heddle.bench.rpc;

import java.util.Locale;
import java.util.function.Function;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.ServiceDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.proto.ResourceManagerAdministrationProtocol.ResourceManagerAdministrationProtocolService;
import org.apache.hadoop.yarn.proto.ResourceTracker.ResourceTrackerService;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationAttemptIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerStateProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerStatusProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ExecutionTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeIdProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceUtilizationProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.MasterKeyProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeActionProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeHealthStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.GetGroupsForUserRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.GetGroupsForUserResponseProto;
import org.apache.hadoop.yarn.server.api.ResourceManagerAdministrationProtocolPB;
import org.apache.hadoop.yarn.server.api.ResourceTrackerPB;

/**
 * One method of YARN's that is called over and over with the same request, and the work that either server does for it.
 * Immutable.
 *
 * @param annotatedInterface Hadoop's interface whose {@code ProtocolInfo} annotation carries name and version
 * @param method its name in the protobuf service
 * @param request what is sent
 * @param handler from request to response, the same on both servers
 */
record Workload<Q extends Message, R extends Message>(
        Name name,
        Class<?> annotatedInterface,
        ServiceDescriptor service,
        String method,
        Q request,
        Function<Q, R> handler) {
    /** How a person names a workload. */
    enum Name {
        /** A string of 64 characters comes back: {@code getGroupsForUser}, whose group is the user. */
        ECHO,
        /** {@code nodeHeartbeat} of a node with four containers. */
        HEARTBEAT;

        Workload<?, ?> workload() {
            return switch (this) {
                case ECHO -> echo();
                case HEARTBEAT -> heartbeat();
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final long CLUSTER_TIMESTAMP = 1_760_000_000_000L;
    private static final int CONTAINERS = 4;
    private static final int KEY_BYTES = 32;
    private static final int EXIT_STATUS_OF_THE_RUNNING = -1000;

    /** The default instance of the request. */
    @SuppressWarnings("unchecked") // A message's default instance is of its own class.
    Q prototype() {
        return (Q) request.getDefaultInstanceForType();
    }

    R respond(Q request) {
        return handler.apply(request);
    }

    /** What every call has to be answered with. */
    R expected() {
        return handler.apply(request);
    }

    private static Workload<GetGroupsForUserRequestProto, GetGroupsForUserResponseProto> echo() {
        return new Workload<>(
                Name.ECHO,
                ResourceManagerAdministrationProtocolPB.class,
                ResourceManagerAdministrationProtocolService.getDescriptor(),
                "getGroupsForUser",
                GetGroupsForUserRequestProto.newBuilder()
                        .setUser("0123456789abcdef".repeat(4))
                        .build(),
                request -> GetGroupsForUserResponseProto.newBuilder()
                        .addGroups(request.getUser())
                        .build());
    }

    private static Workload<NodeHeartbeatRequestProto, NodeHeartbeatResponseProto> heartbeat() {
        NodeHeartbeatResponseProto answer = NodeHeartbeatResponseProto.newBuilder()
                .setNodeAction(NodeActionProto.NORMAL)
                .setNextHeartBeatInterval(1000)
                .addContainersToBeRemovedFromNm(container(CONTAINERS + 1))
                .setAreNodeLabelsAcceptedByRM(false)
                .setTokenSequenceNo(1)
                .build();
        return new Workload<>(
                Name.HEARTBEAT,
                ResourceTrackerPB.class,
                ResourceTrackerService.getDescriptor(),
                "nodeHeartbeat",
                NodeHeartbeatRequestProto.newBuilder()
                        .setNodeStatus(nodeStatus())
                        .setLastKnownContainerTokenMasterKey(masterKey(7))
                        .setLastKnownNmTokenMasterKey(masterKey(9))
                        .setTokenSequenceNo(1)
                        .build(),
                request -> answer.toBuilder()
                        .setResponseId(request.getNodeStatus().getResponseId() + 1)
                        .build());
    }

    private static NodeStatusProto nodeStatus() {
        NodeStatusProto.Builder status = NodeStatusProto.newBuilder()
                .setNodeId(NodeIdProto.newBuilder()
                        .setHost("node-0042.rack-07.example.com")
                        .setPort(45454))
                .setResponseId(123_456)
                .setNodeHealthStatus(NodeHealthStatusProto.newBuilder()
                        .setIsNodeHealthy(true)
                        .setHealthReport("")
                        .setLastHealthReportTime(CLUSTER_TIMESTAMP + 1))
                .setContainersUtilization(utilization(6_144))
                .setNodeUtilization(utilization(9_216));
        for (int id = 1; id <= CONTAINERS; id++) {
            status.addContainersStatuses(ContainerStatusProto.newBuilder()
                    .setContainerId(container(id))
                    .setState(ContainerStateProto.C_RUNNING)
                    .setDiagnostics("")
                    .setExitStatus(EXIT_STATUS_OF_THE_RUNNING)
                    .setCapability(ResourceProto.newBuilder().setMemory(2_048).setVirtualCores(1))
                    .setExecutionType(ExecutionTypeProto.GUARANTEED));
        }
        return status.build();
    }

    private static ContainerIdProto container(int id) {
        return ContainerIdProto.newBuilder()
                .setAppAttemptId(ApplicationAttemptIdProto.newBuilder()
                        .setApplicationId(ApplicationIdProto.newBuilder()
                                .setClusterTimestamp(CLUSTER_TIMESTAMP)
                                .setId(42))
                        .setAttemptId(1))
                .setId(id)
                .build();
    }

    private static ResourceUtilizationProto utilization(int memoryMb) {
        return ResourceUtilizationProto.newBuilder()
                .setPmem(memoryMb)
                .setVmem(2 * memoryMb)
                .setCpu(3.5f)
                .build();
    }

    private static MasterKeyProto masterKey(int id) {
        return MasterKeyProto.newBuilder()
                .setKeyId(id)
                .setBytes(ByteString.copyFrom(new byte[KEY_BYTES]))
                .build();
    }
}
