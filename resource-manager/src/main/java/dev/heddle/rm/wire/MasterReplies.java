package dev.heddle.rm.wire;

import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.MasterRegistered;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.NodeChange;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.UpdateWish;
import dev.heddle.rm.security.ContainerTokens;
import dev.heddle.rm.snapshot.NodeSnapshot;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.proto.SecurityProtos.TokenProto;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationACLMapProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationAccessTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ExecutionTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeUpdateTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PreemptionContainerProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PreemptionContractProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PreemptionMessageProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PreemptionResourceRequestProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PriorityProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.ContainerUpdateTypeProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.EnhancedHeadroomProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.NMTokenProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SchedulerResourceTypes;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.UpdateContainerErrorProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.UpdateContainerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.UpdatedContainerProto;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;

/** The core's replies to one master, as YARN's messages, with the tokens that belong to what they name. */
final class MasterReplies {
    /** YARN's {@code Priority.UNDEFINED}. */
    private static final int UNDEFINED_PRIORITY = -1;

    private final LeadingCluster cluster;
    private final AttemptId attempt;
    private final ApplicationSpec application;

    /**
     * Replies to a master.
     *
     * @param application of the master: tokens name its user
     */
    MasterReplies(LeadingCluster cluster, AttemptId attempt, ApplicationSpec application) {
        this.cluster = cluster;
        this.attempt = attempt;
        this.application = application;
    }

    RegisterApplicationMasterResponseProto encode(MasterRegistered reply) {
        RegisterApplicationMasterResponseProto.Builder response = RegisterApplicationMasterResponseProto.newBuilder()
                .setMaximumCapability(WireValues.proto(reply.maximumCapability()))
                .setQueue(reply.queue())
                .addSchedulerResourceTypes(SchedulerResourceTypes.MEMORY)
                .addSchedulerResourceTypes(SchedulerResourceTypes.CPU)
                .addAllResourceTypes(WireValues.resourceTypes(cluster.kinds()))
                .addApplicationACLs(acl(
                        ApplicationAccessTypeProto.APPACCESS_VIEW_APP,
                        application.acls().view()))
                .addApplicationACLs(acl(
                        ApplicationAccessTypeProto.APPACCESS_MODIFY_APP,
                        application.acls().modify()));
        if (UserGroupInformation.isSecurityEnabled()) {
            // Clients prove to the master who they are.
            response.setClientToAmTokenMasterKey(
                    ByteString.copyFrom(cluster.clientToMasterTokens().keyOf(attempt)));
        }
        reply.containers().forEach(container -> response.addContainersFromPreviousAttempts(container(container)));
        reply.tokensFor().forEach(node -> response.addNmTokensFromPreviousAttempts(nodeToken(node)));
        return response.build();
    }

    private static ApplicationACLMapProto acl(ApplicationAccessTypeProto type, String list) {
        return ApplicationACLMapProto.newBuilder()
                .setAccessType(type)
                .setAcl(list)
                .build();
    }

    /**
     * The reply to a heartbeat.
     *
     * @param identifier the token that the master has called with
     */
    AllocateResponseProto encode(Allocation reply, AMRMTokenIdentifier identifier) {
        AllocateResponseProto.Builder response = AllocateResponseProto.newBuilder()
                .setResponseId(reply.responseId())
                .setLimit(WireValues.proto(reply.headroom()))
                .setNumClusterNodes(reply.clusterNodes())
                .setApplicationPriority(
                        PriorityProto.newBuilder().setPriority(reply.prospects().priority()))
                .setEnhancedHeadroom(crowd(reply.prospects().crowd()));
        reply.grants().forEach(grant -> response.addAllocatedContainers(container(grant)));
        reply.exits().forEach(exit -> response.addCompletedContainerStatuses(WireValues.proto(exit)));
        reply.tokensFor().forEach(node -> response.addNmTokens(nodeToken(node)));
        reply.verdicts()
                .done()
                .forEach(updated -> response.addUpdatedContainers(UpdatedContainerProto.newBuilder()
                        .setUpdateType(proto(updated.kind()))
                        .setContainer(container(updated.container()))));
        reply.verdicts().refused().forEach(refused -> response.addUpdateErrors(error(refused)));
        reply.verdicts()
                .rejected()
                .forEach(rejected -> response.addRejectedSchedulingRequests(SchedulingRequestWire.proto(rejected)));
        reply.nodeChanges().forEach(change -> add(response, change));
        Allocation.Losses losses = reply.prospects().losses();
        if (!losses.containers().isEmpty()) {
            response.setPreempt(PreemptionMessageProto.newBuilder().setContract(contract(losses)));
        }
        Token<AMRMTokenIdentifier> successor = cluster.amRmTokens().successorOf(identifier, attempt);
        if (successor != null) {
            response.setAmRmToken(token(successor));
        }
        return response.build();
    }

