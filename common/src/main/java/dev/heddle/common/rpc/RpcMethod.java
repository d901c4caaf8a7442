package dev.heddle.common.rpc;

import java.util.concurrent.CompletionStage;
import org.apache.hadoop.thirdparty.protobuf.Message;

/**
 * One method of a protocol. It must not block: the answer is a stage that another thread may complete.
 *
 * @param <Q> the request
 * @param <R> the response
 */
@FunctionalInterface
public interface RpcMethod<Q extends Message, R extends Message> {
    /**
     * Answers one call. A stage that fails, or an exception thrown here, reaches the client under its class name, as
     * Hadoop's clients expect it ({@code YarnException} and its kin, {@code IOException}).
     */
    CompletionStage<R> call(Caller caller, Q request) throws Exception;
}
