package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeState;
import dev.heddle.rm.security.Administrators;
import dev.heddle.rm.snapshot.NodeSnapshot;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.security.Groups;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.proto.ResourceManagerAdministrationProtocol.ResourceManagerAdministrationProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeResourceMapProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.CheckForDecommissioningNodesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.CheckForDecommissioningNodesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.GetGroupsForUserRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.GetGroupsForUserResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshAdminAclsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshAdminAclsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshClusterMaxPriorityRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshClusterMaxPriorityResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshNodesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshNodesResourcesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshNodesResourcesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshNodesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshQueuesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshQueuesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshServiceAclsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshServiceAclsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshSuperUserGroupsConfigurationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshSuperUserGroupsConfigurationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshUserToGroupsMappingsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.RefreshUserToGroupsMappingsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.UpdateNodeResourceRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerResourceManagerServiceProtos.UpdateNodeResourceResponseProto;
import org.apache.hadoop.yarn.server.api.ResourceManagerAdministrationProtocolPB;

/** {@code ResourceManagerAdministrationProtocol}: what {@code yarn rmadmin} asks. */
public final class AdminEndpoint {
    private final Leadership leadership;
    private final AdminCalls calls;
    private final Refreshes refreshes;
    private final QueueRefresh queues;
    private final MarkAdministration marks;

    /**
     * The endpoint.
     *
     * @param slow runs what may wait for files and groups
     */
    public AdminEndpoint(
            Leadership leadership,
            Administrators administrators,
            Refreshes refreshes,
            QueueRefresh queues,
            Executor slow) {
        this.leadership = leadership;
        this.calls = new AdminCalls(administrators, slow);
        this.refreshes = refreshes;
        this.queues = queues;
        this.marks = new MarkAdministration(
                leadership, MarkWire.Sources.of(refreshes.configuration().get()), calls);
    }

    public RpcProtocol protocol() {
        RpcProtocol.Builder protocol = RpcProtocol.builder(
                        ResourceManagerAdministrationProtocolPB.class,
                        ResourceManagerAdministrationProtocolService.getDescriptor())
                .authorizedBy(
                        YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_RESOURCEMANAGER_ADMINISTRATION_PROTOCOL);
        answer(protocol, "refreshQueues", RefreshQueuesRequestProto.getDefaultInstance(), this::refreshQueues);
        answer(protocol, "refreshNodes", RefreshNodesRequestProto.getDefaultInstance(), this::refreshNodes);
        answer(
                protocol,
                "refreshSuperUserGroupsConfiguration",
                RefreshSuperUserGroupsConfigurationRequestProto.getDefaultInstance(),
                (caller, request) -> refresh(
                        refreshes.authorization(),
                        RefreshSuperUserGroupsConfigurationResponseProto.getDefaultInstance()));
        answer(
                protocol,
                "refreshUserToGroupsMappings",
                RefreshUserToGroupsMappingsRequestProto.getDefaultInstance(),
                (caller, request) -> refresh(
                        read -> Groups.getUserToGroupsMappingService(read).refresh(),
                        RefreshUserToGroupsMappingsResponseProto.getDefaultInstance()));
        answer(
                protocol,
                "refreshAdminAcls",
                RefreshAdminAclsRequestProto.getDefaultInstance(),
                (caller, request) ->
                        refresh(refreshes.administrators(), RefreshAdminAclsResponseProto.getDefaultInstance()));
        answer(
                protocol,
                "refreshServiceAcls",
                RefreshServiceAclsRequestProto.getDefaultInstance(),
                this::refreshServiceAcls);
        answer(protocol, "getGroupsForUser", GetGroupsForUserRequestProto.getDefaultInstance(), this::groups);
        answer(
                protocol,
                "updateNodeResource",
                UpdateNodeResourceRequestProto.getDefaultInstance(),
                this::updateNodeResource);
        answer(
                protocol,
                "refreshNodesResources",
                RefreshNodesResourcesRequestProto.getDefaultInstance(),
                this::refreshNodesResources);
        answer(
                protocol,
                "checkForDecommissioningNodes",
                CheckForDecommissioningNodesRequestProto.getDefaultInstance(),
                this::decommissioningNodes);
        answer(
                protocol,
                "refreshClusterMaxPriority",
                RefreshClusterMaxPriorityRequestProto.getDefaultInstance(),
                this::refreshMaxPriority);
        marks.addTo(protocol);
        FederationCalls.addTo(protocol);
        return protocol.build();
    }

    private <Q extends Message, R extends Message> void answer(
            RpcProtocol.Builder protocol, String name, Q prototype, AdminCalls.Action<Q, R> action) {
        protocol.on(name, prototype, calls.wrapped(name, action));
    }

    /** Reads the files again and hands them to whoever follows them; only the leader's operators may. */
    private <R> CompletionStage<R> refresh(Consumer<Configuration> follower, R response) throws StandbyException {
        leadership.require();
        follower.accept(refreshes.configuration().get());
        return CompletableFuture.completedFuture(response);
    }

