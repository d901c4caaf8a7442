package dev.heddle.rm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.security.HadoopRecords;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocolPB;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.InvalidApplicationMasterRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ApplicationMasterProtocol.ApplicationMasterProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.AllocateResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.FinishApplicationMasterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.FinishApplicationMasterResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.RegisterApplicationMasterResponseProto;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;

/** {@code ApplicationMasterProtocol}: what masters ask on the scheduler port, where only an AMRM token lets them in. */
public final class ApplicationMasterEndpoint {
    private final Leadership leadership;
    private final ConstraintSettings.Handling constraints;

    /**
     * The endpoint.
     *
     * @param configuration says what becomes of scheduling requests
     */
    public ApplicationMasterEndpoint(Leadership leadership, Configuration configuration) {
        this.leadership = leadership;
        this.constraints = ConstraintSettings.Handling.of(configuration);
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
            Caller caller, RegisterApplicationMasterRequestProto request) throws StandbyException, YarnException {
        LeadingCluster cluster = leadership.require();
        AttemptId attempt = attempt(identifier(caller));
        if (!constraints.enabled() && request.getPlacementConstraintsCount() > 0) {
            throw noConstraints("placement constraints map in RegisterApplicationMasterRequest", attempt);
        }
        ApplicationSnapshot application = cluster.snapshots().application(attempt.application());
        if (application == null) {
            throw new InvalidApplicationMasterRequestException("Application doesn't exist in cache " + attempt);
        }
        MasterReplies replies = new MasterReplies(cluster, attempt, application.spec());
        MasterCommand.RegisterMaster command = new MasterCommand.RegisterMaster(
                attempt,
                request.getHost(),
                request.getRpcPort(),
                request.getTrackingUrl(),
                ConstraintWire.constraints(request.getPlacementConstraintsList()));
        return Submission.submit(cluster, command, replies::encode);
    }

    private CompletionStage<AllocateResponseProto> allocate(Caller caller, AllocateRequestProto request)
            throws StandbyException, YarnException {
        LeadingCluster cluster = leadership.require();
        AMRMTokenIdentifier identifier = identifier(caller);
        AttemptId attempt = attempt(identifier);
        if (!constraints.enabled() && request.getSchedulingRequestsCount() > 0) {
            throw noConstraints("SchedulingRequest in AllocateRequest", attempt);
        }
        ApplicationSnapshot application = cluster.snapshots().application(attempt.application());
        if (application == null) {
            throw new ApplicationAttemptNotFoundException(
                    "Application attempt " + attempt + " doesn't exist in ApplicationMasterService cache.");
        }
        MasterReplies replies = new MasterReplies(cluster, attempt, application.spec());
        MasterCommand.Allocate command = new MasterCommand.Allocate(
                attempt,
                request.getResponseId(),
                request.getProgress(),
                request.getTrackingUrl(),
                MasterRequests.wishes(attempt, request, constraints.tries(), cluster.kinds()));
        return Submission.submit(cluster, command, reply -> replies.encode(reply, identifier));
    }

    /** As YARN answers where {@code yarn.resourcemanager.placement-constraints.handler} is {@code disabled}. */
    private static YarnException noConstraints(String what, AttemptId attempt) {
        return new YarnException("Found non empty " + what + " for application=" + attempt
                + ", but the configured yarn.resourcemanager.placement-constraints.handler cannot handle placement"
                + " constraints: ask with resource requests");
    }

    private CompletionStage<FinishApplicationMasterResponseProto> finish(
            Caller caller, FinishApplicationMasterRequestProto request)
            throws StandbyException, InvalidApplicationMasterRequestException {
        LeadingCluster cluster = leadership.require();
        MasterCommand.FinishMaster command = new MasterCommand.FinishMaster(
                attempt(identifier(caller)),
                WireValues.finalStatus(request.getFinalApplicationStatus()),
                request.getDiagnostics(),
                request.getTrackingUrl());
        // The reply comes when the end is recorded, so there is nothing for the master to ask again for.
        return Submission.submit(cluster, command, done -> FinishApplicationMasterResponseProto.newBuilder()
                .setIsUnregistered(true)
                .build());
    }

    /** Who calls is what the token says, not what the request says. */
    private static AMRMTokenIdentifier identifier(Caller caller) throws InvalidApplicationMasterRequestException {
        if (caller.token() instanceof AMRMTokenIdentifier identifier) {
            return identifier;
        }
        throw new InvalidApplicationMasterRequestException(
                "No AMRMToken found for user " + caller.user() + ": only application masters may call here");
    }

    private static AttemptId attempt(AMRMTokenIdentifier identifier) {
        return HadoopRecords.attempt(identifier.getApplicationAttemptId());
    }
}
