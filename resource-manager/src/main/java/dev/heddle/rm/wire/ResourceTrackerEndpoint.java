package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.NodeInstructions;
import dev.heddle.rm.command.NodeRegistered;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerUpdate;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeOrders;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Utilization;
import dev.heddle.rm.security.ContainerTokens;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.util.VersionUtil;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.proto.ResourceTracker.ResourceTrackerService;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerStateProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerStatusProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ExecutionTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PriorityProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceUtilizationProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.MasterKeyProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeActionProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeHealthStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonProtos.NodeStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.LogAggregationReportProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NMContainerStatusProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.UnRegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.UnRegisterNodeManagerResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SignalContainerRequestProto;
import org.apache.hadoop.yarn.server.api.ResourceTrackerPB;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.apache.hadoop.yarn.server.api.records.impl.pb.MasterKeyPBImpl;
import org.apache.hadoop.yarn.util.YarnVersionInfo;

/** {@code ResourceTracker}: how nodes join, report and leave. */
public final class ResourceTrackerEndpoint {
    /** The one of YARN whose messages are spoken: nodes compare it with the least that they want. */
    private static final String VERSION = YarnVersionInfo.getVersion();

    private static final String ANY_VERSION = "NONE";
    private static final String OWN_VERSION = "EqualToRM";

    private final Leadership leadership;
    private final Racks racks;
    private final Supplier<HeartbeatPace> pace;
    private final LogRules logs;
    private final String minimumVersion;
    private final MarkWire.Sources sources;

    /**
     * The endpoint.
     *
     * @param pace how long nodes wait between heartbeats; it may change
     * @param logs whether it matters what nodes say of logs
     * @param minimumVersion of nodes: {@code NONE}, {@code EqualToRM}, or a version
     * @param configuration says whether nodes label themselves
     */
    public ResourceTrackerEndpoint(
            Leadership leadership,
            Racks racks,
            Supplier<HeartbeatPace> pace,
            LogRules logs,
            String minimumVersion,
            Configuration configuration) {
        this.sources = MarkWire.Sources.of(configuration);
        this.leadership = leadership;
        this.racks = racks;
        this.pace = pace;
        this.logs = logs;
        this.minimumVersion = minimumVersion.equals(OWN_VERSION) ? VERSION : minimumVersion;
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
        String version = request.getNmVersion();
        if (!minimumVersion.equals(ANY_VERSION)
                && (version.isEmpty() || VersionUtil.compareVersions(version, minimumVersion) < 0)) {
            String refusal = "Disallowed NodeManager Version " + version + ", is less than the minimum version "
                    + minimumVersion + " sending SHUTDOWN signal to NodeManager.";
            return CompletableFuture.completedFuture(encode(cluster, new NodeRegistered(refusal, null)));
        }
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
        Resource total = offered(request.getResource(), cluster.kinds());
        Resource physical =
                request.hasPhysicalResource() ? offered(request.getPhysicalResource(), cluster.kinds()) : total;
        NodeStatus status = request.hasNodeStatus() ? status(request.getNodeStatus()) : NodeStatus.HEALTHY;
        return racks.of(node.host()).thenCompose(rack -> {
            NodeOffer offer = new NodeOffer(total, physical, rack, caller.address(), request.getHttpPort(), version);
            CompletionStage<RegisterNodeManagerResponseProto> registered = Submission.submit(
                    cluster,
                    new NodeCommand.RegisterNode(node, offer, status, running, ended),
                    reply -> encode(cluster, reply));
            return registered
                    .thenCompose(response -> withMarks(cluster, node, request, response))
                    .thenCompose(response -> response.getNodeAction() == NodeActionProto.NORMAL
                            ? afterLogs(cluster, node, request.getLogAggregationReportsForAppsList(), response)
                            : CompletableFuture.completedFuture(response));
        });
    }

