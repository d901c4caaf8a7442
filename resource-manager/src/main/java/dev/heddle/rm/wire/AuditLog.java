package dev.heddle.rm.wire;

import dev.heddle.common.rpc.Caller;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has changed what: a line for each attempt to do so, in the form of YARN's audit log (fields parted by tabs), under a
 * logger's name of its own so that it can be kept apart.
 */
final class AuditLog {
    private static final Logger log = LoggerFactory.getLogger("dev.heddle.rm.audit");

    private AuditLog() {}

    /**
     * Notes how something went, once it is known.
     *
     * @param operation in YARN's words
     * @param subject what it was about
     */
    static <T> CompletionStage<T> note(Caller caller, String operation, Object subject, CompletionStage<T> outcome) {
        return outcome.whenComplete((done, failure) -> {
            if (failure == null) {
                log.info(
                        "USER={}\tIP={}\tOPERATION={}\tTARGET=ClientRMService\tRESULT=SUCCESS\tAPPID={}",
                        caller.user(),
                        caller.address(),
                        operation,
                        subject);
            } else {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                refused(caller, operation, subject, cause == null ? failure : cause);
            }
        });
    }

    /** Notes that something was refused. What came from outside is kept on its line. */
    static void refused(Caller caller, String operation, Object subject, Throwable reason) {
        log.warn(
                "USER={}\tIP={}\tOPERATION={}\tTARGET=ClientRMService\tRESULT=FAILURE\tDESCRIPTION={}\tAPPID={}",
                caller.user(),
                caller.address(),
                operation,
                String.valueOf(reason).replaceAll("\\s+", " "),
                subject);
    }
}
