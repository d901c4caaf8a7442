package dev.heddle.rm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcMethod;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.security.Access;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** What the methods of the client port have in common: somebody who asks, and a cluster that is led. */
final class ClientCalls {
    private final Leadership leadership;
    private final Access access;
    private final Executor slow;

    /**
     * The calls.
     *
     * @param slow for answers that take more than an I/O thread should give
     */
    ClientCalls(Leadership leadership, Access access, Executor slow) {
        this.leadership = leadership;
        this.access = access;
        this.slow = slow;
    }

    /** A call, with what it is answered from. */
    record Call(LeadingCluster cluster, Access.Person person, Caller caller) {
        /**
         * The application that is asked about.
         *
         * @throws ApplicationNotFoundException if there is none, in YARN's words, which clients match
         */
        ApplicationSnapshot application(ApplicationId id) throws ApplicationNotFoundException {
            ApplicationSnapshot application = cluster.snapshots().application(id);
            if (application == null) {
                throw new ApplicationNotFoundException("Application with id '" + id + "' doesn't exist in RM. Please"
                        + " check that the job submission was successful.");
            }
            return application;
        }

        /** As YARN, which wraps the refusal so that the client sees its class in the message. */
        void checkModify(ApplicationSnapshot application) throws YarnException {
            if (!person.mayModify(application.spec())) {
                throw new YarnException(new AccessControlException(
                        "User " + person.user() + " cannot perform operation MODIFY_APP on " + application.id()));
            }
        }
    }

    /** Answers a call. */
    @FunctionalInterface
    interface Method<Q extends Message, R extends Message> {
        CompletionStage<R> answer(Call call, Q request) throws Exception;
    }

    /** A method that answers at once. */
    <Q extends Message, R extends Message> RpcMethod<Q, R> on(Method<Q, R> method) {
        return (caller, request) -> {
            LeadingCluster cluster = leadership.require();
            return access.person(caller)
                    .thenCompose(person -> answer(method, new Call(cluster, person, caller), request));
        };
    }

    /** A method that goes through all applications, or the like. */
    <Q extends Message, R extends Message> RpcMethod<Q, R> slowly(Method<Q, R> method) {
        return (caller, request) -> {
            LeadingCluster cluster = leadership.require();
            return access.person(caller)
                    .thenComposeAsync(person -> answer(method, new Call(cluster, person, caller), request), slow);
        };
    }

    private static <Q extends Message, R extends Message> CompletionStage<R> answer(
            Method<Q, R> method, Call call, Q request) {
        try {
            return method.answer(call, request);
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