    /** As YARN's capacity scheduler, which leaves the strict contract out: whoever gives back as much keeps what is named. */
    private static PreemptionContractProto contract(Allocation.Losses losses) {
        PreemptionContractProto.Builder contract = PreemptionContractProto.newBuilder()
                .addResource(PreemptionResourceRequestProto.newBuilder()
                        .setResource(ResourceRequestProto.newBuilder()
                                .setPriority(PriorityProto.newBuilder().setPriority(UNDEFINED_PRIORITY))
                                .setResourceName(Ask.ANYWHERE)
                                .setCapability(WireValues.proto(losses.unit()))
                                .setNumContainers(losses.units())));
        losses.containers()
                .forEach(id -> contract.addContainer(
                        PreemptionContainerProto.newBuilder().setId(WireValues.proto(id))));
        return contract.build();
    }

    private static EnhancedHeadroomProto crowd(Allocation.Crowd crowd) {
        return EnhancedHeadroomProto.newBuilder()
                .setTotalPendingCount((int) Math.min(Integer.MAX_VALUE, crowd.wantedContainers()))
                .setTotalActiveCores(crowd.vcores())
                .build();
    }

    private void add(AllocateResponseProto.Builder response, NodeChange change) {
        NodeSnapshot node = cluster.snapshots().node(change.node());
        if (node != null) {
            response.addUpdatedNodes(NodeReports.node(node).toBuilder().setNodeUpdateType(proto(change.kind())));
        }
    }

    private static UpdateContainerErrorProto error(Allocation.Refused refused) {
        UpdateWish wish = refused.update();
        return UpdateContainerErrorProto.newBuilder()
                .setReason(refused.reason())
                .setCurrentContainerVersion(refused.currentVersion())
                .setUpdateRequest(UpdateContainerRequestProto.newBuilder()
                        .setContainerId(WireValues.proto(wish.container()))
                        .setContainerVersion(wish.version())
                        .setUpdateType(proto(wish.kind()))
                        .setCapability(WireValues.proto(wish.target())))
                .build();
    }

    private ContainerProto container(Allocation.Grant grant) {
        ContainerTokens.Subject subject = new ContainerTokens.Subject(
                grant.container(),
                grant.node(),
                grant.resource(),
                grant.version(),
                grant.purpose(),
                application.user(),
                false);
        return ContainerProto.newBuilder()
                .setId(WireValues.proto(grant.container()))
                .setNodeId(WireValues.proto(grant.node()))
                .setNodeHttpAddress(grant.node().host() + ":" + grant.httpPort())
                .setResource(WireValues.proto(grant.resource()))
                .setPriority(PriorityProto.newBuilder().setPriority(grant.key().priority()))
                .setAllocationRequestId(grant.key().allocationRequestId())
                .addAllAllocationTags(grant.purpose().tags())
                .setExecutionType(ExecutionTypeProto.GUARANTEED)
                .setVersion(grant.version())
                .setContainerToken(WireValues.proto(cluster.containerTokens().tokenFor(subject)))
                .build();
    }

    private NMTokenProto nodeToken(NodeId node) {
        return NMTokenProto.newBuilder()
                .setNodeId(WireValues.proto(node))
                .setToken(WireValues.proto(cluster.nodeTokens().tokenFor(attempt, node, application.user())))
                .build();
    }

    private static TokenProto token(Token<?> token) {
        return TokenProto.newBuilder()
                .setIdentifier(ByteString.copyFrom(token.getIdentifier()))
                .setPassword(ByteString.copyFrom(token.getPassword()))
                .setKind(token.getKind().toString())
                .setService(token.getService().toString())
                .build();
    }

    private static ContainerUpdateTypeProto proto(UpdateWish.Kind kind) {
        return switch (kind) {
            case INCREASE -> ContainerUpdateTypeProto.INCREASE_RESOURCE;
            case DECREASE -> ContainerUpdateTypeProto.DECREASE_RESOURCE;
            case PROMOTE -> ContainerUpdateTypeProto.PROMOTE_EXECUTION_TYPE;
            case DEMOTE -> ContainerUpdateTypeProto.DEMOTE_EXECUTION_TYPE;
        };
    }

    private static NodeUpdateTypeProto proto(NodeChange.Kind kind) {
        return switch (kind) {
            case USABLE -> NodeUpdateTypeProto.NODE_USABLE;
            case UNUSABLE -> NodeUpdateTypeProto.NODE_UNUSABLE;
            case DECOMMISSIONING -> NodeUpdateTypeProto.NODE_DECOMMISSIONING;
        };
    }
}
