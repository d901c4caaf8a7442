package dev.heddle.common.rpc.client;

import java.io.EOFException;
import java.net.SocketException;
import java.net.UnknownHostException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.NMNotYetReadyException;

/**
 * How often a node that cannot be reached, or is not ready yet, is called again: at a fixed interval for a limited time, as
 * stock YARN's {@code ServerProxy} does ({@code yarn.client.nodemanager-connect.retry-interval-ms} and
 * {@code .max-wait-ms}).
 *
 * @param intervalMs between two calls
 * @param most calls after the first
 */
public record NodeRetries(long intervalMs, long most) {
    /** What stands for a node that is called again for ever. */
    private static final long FOR_EVER = -1;

    /** As the configuration says. */
    public static NodeRetries of(Configuration configuration) {
        long intervalMs = Math.max(
                1,
                configuration.getLong(
                        YarnConfiguration.CLIENT_NM_CONNECT_RETRY_INTERVAL_MS,
                        YarnConfiguration.DEFAULT_CLIENT_NM_CONNECT_RETRY_INTERVAL_MS));
        long maxWaitMs = configuration.getLong(
                YarnConfiguration.CLIENT_NM_CONNECT_MAX_WAIT_MS,
                YarnConfiguration.DEFAULT_CLIENT_NM_CONNECT_MAX_WAIT_MS);
        return new NodeRetries(intervalMs, maxWaitMs == FOR_EVER ? Long.MAX_VALUE : maxWaitMs / intervalMs);
    }

    /**
     * Whether to call again after a failure.
     *
     * @param failure without {@link java.util.concurrent.CompletionException}s around it
     * @param retries how often it was called again already
     */
    public boolean again(Throwable failure, long retries) {
        return retries < most && passing(failure);
    }

    private static boolean passing(Throwable failure) {
        Throwable cause =
                failure instanceof OutcomeUnknownException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof SocketException
                || cause instanceof UnknownHostException
                || cause instanceof EOFException
                || cause instanceof RetriableException
                || cause instanceof NMNotYetReadyException;
    }
}