    /** Less than nothing is nothing, which is too small for a node. */
    private static Resource offered(ResourceProto proto, ResourceKinds kinds) throws InvalidResourceRequestException {
        return WireValues.resource(
                proto.toBuilder()
                        .setMemory(Math.max(0, proto.getMemory()))
                        .setVirtualCores(Math.max(0, proto.getVirtualCores()))
                        .build(),
                kinds);
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
        if (reply.total() != null) {
            response.setResource(WireValues.proto(reply.total()));
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
            throws StandbyException, InvalidResourceRequestException {
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
                WireValues.nodeId(status.getNodeId()), status.getResponseId(), status(status), running, ended);
        CompletionStage<Done> settled = CompletableFuture.completedFuture(Done.DONE);
        if (status.getIncreasedContainersCount() > 0) {
            Map<ContainerId, Resource> sizes = new HashMap<>();
            for (ContainerProto container : status.getIncreasedContainersList()) {
                sizes.put(WireValues.containerId(container.getId()), offered(container.getResource(), cluster.kinds()));
            }
            NodeCommand.SettleIncreases settle = new NodeCommand.SettleIncreases(command.node(), sizes);
            settled = Submission.submit(cluster, settle, done -> done);
        }
        CompletionStage<NodeHeartbeatResponseProto> answered =
                settled.thenCompose(done -> heartbeat(cluster, command, request));
        if (request.getLogAggregationReportsForAppsCount() > 0) {
            answered = answered.thenCompose(response -> response.getNodeAction() == NodeActionProto.NORMAL
                    ? afterLogs(cluster, command.node(), request.getLogAggregationReportsForAppsList(), response)
                    : CompletableFuture.completedFuture(response));
        }
        return request.hasNodeLabels() || request.hasNodeAttributes()
                ? answered.thenCompose(response -> withMarks(cluster, command.node(), request, response))
                : answered;
    }

    /** Answers when it is known what the node says of logs. */
    private <R> CompletionStage<R> afterLogs(
            LeadingCluster cluster, NodeId node, List<LogAggregationReportProto> reports, R response) {
        return reports.isEmpty() || !logs.enabled()
                ? CompletableFuture.completedFuture(response)
                : Submission.submit(
                        cluster, new NodeCommand.ReportLogs(node, LogRules.decode(reports)), done -> response);
    }

    private CompletionStage<NodeHeartbeatResponseProto> heartbeat(
            LeadingCluster cluster, NodeCommand.NodeHeartbeat command, NodeHeartbeatRequestProto request) {
        return Submission.answer(cluster.loop().hear(command), reply -> {
            NodeHeartbeatResponseProto.Builder response =
                    encode(reply).setNextHeartBeatInterval(pace.get().intervalMs(cluster.snapshots(), command.node()));
            reply.orders().updates().forEach(update -> addUpdate(response, cluster, command.node(), update));
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

    private CompletionStage<RegisterNodeManagerResponseProto> withMarks(
            LeadingCluster cluster,
            NodeId node,
            RegisterNodeManagerRequestProto request,
            RegisterNodeManagerResponseProto response) {
        if (response.getNodeAction() != NodeActionProto.NORMAL) {
            return CompletableFuture.completedFuture(response);
        }
        NodeMarks marks = new NodeMarks(cluster, sources, node);
        return marks.report(
                        request.hasNodeLabels() ? request.getNodeLabels() : null,
                        request.hasNodeAttributes() ? request.getNodeAttributes() : null)
                .thenApply(verdict -> {
                    RegisterNodeManagerResponseProto.Builder full = response.toBuilder()
                            .setAreNodeLabelsAcceptedByRM(verdict.labels())
                            .setAreNodeAttributesAcceptedByRM(verdict.attributes());
                    return verdict.diagnostics().isEmpty()
                            ? full.build()
                            : full.setDiagnosticsMessage(verdict.diagnostics()).build();
                });
    }

    private CompletionStage<NodeHeartbeatResponseProto> withMarks(
            LeadingCluster cluster,
            NodeId node,
            NodeHeartbeatRequestProto request,
            NodeHeartbeatResponseProto response) {
        if (response.getNodeAction() != NodeActionProto.NORMAL) {
            return CompletableFuture.completedFuture(response);
        }
        NodeMarks marks = new NodeMarks(cluster, sources, node);
        return marks.report(
                        request.hasNodeLabels() ? request.getNodeLabels() : null,
                        request.hasNodeAttributes() ? request.getNodeAttributes() : null)
                .thenApply(verdict -> {
                    NodeHeartbeatResponseProto.Builder full = response.toBuilder()
                            .setAreNodeLabelsAcceptedByRM(verdict.labels())
                            .setAreNodeAttributesAcceptedByRM(verdict.attributes());
                    return verdict.diagnostics().isEmpty()
                            ? full.build()
                            : full.setDiagnosticsMessage(verdict.diagnostics()).build();
                });
    }

    private static NodeStatus status(NodeStatusProto proto) {
        if (!proto.hasNodeHealthStatus()) {
            return NodeStatus.HEALTHY;
        }
        NodeHealthStatusProto health = proto.getNodeHealthStatus();
        return new NodeStatus(
                health.getIsNodeHealthy(),
                health.getHealthReport(),
                health.getLastHealthReportTime(),
                utilization(proto.getContainersUtilization()),
                utilization(proto.getNodeUtilization()));
    }

    private static Utilization utilization(ResourceUtilizationProto proto) {
        return proto.getSerializedSize() == 0
                ? Utilization.NONE
                : new Utilization(proto.getPmem(), proto.getVmem(), proto.getCpu());
    }

    private static NodeHeartbeatResponseProto.Builder encode(NodeInstructions reply) {
        NodeHeartbeatResponseProto.Builder response = NodeHeartbeatResponseProto.newBuilder()
                .setResponseId(reply.responseId())
                .setNodeAction(action(reply.action()));
        if (!reply.diagnostics().isEmpty()) {
            response.setDiagnosticsMessage(reply.diagnostics());
        }
        add(response, reply.orders());
        return response;
    }

    /** A container that has become smaller is named twice: older nodes know only the list of those. */
    private static void addUpdate(
            NodeHeartbeatResponseProto.Builder response, LeadingCluster cluster, NodeId node, ContainerUpdate update) {
        ApplicationSnapshot application =
                cluster.snapshots().application(update.container().attempt().application());
        if (application == null) {
            return;
        }
        ContainerTokens.Subject subject = new ContainerTokens.Subject(
                update.container(),
                node,
                update.resource(),
                update.version(),
                update.purpose(),
                application.spec().user(),
                false);
        ContainerProto container = ContainerProto.newBuilder()
                .setId(WireValues.proto(update.container()))
                .setNodeId(WireValues.proto(node))
                .setResource(WireValues.proto(update.resource()))
                .setPriority(PriorityProto.newBuilder()
                        .setPriority(update.purpose().key().priority()))
                .setExecutionType(ExecutionTypeProto.GUARANTEED)
                .setVersion(update.version())
                .setContainerToken(WireValues.proto(cluster.containerTokens().tokenFor(subject)))
                .build();
        response.addContainersToUpdate(container);
        if (update.decreased()) {
            response.addContainersToDecrease(container);
        }
    }

    private static NodeActionProto action(NodeInstructions.Action action) {
        return switch (action) {
            case NORMAL -> NodeActionProto.NORMAL;
            case RESYNC -> NodeActionProto.RESYNC;
            case SHUTDOWN -> NodeActionProto.SHUTDOWN;
        };
    }

    private static void add(NodeHeartbeatResponseProto.Builder response, NodeOrders orders) {
        orders.stop().forEach(id -> response.addContainersToCleanup(WireValues.proto(id)));
        orders.forget().forEach(id -> response.addContainersToBeRemovedFromNm(WireValues.proto(id)));
        orders.endedApplications().forEach(id -> response.addApplicationsToCleanup(WireValues.proto(id)));
        orders.signals()
                .forEach(signal -> response.addContainersToSignal(SignalContainerRequestProto.newBuilder()
                        .setContainerId(WireValues.proto(signal.container()))
                        .setCommand(WireValues.proto(signal.signal()))));
        if (orders.total() != null) {
            response.setResource(WireValues.proto(orders.total()));
        }
    }

    private CompletionStage<UnRegisterNodeManagerResponseProto> unregister(
            Caller caller, UnRegisterNodeManagerRequestProto request) throws StandbyException {
        return Submission.submit(
                leadership.require(),
                new NodeCommand.UnregisterNode(WireValues.nodeId(request.getNodeId())),
                done -> UnRegisterNodeManagerResponseProto.getDefaultInstance());
    }
}
