package dev.heddle.rm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import dev.heddle.rm.snapshot.NodeSnapshot;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationReportProto;
import org.apache.hadoop.yarn.proto.YarnProtos.NodeStateProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationReportRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationReportResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterMetricsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterMetricsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.KillApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.KillApplicationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SubmitApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SubmitApplicationResponseProto;

/**
 * {@code ApplicationClientProtocol}: what users ask. Changes go to the core; reads come from the snapshots and never wait
 * for it.
 */
public final class ApplicationClientEndpoint {
    private final Leadership leadership;
    private final Submissions submissions;
    private final String webAddress;
    private final InstantSource clock;

    /**
     * The endpoint.
     *
     * @param webAddress of this RM's page, {@code host:port}, of which tracking URLs are made
     */
    public ApplicationClientEndpoint(
            Leadership leadership, Submissions submissions, String webAddress, InstantSource clock) {
        this.leadership = leadership;
        this.submissions = submissions;
        this.webAddress = webAddress;
        this.clock = clock;
    }

    public RpcProtocol protocol() {
        return RpcProtocol.builder(ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor())
                .authorizedBy(YarnConfiguration.YARN_SECURITY_SERVICE_AUTHORIZATION_APPLICATIONCLIENT_PROTOCOL)
                .on("getNewApplication", GetNewApplicationRequestProto.getDefaultInstance(), this::newApplication)
                .on("submitApplication", SubmitApplicationRequestProto.getDefaultInstance(), this::submit)
                .on("forceKillApplication", KillApplicationRequestProto.getDefaultInstance(), this::kill)
                .on("getApplicationReport", GetApplicationReportRequestProto.getDefaultInstance(), this::report)
                .on("getApplications", GetApplicationsRequestProto.getDefaultInstance(), this::applications)
                .on("getClusterMetrics", GetClusterMetricsRequestProto.getDefaultInstance(), this::metrics)
                .on("getClusterNodes", GetClusterNodesRequestProto.getDefaultInstance(), this::nodes)
                .on("getQueueInfo", GetQueueInfoRequestProto.getDefaultInstance(), this::queue)
                .build();
    }

    private CompletionStage<GetNewApplicationResponseProto> newApplication(
            Caller caller, GetNewApplicationRequestProto request) throws StandbyException {
        return Submission.submit(
                leadership.require(),
                new ApplicationCommand.TakeApplicationId(),
                reply -> GetNewApplicationResponseProto.newBuilder()
                        .setApplicationId(WireValues.proto(reply.application()))
                        .setMaximumCapability(WireValues.proto(reply.maximumCapability()))
                        .build());
    }

    private CompletionStage<SubmitApplicationResponseProto> submit(Caller caller, SubmitApplicationRequestProto request)
            throws StandbyException, YarnException {
        LeadingCluster cluster = leadership.require();
        return Submission.submit(
                cluster,
                submissions.decode(caller.user(), request.getApplicationSubmissionContext()),
                done -> SubmitApplicationResponseProto.getDefaultInstance());
    }

    private CompletionStage<KillApplicationResponseProto> kill(Caller caller, KillApplicationRequestProto request)
            throws StandbyException {
        ApplicationId id = WireValues.applicationId(request.getApplicationId());
        String diagnostics = "Application " + id + " was killed by user " + caller.user() + " at " + caller.address();
        if (!request.getDiagnostics().isBlank()) {
            diagnostics +=
                    " with diagnostic message: " + request.getDiagnostics().trim();
        }
        return Submission.submit(
                leadership.require(),
                new ApplicationCommand.KillApplication(id, diagnostics),
                reply -> KillApplicationResponseProto.newBuilder()
                        .setIsKillCompleted(reply.completed())
                        .build());
    }

    private CompletionStage<GetApplicationReportResponseProto> report(
            Caller caller, GetApplicationReportRequestProto request)
            throws StandbyException, ApplicationNotFoundException {
        LeadingCluster cluster = leadership.require();
        ApplicationId id = WireValues.applicationId(request.getApplicationId());
        ApplicationSnapshot application = cluster.snapshots().application(id);
        if (application == null) {
            throw new ApplicationNotFoundException("Application with id '" + id + "' doesn't exist in RM. Please check"
                    + " that the job submission was successful.");
        }
        return CompletableFuture.completedFuture(GetApplicationReportResponseProto.newBuilder()
                .setApplicationReport(reports(cluster).application(application, caller.user()))
                .build());
    }

    private Reports reports(LeadingCluster cluster) {
        return new Reports(cluster, webAddress, clock.millis());
    }

    private CompletionStage<GetApplicationsResponseProto> applications(
            Caller caller, GetApplicationsRequestProto request) throws StandbyException {
        LeadingCluster cluster = leadership.require();
        Reports reports = reports(cluster);
        List<ApplicationReportProto> found = cluster.snapshots().applications().stream()
                .filter(new ApplicationFilter(request))
                .limit(request.hasLimit() && request.getLimit() >= 0 ? request.getLimit() : Long.MAX_VALUE)
                .map(application -> reports.application(application, caller.user()))
                .toList();
        return CompletableFuture.completedFuture(GetApplicationsResponseProto.newBuilder()
                .addAllApplications(found)
                .build());
    }

    private CompletionStage<GetClusterMetricsResponseProto> metrics(
            Caller caller, GetClusterMetricsRequestProto request) throws StandbyException {
        return CompletableFuture.completedFuture(GetClusterMetricsResponseProto.newBuilder()
                .setClusterMetrics(
                        NodeReports.metrics(leadership.require().snapshots().nodes()))
                .build());
    }

    private CompletionStage<GetClusterNodesResponseProto> nodes(Caller caller, GetClusterNodesRequestProto request)
            throws StandbyException {
        LeadingCluster cluster = leadership.require();
        Set<NodeStateProto> wanted = request.getNodeStatesCount() == 0
                ? EnumSet.allOf(NodeStateProto.class)
                : EnumSet.copyOf(request.getNodeStatesList());
        GetClusterNodesResponseProto.Builder response = GetClusterNodesResponseProto.newBuilder();
        for (NodeSnapshot node : new ArrayList<>(cluster.snapshots().nodes())) {
            if (wanted.contains(NodeReports.state(node.state()))) {
                response.addNodeReports(NodeReports.node(node));
            }
        }
        return CompletableFuture.completedFuture(response.build());
    }

    private CompletionStage<GetQueueInfoResponseProto> queue(Caller caller, GetQueueInfoRequestProto request)
            throws StandbyException, YarnException {
        LeadingCluster cluster = leadership.require();
        return CompletableFuture.completedFuture(GetQueueInfoResponseProto.newBuilder()
                .setQueueInfo(
                        reports(cluster).queue(request.getQueueName(), request.getIncludeApplications(), caller.user()))
                .build());
    }
}
