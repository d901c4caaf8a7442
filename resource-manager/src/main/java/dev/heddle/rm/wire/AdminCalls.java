package dev.heddle.rm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcMethod;
import dev.heddle.rm.security.Administrators;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.yarn.ipc.RPCUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers calls of administrators, and of nobody else, on threads that may wait for files and groups. */
final class AdminCalls {
    private static final Logger log = LoggerFactory.getLogger(AdminCalls.class);

    /** One method, once its caller is known to be an administrator. */
    interface Action<Q, R> {
        CompletionStage<R> run(Caller caller, Q request) throws Exception;
    }

    private final Administrators administrators;
    private final Executor slow;

    AdminCalls(Administrators administrators, Executor slow) {
        this.administrators = administrators;
        this.slow = slow;
    }

    /** Refuses others as YARN's administration does: with a {@code YarnException} around the reason. */
    <Q extends Message, R extends Message> RpcMethod<Q, R> wrapped(String name, Action<Q, R> action) {
        return (caller, request) -> run(() -> {
            try {
                administrators.check(caller.user(), name);
            } catch (AccessControlException e) {
                throw RPCUtil.getRemoteException(e);
            }
            log.info("{} is called by {} at {}", name, caller.user(), caller.address());
            try {
                return action.run(caller, request);
            } catch (org.apache.hadoop.ipc.StandbyException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                log.warn("{} fails: {}", name, e.getMessage());
                throw RPCUtil.getRemoteException(e);
            }
        });
    }

    /** Refuses others as Hadoop's HA services do: with an {@code AccessControlException}. */
    <Q extends Message, R extends Message> RpcMethod<Q, R> bare(String name, Action<Q, R> action) {
        return (caller, request) -> run(() -> {
            administrators.check(caller.user(), name);
            return action.run(caller, request);
        });
    }

    private interface Step<R> {
        CompletionStage<R> run() throws Exception;
    }

    private <R> CompletionStage<R> run(Step<R> step) {
        CompletableFuture<CompletionStage<R>> begun;
        try {
            begun = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return step.run();
                        } catch (Exception e) {
                            throw new CompletionException(e);
                        }
                    },
                    slow);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new RetriableException("too many calls wait: try again"));
        }
        return begun.thenCompose(stage -> stage);
    }
}
