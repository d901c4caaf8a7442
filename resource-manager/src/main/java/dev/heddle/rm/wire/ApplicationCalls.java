package dev.heddle.rm.wire;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.FailApplicationAttemptRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.FailApplicationAttemptResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.KillApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.KillApplicationResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.MoveApplicationAcrossQueuesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.MoveApplicationAcrossQueuesResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SignalContainerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SignalContainerResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SubmitApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SubmitApplicationResponseProto;

/** Calls that begin, end and change applications. */
final class ApplicationCalls {
    private final ClientCalls calls;
    private final Submissions submissions;
    private final UpdateCalls updates;

    ApplicationCalls(ClientCalls calls, Submissions submissions, UpdateCalls updates) {
        this.calls = calls;
        this.submissions = submissions;
        this.updates = updates;
    }

    void addTo(RpcProtocol.Builder protocol) {
        protocol.on(
                        "getNewApplication",
                        GetNewApplicationRequestProto.getDefaultInstance(),
                        calls.on(this::newApplication))
                .on(
                        "submitApplication",
                        SubmitApplicationRequestProto.getDefaultInstance(),
                        submissions.mayWait() ? calls.slowly(this::submit) : calls.on(this::submit))
                .on("forceKillApplication", KillApplicationRequestProto.getDefaultInstance(), calls.on(this::kill))
                .on(
                        "failApplicationAttempt",
                        FailApplicationAttemptRequestProto.getDefaultInstance(),
                        calls.on(this::failAttempt))
                .on("signalToContainer", SignalContainerRequestProto.getDefaultInstance(), calls.on(this::signal))
                .on(
                        "moveApplicationAcrossQueues",
                        MoveApplicationAcrossQueuesRequestProto.getDefaultInstance(),
                        calls.on(this::move));
        updates.addTo(protocol);
    }

    private CompletionStage<GetNewApplicationResponseProto> newApplication(
            ClientCalls.Call call, GetNewApplicationRequestProto request) {
        return Submission.submit(
                call.cluster(),
                new ApplicationCommand.TakeApplicationId(),
                reply -> GetNewApplicationResponseProto.newBuilder()
                        .setApplicationId(WireValues.proto(reply.application()))
                        .setMaximumCapability(WireValues.proto(reply.maximumCapability()))
                        .build());
    }

    private CompletionStage<SubmitApplicationResponseProto> submit(
            ClientCalls.Call call, SubmitApplicationRequestProto request) throws YarnException {
        ApplicationCommand.SubmitApplication command =
                submissions.decode(call.person(), request.getApplicationSubmissionContext());
        String operation = "Submit Application Request";
        if (!call.person().maySubmit(command.spec().queue())) {
            YarnException refusal = new YarnException(new AccessControlException(
                    "User " + call.person().user() + " does not have permission to submit " + command.application()
                            + " to queue " + command.spec().queue()));
            AuditLog.refused(call.caller(), operation, command.application(), refusal);
            throw refusal;
        }
        return AuditLog.note(
                call.caller(),
                operation,
                command.application(),
                Submission.submit(
                        call.cluster(), command, done -> SubmitApplicationResponseProto.getDefaultInstance()));
    }

    private CompletionStage<KillApplicationResponseProto> kill(
            ClientCalls.Call call, KillApplicationRequestProto request) throws YarnException {
        ApplicationId id = WireValues.applicationId(request.getApplicationId());
        ApplicationSnapshot application = call.cluster().snapshots().application(id);
        String operation = "Kill Application Request";
        if (application == null) {
            throw new ApplicationNotFoundException("Trying to kill an absent application " + id);
        }
        checkModify(call, operation, application);
        String diagnostics = "Application " + id + " was killed by user "
                + call.person().user() + " at " + call.caller().address();
        if (!request.getDiagnostics().isBlank()) {
            diagnostics +=
                    " with diagnostic message: " + request.getDiagnostics().trim();
        }
        return AuditLog.note(
                call.caller(),
                operation,
                id,
                Submission.submit(
                        call.cluster(),
                        new ApplicationCommand.KillApplication(id, diagnostics),
                        reply -> KillApplicationResponseProto.newBuilder()
                                .setIsKillCompleted(reply.completed())
                                .build()));
    }

    /** Notes a refusal before it is thrown. */
    static void checkModify(ClientCalls.Call call, String operation, ApplicationSnapshot application)
            throws YarnException {
        try {
            call.checkModify(application);
        } catch (YarnException e) {
            AuditLog.refused(call.caller(), operation, application.id(), e);
            throw e;
        }
    }

    private CompletionStage<FailApplicationAttemptResponseProto> failAttempt(
            ClientCalls.Call call, FailApplicationAttemptRequestProto request) throws YarnException {
        AttemptId attempt = WireValues.attemptId(request.getApplicationAttemptId());
        String operation = "Fail Attempt Request";
        checkModify(call, operation, call.application(attempt.application()));
        return AuditLog.note(
                call.caller(),
                operation,
                attempt,
                Submission.submit(
                        call.cluster(),
                        new ApplicationCommand.FailAttempt(attempt),
                        done -> FailApplicationAttemptResponseProto.getDefaultInstance()));
    }

    private CompletionStage<SignalContainerResponseProto> signal(
            ClientCalls.Call call, SignalContainerRequestProto request) throws YarnException {
        ContainerId container = WireValues.containerId(request.getContainerId());
        ApplicationSnapshot application =
                call.cluster().snapshots().application(container.attempt().application());
        String operation = "Signal Container Request";
        if (application == null) {
            throw new YarnException("Trying to signal an absent container " + container);
        }
        checkModify(call, operation, application);
        return AuditLog.note(
                call.caller(),
                operation,
                container,
                Submission.submit(
                        call.cluster(),
                        new ApplicationCommand.SignalContainer(container, WireValues.signal(request.getCommand())),
                        done -> SignalContainerResponseProto.getDefaultInstance()));
    }

    private CompletionStage<MoveApplicationAcrossQueuesResponseProto> move(
            ClientCalls.Call call, MoveApplicationAcrossQueuesRequestProto request) throws YarnException {
        ApplicationId id = WireValues.applicationId(request.getApplicationId());
        String operation = "Move Application Request";
        checkModify(call, operation, call.application(id));
        if (!call.person().maySubmit(request.getTargetQueue())) {
            YarnException refusal = new YarnException(new AccessControlException("User "
                    + call.person().user() + " cannot submit applications to target queue or the target queue doesn't"
                    + " exist: " + request.getTargetQueue() + " while moving " + id));
            AuditLog.refused(call.caller(), operation, id, refusal);
            throw refusal;
        }
        return AuditLog.note(
                call.caller(),
                operation,
                id,
                Submission.submit(
                        call.cluster(),
                        new ApplicationCommand.MoveApplication(id, request.getTargetQueue()),
                        done -> MoveApplicationAcrossQueuesResponseProto.getDefaultInstance()));
    }
}
