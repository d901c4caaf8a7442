package dev.heddle.rm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.command.Allocation;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.security.ContainerTokens;
import dev.heddle.rm.security.HadoopRecords;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.InvalidApplicationMasterRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ApplicationMasterProtocol.ApplicationMasterProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationACLMapProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationAccessTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PriorityProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.FinishApplicationMasterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.FinishApplicationMasterResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.NMTokenProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SchedulerResourceTypes;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;

/** {@code ApplicationMasterProtocol}: what masters ask on the scheduler port, where only an AMRM token lets them in. */
public final class ApplicationMasterEndpoint {
    private final Leadership leadership;

    public ApplicationMasterEndpoint(Leadership leadership) {
        this.leadership = leadership;
    }

    public RpcProtocol protocol() {
        return RpcProtocol.builder(ApplicationMasterProtocolPB.class, ApplicationMasterProtocolService.getDescriptor())
                .authorizedBy(YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_APPLICATIONMASTER_PROTOCOL)
                .on(
                        "registerApplicationMaster",
                        RegisterApplicationMasterRequestProto.getDefaultInstance(),
                        this::register)
                .on("allocate", AllocateRequestProto.getDefaultInstance(), this::allocate)
                .on("finishApplicationMaster", FinishApplicationMasterRequestProto.getDefaultInstance(), this::finish)
                .build();
    }

    private CompletionStage<RegisterApplicationMasterResponseProto> register(
            Caller caller, RegisterApplicationMasterRequestProto request)
            throws StandbyException, InvalidApplicationMasterRequestException {
        LeadingCluster cluster = leadership.require();
        MasterCommand.RegisterMaster command = new MasterCommand.RegisterMaster(
                attempt(caller), request.getHost(), request.getRpcPort(), request.getTrackingUrl());
        return Submission.submit(cluster, command, reply -> {
            var response = RegisterApplicationMasterResponseProto.newBuilder()
                    .setMaximumCapability(WireValues.proto(reply.maximumCapability()))
                    .setQueue(reply.queue())
                    .addSchedulerResourceTypes(SchedulerResourceTypes.MEMORY)
                    .addSchedulerResourceTypes(SchedulerResourceTypes.CPU)
                    .addAllResourceTypes(WireValues.RESOURCE_TYPES);
            addSecurity(response, cluster, command.attempt());
            return response.build();
        });
    }

    /** Who may see and change the application, and, where clients prove who they are to masters, the key for that. */
    private static void addSecurity(
            RegisterApplicationMasterResponseProto.Builder response, LeadingCluster cluster, AttemptId attempt) {
        ApplicationSnapshot application = cluster.snapshots().application(attempt.application());
        if (application != null) {
            ApplicationAcls acls = application.spec().acls();
            response.addApplicationACLs(acl(ApplicationAccessTypeProto.APPACCESS_VIEW_APP, acls.view()))
                    .addApplicationACLs(acl(ApplicationAccessTypeProto.APPACCESS_MODIFY_APP, acls.modify()));
        }
        if (UserGroupInformation.isSecurityEnabled()) {
            response.setClientToAmTokenMasterKey(
                    ByteString.copyFrom(cluster.clientToMasterTokens().keyOf(attempt)));
        }
    }

    private static ApplicationACLMapProto acl(ApplicationAccessTypeProto type, String list) {
        return ApplicationACLMapProto.newBuilder()
                .setAccessType(type)
                .setAcl(list)
                .build();
    }

    private CompletionStage<AllocateResponseProto> allocate(Caller caller, AllocateRequestProto request)
            throws StandbyException, YarnException {
        LeadingCluster cluster = leadership.require();
        AttemptId attempt = attempt(caller);
        List<Ask> asks = new ArrayList<>(request.getAskCount());
        for (ResourceRequestProto ask : request.getAskList()) {
            asks.add(WireValues.ask(ask));
        }
        ApplicationSnapshot application = cluster.snapshots().application(attempt.application());
        if (application == null) {
            throw new ApplicationAttemptNotFoundException(
                    "Application attempt " + attempt + " doesn't exist in ApplicationMasterService cache.");
        }
        String user = application.spec().user();
        MasterCommand.Allocate command = new MasterCommand.Allocate(
                attempt,
                request.getResponseId(),
                request.getProgress(),
                asks,
                request.getReleaseList().stream().map(WireValues::containerId).toList());
        return Submission.submit(cluster, command, reply -> encode(cluster, attempt, user, reply));
    }

    private static AllocateResponseProto encode(
            LeadingCluster cluster, AttemptId attempt, String user, Allocation reply) {
        AllocateResponseProto.Builder response = AllocateResponseProto.newBuilder()
                .setResponseId(reply.responseId())
                .setLimit(WireValues.proto(reply.headroom()))
                .setNumClusterNodes(reply.clusterNodes());
        for (Allocation.Grant grant : reply.grants()) {
            response.addAllocatedContainers(encode(cluster, user, grant));
        }
        reply.exits().forEach(exit -> response.addCompletedContainerStatuses(WireValues.proto(exit)));
        reply.tokensFor()
                .forEach(node -> response.addNmTokens(NMTokenProto.newBuilder()
                        .setNodeId(WireValues.proto(node))
                        .setToken(WireValues.proto(cluster.nodeTokens().tokenFor(attempt, node, user)))));
        return response.build();
    }

    private static ContainerProto encode(LeadingCluster cluster, String user, Allocation.Grant grant) {
        ContainerTokens.Subject subject = new ContainerTokens.Subject(
                grant.container(), grant.node(), grant.resource(), grant.key().priority(), user, false);
        return ContainerProto.newBuilder()
                .setId(WireValues.proto(grant.container()))
                .setNodeId(WireValues.proto(grant.node()))
                .setNodeHttpAddress(grant.node().host() + ":" + grant.httpPort())
                .setResource(WireValues.proto(grant.resource()))
                .setPriority(PriorityProto.newBuilder().setPriority(grant.key().priority()))
                .setAllocationRequestId(grant.key().allocationRequestId())
                .setContainerToken(WireValues.proto(cluster.containerTokens().tokenFor(subject)))
                .build();
    }

    private CompletionStage<FinishApplicationMasterResponseProto> finish(
            Caller caller, FinishApplicationMasterRequestProto request)
            throws StandbyException, InvalidApplicationMasterRequestException {
        LeadingCluster cluster = leadership.require();
        MasterCommand.FinishMaster command = new MasterCommand.FinishMaster(
                attempt(caller),
                WireValues.finalStatus(request.getFinalApplicationStatus()),
                request.getDiagnostics(),
                request.getTrackingUrl());
        // The reply comes when the end is recorded, so there is nothing for the master to ask again for.
        return Submission.submit(cluster, command, done -> FinishApplicationMasterResponseProto.newBuilder()
                .setIsUnregistered(true)
                .build());
    }

    /** Who calls is what the token says, not what the request says. */
    private static AttemptId attempt(Caller caller) throws InvalidApplicationMasterRequestException {
        if (caller.token() instanceof AMRMTokenIdentifier identifier) {
            return HadoopRecords.attempt(identifier.getApplicationAttemptId());
        }
        throw new InvalidApplicationMasterRequestException(
                "No AMRMToken found for user " + caller.user() + ": only application masters may call here");
    }
}
