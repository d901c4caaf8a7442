package dev.heddle.rm.wire;

import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.lead.LeadingCluster;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.ApplicationMasterNotRegisteredException;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.InvalidApplicationMasterRequestException;
import org.apache.hadoop.yarn.exceptions.InvalidContainerReleaseException;
import org.apache.hadoop.yarn.exceptions.InvalidLabelResourceRequestException;
import org.apache.hadoop.yarn.exceptions.InvalidResourceBlacklistRequestException;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** Hands a command to the core and turns what comes back into what the wire carries. */
final class Submission {
    private Submission() {}

    static <R, M> CompletionStage<M> submit(LeadingCluster cluster, Command<R> command, Function<R, M> encode) {
        return answer(cluster.loop().submit(command), encode);
    }

    /** Turns what the core says into what the wire carries. */
    static <R, M> CompletionStage<M> answer(CompletionStage<R> decided, Function<R, M> encode) {
        return decided.handle((reply, failure) -> {
            if (failure != null) {
                throw new CompletionException(toWire(failure));
            }
            return encode.apply(reply);
        });
    }

    private static Throwable toWire(Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return toWire(failure.getCause());
        }
        if (failure instanceof Refusal refusal) {
            return toWire(refusal);
        }
        if (failure instanceof RejectedExecutionException) {
            return new RetriableException(failure.getMessage());
        }
        return failure;
    }

    private static YarnException toWire(Refusal refusal) {
        String message = refusal.getMessage();
        return switch (refusal.kind()) {
            case APPLICATION_NOT_FOUND -> new ApplicationNotFoundException(message);
            case ATTEMPT_NOT_FOUND -> new ApplicationAttemptNotFoundException(message);
            case NOT_REGISTERED -> new ApplicationMasterNotRegisteredException(message);
            case UNKNOWN_MASTER, ALREADY_REGISTERED, WRONG_RESPONSE_ID ->
                new InvalidApplicationMasterRequestException(message);
            case INVALID_ASK -> new InvalidResourceRequestException(message);
            case INVALID_LABEL -> new InvalidLabelResourceRequestException(message);
            case INVALID_BLACKLIST -> new InvalidResourceBlacklistRequestException(message);
            case INVALID_RELEASE -> new InvalidContainerReleaseException(message);
            case INVALID_SUBMISSION, INVALID_ADMINISTRATION, INVALID_REQUEST -> new YarnException(message);
        };
    }
}
