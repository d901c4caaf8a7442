package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.NodeRegistered;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.proto.ResourceTracker.ResourceTrackerService;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerStateProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.MasterKeyProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeActionProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NMContainerStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.UnRegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.UnRegisterNodeManagerResponseProto;
import org.apache.hadoop.yarn.server.api.ResourceTrackerPB;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.apache.hadoop.yarn.server.api.records.impl.pb.MasterKeyPBImpl;

/** {@code ResourceTracker}: how nodes join, report and leave. */
public final class ResourceTrackerEndpoint {
    private static final String VERSION = "heddle";

    private final Leadership leadership;
    private final Racks racks;
    private final long heartbeatIntervalMs;

    /**
     * The endpoint.
     *
     * @param heartbeatIntervalMs what nodes are told to wait between heartbeats
     */
    public ResourceTrackerEndpoint(Leadership leadership, Racks racks, long heartbeatIntervalMs) {
        this.leadership = leadership;
        this.racks = racks;
        this.heartbeatIntervalMs = heartbeatIntervalMs;
    }

    public RpcProtocol protocol() {
        return RpcProtocol.builder(ResourceTrackerPB.class, ResourceTrackerService.getDescriptor())
                .authorizedBy(YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_RESOURCETRACKER_PROTOCOL)
                .on("registerNodeManager", RegisterNodeManagerRequestProto.getDefaultInstance(), this::register)
                .on("nodeHeartbeat", NodeHeartbeatRequestProto.getDefaultInstance(), this::heartbeat)
                .on("unRegisterNodeManager", UnRegisterNodeManagerRequestProto.getDefaultInstance(), this::unregister)
                .build();
    }

    private CompletionStage<RegisterNodeManagerResponseProto> register(
            Caller caller, RegisterNodeManagerRequestProto request)
            throws StandbyException, InvalidResourceRequestException {
        LeadingCluster cluster = leadership.require();
        List<ContainerId> running = new ArrayList<>();
        List<ContainerExit> ended = new ArrayList<>();
        for (NMContainerStatusProto status : request.getContainerStatusesList()) {
            ContainerId id = WireValues.containerId(status.getContainerId());
            if (status.getContainerState() == ContainerStateProto.C_COMPLETE) {
                ended.add(new ContainerExit(id, status.getContainerExitStatus(), status.getDiagnostics()));
            } else {
                running.add(id);
            }
        }
        NodeId node = WireValues.nodeId(request.getNodeId());
        Resource total = WireValues.resource(request.getResource());
        return racks.of(node.host()).thenCompose(rack -> {
            NodeCommand.RegisterNode command = new NodeCommand.RegisterNode(
                    node, rack, total, request.getHttpPort(), request.getNmVersion(), running, ended);
            return Submission.submit(cluster, command, reply -> encode(cluster, reply));
        });
    }

    private static RegisterNodeManagerResponseProto encode(LeadingCluster cluster, NodeRegistered reply) {
        RegisterNodeManagerResponseProto.Builder response = RegisterNodeManagerResponseProto.newBuilder()
                .setRmIdentifier(cluster.startedAtMs())
                .setRmVersion(VERSION);
        if (!reply.accepted()) {
            return response.setNodeAction(NodeActionProto.SHUTDOWN)
                    .setDiagnosticsMessage(reply.refusal())
                    .build();
        }
        return response.setNodeAction(NodeActionProto.NORMAL)
                .setContainerTokenMasterKey(encode(cluster.containerTokens().currentKey()))
                .setNmTokenMasterKey(encode(cluster.nodeTokens().currentKey()))
                .build();
    }

    private static MasterKeyProto encode(MasterKey key) {
        return ((MasterKeyPBImpl) key).getProto();
    }

    private CompletionStage<NodeHeartbeatResponseProto> heartbeat(Caller caller, NodeHeartbeatRequestProto request)
            throws StandbyException {
        LeadingCluster cluster = leadership.require();
        NodeStatusProto status = request.getNodeStatus();
        List<ContainerId> running = new ArrayList<>(status.getContainersStatusesCount());
        List<ContainerExit> ended = new ArrayList<>();
        for (ContainerStatusProto container : status.getContainersStatusesList()) {
            if (container.getState() == ContainerStateProto.C_COMPLETE) {
                ended.add(WireValues.exit(container));
            } else {
                running.add(WireValues.containerId(container.getContainerId()));
            }
        }
        NodeCommand.NodeHeartbeat command = new NodeCommand.NodeHeartbeat(
                WireValues.nodeId(status.getNodeId()), status.getResponseId(), running, ended);
        return Submission.submit(cluster, command, reply -> {
            NodeHeartbeatResponseProto.Builder response = encode(reply);
            addNextKeys(response, cluster, request);
            return response.build();
        });
    }

    /** The keys that come into use soon, for a node that does not have them yet. */
    private static void addNextKeys(
            NodeHeartbeatResponseProto.Builder response, LeadingCluster cluster, NodeHeartbeatRequestProto request) {
        MasterKey container = cluster.containerTokens()
                .nextKeyFor(request.getLastKnownContainerTokenMasterKey().getKeyId());
        if (container != null) {
            response.setContainerTokenMasterKey(encode(container));
        }
        MasterKey node = cluster.nodeTokens()
                .nextKeyFor(request.getLastKnownNmTokenMasterKey().getKeyId());
        if (node != null) {
            response.setNmTokenMasterKey(encode(node));
        }
    }

    private NodeHeartbeatResponseProto.Builder encode(NodeInstructions reply) {
        NodeHeartbeatResponseProto.Builder response = NodeHeartbeatResponseProto.newBuilder()
                .setResponseId(reply.responseId())
                .setNodeAction(reply.resync() ? NodeActionProto.RESYNC : NodeActionProto.NORMAL)
                .setNextHeartBeatInterval(heartbeatIntervalMs);
        if (reply.resync()) {
            response.setDiagnosticsMessage(
                    "This ResourceManager does not know the node, or is out of step with it:" + " register again");
        }
        reply.stop().forEach(id -> response.addContainersToCleanup(WireValues.proto(id)));
        reply.forget().forEach(id -> response.addContainersToBeRemovedFromNm(WireValues.proto(id)));
        reply.endedApplications().forEach(id -> response.addApplicationsToCleanup(WireValues.proto(id)));
        return response;
    }

    private CompletionStage<UnRegisterNodeManagerResponseProto> unregister(
            Caller caller, UnRegisterNodeManagerRequestProto request) throws StandbyException {
        return Submission.submit(
                leadership.require(),
                new NodeCommand.UnregisterNode(WireValues.nodeId(request.getNodeId())),
                done -> UnRegisterNodeManagerResponseProto.getDefaultInstance());
    }
}
