package dev.heddle.rm.wire;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.model.ApplicationId;
import java.text.ParseException;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationTimeoutTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationUpdateTimeoutMapProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PriorityProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.UpdateApplicationPriorityRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.UpdateApplicationPriorityResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.UpdateApplicationTimeoutsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.UpdateApplicationTimeoutsResponseProto;
import org.apache.hadoop.yarn.util.Times;

/** Calls that change how applications are served: their priority and their time. */
final class UpdateCalls {
    private final ClientCalls calls;
    private final InstantSource clock;

    UpdateCalls(ClientCalls calls, InstantSource clock) {
        this.calls = calls;
        this.clock = clock;
    }

    void addTo(RpcProtocol.Builder protocol) {
        protocol.on(
                        "updateApplicationPriority",
                        UpdateApplicationPriorityRequestProto.getDefaultInstance(),
                        calls.on(this::priority))
                .on(
                        "updateApplicationTimeouts",
                        UpdateApplicationTimeoutsRequestProto.getDefaultInstance(),
                        calls.on(this::timeouts));
    }

    private CompletionStage<UpdateApplicationPriorityResponseProto> priority(
            ClientCalls.Call call, UpdateApplicationPriorityRequestProto request) throws YarnException {
        ApplicationId id = WireValues.applicationId(request.getApplicationId());
        String operation = "Update Application Priority Request";
        ApplicationCalls.checkModify(call, operation, call.application(id));
        return AuditLog.note(
                call.caller(),
                operation,
                id,
                Submission.submit(
                        call.cluster(),
                        new ApplicationCommand.ChangePriority(
                                id, request.getApplicationPriority().getPriority()),
                        priority -> UpdateApplicationPriorityResponseProto.newBuilder()
                                .setApplicationPriority(
                                        PriorityProto.newBuilder().setPriority(priority))
                                .build()));
    }

    private CompletionStage<UpdateApplicationTimeoutsResponseProto> timeouts(
            ClientCalls.Call call, UpdateApplicationTimeoutsRequestProto request) throws YarnException {
        ApplicationId id = WireValues.applicationId(request.getApplicationId());
        String operation = "Update Application Timeouts Request";
        ApplicationCalls.checkModify(call, operation, call.application(id));
        if (request.getApplicationTimeoutsCount() == 0) {
            throw new YarnException("At least one ApplicationTimeoutType should be configured for updating timeouts.");
        }
        // There is one kind of timeout, so that the last one given is the one that counts, as in YARN's map.
        String asked = request.getApplicationTimeouts(request.getApplicationTimeoutsCount() - 1)
                .getExpireTime();
        long expiresAtMs = parse(asked);
        return AuditLog.note(
                call.caller(),
                operation,
                id,
                Submission.submit(
                        call.cluster(),
                        new ApplicationCommand.ChangeLifetime(id, expiresAtMs),
                        effectiveMs -> answer(effectiveMs == expiresAtMs ? asked : Times.formatISO8601(effectiveMs))));
    }

    private static UpdateApplicationTimeoutsResponseProto answer(String expireTime) {
        return UpdateApplicationTimeoutsResponseProto.newBuilder()
                .addApplicationTimeouts(ApplicationUpdateTimeoutMapProto.newBuilder()
                        .setApplicationTimeoutType(ApplicationTimeoutTypeProto.APP_TIMEOUT_LIFETIME)
                        .setExpireTime(expireTime))
                .build();
    }

    private long parse(String expireTime) throws YarnException {
        long expiresAtMs;
        try {
            expiresAtMs = Times.parseISO8601ToLocalTimeInMillis(expireTime);
        } catch (ParseException | DateTimeParseException e) {
            throw new YarnException(
                    "Expire time is not in ISO8601 format. ISO8601 supported format is yyyy-MM-dd'T'HH:mm:ss.SSSZ."
                            + " Configured timeout value is " + expireTime,
                    e);
        }
        long nowMs = clock.millis();
        if (expiresAtMs < nowMs) {
            throw new YarnException("Expire time is less than current time, current-time=" + Times.formatISO8601(nowMs)
                    + " expire-time=" + Times.formatISO8601(expiresAtMs));
        }
        return expiresAtMs;
    }
}
