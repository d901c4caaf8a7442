package dev.heddle.rm.wire;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.command.CoreCommand;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import dev.heddle.rm.snapshot.ApplicationSnapshot.AttemptSnapshot;
import dev.heddle.rm.snapshot.ContainerSnapshot;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.ContainerNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationReportProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationAttemptReportRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationAttemptReportResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationAttemptsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationAttemptsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationReportRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationReportResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetApplicationsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetContainerReportRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetContainerReportResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetContainersRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetContainersResponseProto;

/** Calls that ask how applications, attempts and containers do. */
final class ReportCalls {
    private final ClientCalls calls;
    private final ReportSource source;

    ReportCalls(ClientCalls calls, ReportSource source) {
        this.calls = calls;
        this.source = source;
    }

    void addTo(RpcProtocol.Builder protocol) {
        protocol.on(
                        "getApplicationReport",
                        GetApplicationReportRequestProto.getDefaultInstance(),
                        calls.on(this::application))
                .on(
                        "getApplications",
                        GetApplicationsRequestProto.getDefaultInstance(),
                        calls.slowly(this::applications))
                .on(
                        "getApplicationAttemptReport",
                        GetApplicationAttemptReportRequestProto.getDefaultInstance(),
                        calls.on(this::attempt))
                .on(
                        "getApplicationAttempts",
                        GetApplicationAttemptsRequestProto.getDefaultInstance(),
                        calls.on(this::attempts))
                .on(
                        "getContainerReport",
                        GetContainerReportRequestProto.getDefaultInstance(),
                        calls.on(this::container))
                .on("getContainers", GetContainersRequestProto.getDefaultInstance(), calls.slowly(this::containers));
    }

    private Reports reports(ClientCalls.Call call) {
        return source.of(call.cluster());
    }

    private CompletionStage<GetApplicationReportResponseProto> application(
            ClientCalls.Call call, GetApplicationReportRequestProto request) throws ApplicationNotFoundException {
        if (!request.hasApplicationId()) {
            throw new ApplicationNotFoundException("Invalid application id: null");
        }
        ApplicationSnapshot application = call.application(WireValues.applicationId(request.getApplicationId()));
        ApplicationReportProto report = reports(call).application(application, call.person());
        if (!application.isWaiting() || !call.person().mayView(application.spec())) {
            return CompletableFuture.completedFuture(GetApplicationReportResponseProto.newBuilder()
                    .setApplicationReport(report)
                    .build());
        }
        return Submission.submit(call.cluster(), new CoreCommand.Explain(application.id()), waiting -> {
            ApplicationReportProto.Builder explained = report.toBuilder();
            if (!waiting.isEmpty()) {
                explained.setDiagnostics(Reasons.text(waiting));
            }
            return GetApplicationReportResponseProto.newBuilder()
                    .setApplicationReport(explained)
                    .build();
        });
    }

    private CompletionStage<GetApplicationsResponseProto> applications(
            ClientCalls.Call call, GetApplicationsRequestProto request) {
        Reports reports = reports(call);
        ApplicationFilter filter = new ApplicationFilter(request, call.cluster().snapshots(), call.person());
        long limit = request.hasLimit() ? request.getLimit() : Long.MAX_VALUE;
        GetApplicationsResponseProto.Builder response = GetApplicationsResponseProto.newBuilder();
        for (ApplicationSnapshot application : call.cluster().snapshots().applications()) {
            if (response.getApplicationsCount() >= limit) {
                break;
            }
            if (filter.test(application)) {
                ApplicationReportProto report = reports.application(application, call.person());
                response.addApplications(report);
            }
        }
        return CompletableFuture.completedFuture(response.build());
    }

    private CompletionStage<GetApplicationAttemptReportResponseProto> attempt(
            ClientCalls.Call call, GetApplicationAttemptReportRequestProto request) throws YarnException {
        AttemptId id = WireValues.attemptId(request.getApplicationAttemptId());
        ApplicationSnapshot application = viewable(call, id.application(), "attempt " + id);
        return CompletableFuture.completedFuture(GetApplicationAttemptReportResponseProto.newBuilder()
                .setApplicationAttemptReport(reports(call).attempt(application, known(application, id)))
                .build());
    }

    private CompletionStage<GetApplicationAttemptsResponseProto> attempts(
            ClientCalls.Call call, GetApplicationAttemptsRequestProto request) throws YarnException {
        ApplicationId id = WireValues.applicationId(request.getApplicationId());
        ApplicationSnapshot application = viewable(call, id, "application " + id);
        Reports reports = reports(call);
        GetApplicationAttemptsResponseProto.Builder response = GetApplicationAttemptsResponseProto.newBuilder();
        application
                .attempts()
                .forEach(attempt -> response.addApplicationAttempts(reports.attempt(application, attempt)));
        return CompletableFuture.completedFuture(response.build());
    }

    private CompletionStage<GetContainerReportResponseProto> container(
            ClientCalls.Call call, GetContainerReportRequestProto request) throws YarnException {
        if (!request.hasContainerId()) {
            throw new ContainerNotFoundException("Invalid container id: null");
        }
        ContainerId id = WireValues.containerId(request.getContainerId());
        AttemptId attempt = id.attempt();
        ApplicationSnapshot application = viewable(call, attempt.application(), "application " + attempt.application());
        known(application, attempt);
        ContainerSnapshot container = call.cluster().snapshots().container(id);
        if (container == null) {
            throw new ContainerNotFoundException("Container with id '" + id + "' doesn't exist in RM.");
        }
        return CompletableFuture.completedFuture(GetContainerReportResponseProto.newBuilder()
                .setContainerReport(
                        Reports.container(container, application.spec().user()))
                .build());
    }

    private CompletionStage<GetContainersResponseProto> containers(
            ClientCalls.Call call, GetContainersRequestProto request) throws YarnException {
        AttemptId id = WireValues.attemptId(request.getApplicationAttemptId());
        ApplicationSnapshot application = viewable(call, id.application(), "application " + id.application());
        known(application, id);
        String user = application.spec().user();
        GetContainersResponseProto.Builder response = GetContainersResponseProto.newBuilder();
        for (ContainerSnapshot container : call.cluster().snapshots().containers(id)) {
            response.addContainers(Reports.container(container, user));
        }
        return CompletableFuture.completedFuture(response.build());
    }

    /** In YARN's words. */
    private static ApplicationSnapshot viewable(ClientCalls.Call call, ApplicationId id, String what)
            throws YarnException {
        ApplicationSnapshot application = call.application(id);
        if (!call.person().mayView(application.spec())) {
            throw new YarnException("User " + call.person().user() + " does not have privilege to see this " + what);
        }
        return application;
    }

    private static AttemptSnapshot known(ApplicationSnapshot application, AttemptId id)
            throws ApplicationAttemptNotFoundException {
        AttemptSnapshot attempt = application.attempt(id);
        if (attempt == null) {
            throw new ApplicationAttemptNotFoundException(
                    "ApplicationAttempt with id '" + id + "' doesn't exist in RM.");
        }
        return attempt;
    }
}