    private CompletionStage<RefreshQueuesResponseProto> refreshQueues(Caller caller, RefreshQueuesRequestProto request)
            throws IOException {
        return queues.refresh(leadership.require(), refreshes.configuration().get())
                .thenApply(done -> RefreshQueuesResponseProto.getDefaultInstance());
    }

    private CompletionStage<RefreshNodesResponseProto> refreshNodes(Caller caller, RefreshNodesRequestProto request)
            throws IOException {
        LeadingCluster cluster = leadership.require();
        Configuration read = refreshes.configuration().get();
        int timeoutSeconds = request.hasDecommissionTimeout()
                ? request.getDecommissionTimeout()
                : NodeListSettings.DECOMMISSION_TIMEOUT.get(read);
        AdminCommand<?> command =
                switch (request.getDecommissionType()) {
                    case NORMAL ->
                        new AdminCommand.UseNodeLists(
                                NodeFiles.lists(read), AdminCommand.Departure.NOW, timeoutSeconds);
                    case GRACEFUL ->
                        new AdminCommand.UseNodeLists(
                                NodeFiles.lists(read), AdminCommand.Departure.GRACEFUL, timeoutSeconds);
                    case FORCEFUL -> new AdminCommand.DecommissionNow();
                };
        return Submission.submit(cluster, command, done -> RefreshNodesResponseProto.getDefaultInstance());
    }

    private CompletionStage<RefreshClusterMaxPriorityResponseProto> refreshMaxPriority(
            Caller caller, RefreshClusterMaxPriorityRequestProto request) throws StandbyException {
        LeadingCluster cluster = leadership.require();
        int priority =
                refreshes.maxPriority().applyAsInt(refreshes.configuration().get());
        return Submission.submit(
                cluster,
                new AdminCommand.UseMaxPriority(priority),
                done -> RefreshClusterMaxPriorityResponseProto.getDefaultInstance());
    }

    private CompletionStage<RefreshServiceAclsResponseProto> refreshServiceAcls(
            Caller caller, RefreshServiceAclsRequestProto request) throws IOException {
        Configuration read = refreshes.configuration().get();
        if (!read.getBoolean(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHORIZATION, false)) {
            throw new IOException("Service Authorization ("
                    + CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHORIZATION + ") not enabled.");
        }
        return refresh(refreshes.authorization(), RefreshServiceAclsResponseProto.getDefaultInstance());
    }

    private CompletionStage<GetGroupsForUserResponseProto> groups(Caller caller, GetGroupsForUserRequestProto request)
            throws StandbyException {
        leadership.require();
        String[] groups =
                UserGroupInformation.createRemoteUser(request.getUser()).getGroupNames();
        return CompletableFuture.completedFuture(GetGroupsForUserResponseProto.newBuilder()
                .addAllGroups(Arrays.asList(groups))
                .build());
    }

    private CompletionStage<UpdateNodeResourceResponseProto> updateNodeResource(
            Caller caller, UpdateNodeResourceRequestProto request)
            throws StandbyException, InvalidResourceRequestException {
        LeadingCluster cluster = leadership.require();
        Map<NodeId, Resource> totals = new HashMap<>();
        Map<NodeId, Integer> graceMs = new HashMap<>();
        for (NodeResourceMapProto node : request.getNodeResourceMapList()) {
            NodeId id = WireValues.nodeId(node.getNodeId());
            totals.put(id, WireValues.resource(node.getResourceOption().getResource(), cluster.kinds()));
            if (node.getResourceOption().hasOverCommitTimeout()) {
                graceMs.put(id, node.getResourceOption().getOverCommitTimeout());
            }
        }
        return Submission.submit(
                cluster,
                new AdminCommand.UpdateNodeResources(totals, graceMs),
                done -> UpdateNodeResourceResponseProto.getDefaultInstance());
    }

    private CompletionStage<RefreshNodesResourcesResponseProto> refreshNodesResources(
            Caller caller, RefreshNodesResourcesRequestProto request) throws IOException {
        LeadingCluster cluster = leadership.require();
        Configuration read = refreshes.configuration().get();
        Map<NodeId, Resource> totals = NodeFiles.dynamicResources(read);
        refreshes.heartbeats().accept(read);
        return Submission.submit(
                cluster,
                new AdminCommand.UseDynamicResources(totals, NodeFiles.overcommitMs(read)),
                done -> RefreshNodesResourcesResponseProto.getDefaultInstance());
    }

    private CompletionStage<CheckForDecommissioningNodesResponseProto> decommissioningNodes(
            Caller caller, CheckForDecommissioningNodesRequestProto request) throws StandbyException {
        CheckForDecommissioningNodesResponseProto.Builder response =
                CheckForDecommissioningNodesResponseProto.newBuilder();
        for (NodeSnapshot node : leadership.require().snapshots().nodes()) {
            if (node.state() == NodeState.DECOMMISSIONING) {
                response.addDecommissioningNodes(WireValues.proto(node.id()));
            }
        }
        return CompletableFuture.completedFuture(response.build());
    }
}
