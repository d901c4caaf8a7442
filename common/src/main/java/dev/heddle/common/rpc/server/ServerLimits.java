package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.transport.RpcSettings;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;

/** What a server lets its peers do, read once from the settings. Limits of zero that mean none are the largest number. */
final class ServerLimits {
    /** The longest frame of a connection that has not yet said who it is. Kerberos tickets with many groups fit. */
    static final int HANDSHAKE_FRAME_BYTES = 1024 * 1024;

    final int requestBytes;
    final int listenQueue;
    final int connections;
    final int connectionsPerAddress;
    final int callsPerConnection;
    final int calls;
    final long handshakeNanos;
    final long idleNanos;
    final int unsentBytes;
    final int bufferedBytes;

    /**
     * Reads them.
     *
     * @throws dev.heddle.common.UserException if one is out of its range
     */
    ServerLimits(Configuration configuration) {
        requestBytes = RpcSettings.MAX_REQUEST.get(configuration);
        listenQueue = RpcSettings.LISTEN_QUEUE.get(configuration);
        connections = orUnlimited(RpcSettings.MAX_CONNECTIONS.get(configuration));
        connectionsPerAddress = orUnlimited(RpcSettings.MAX_CONNECTIONS_PER_ADDRESS.get(configuration));
        callsPerConnection = RpcSettings.MAX_CALLS_PER_CONNECTION.get(configuration);
        calls = RpcSettings.MAX_CALLS.get(configuration);
        handshakeNanos = TimeUnit.MILLISECONDS.toNanos(RpcSettings.HANDSHAKE_LIMIT.get(configuration));
        idleNanos = TimeUnit.MILLISECONDS.toNanos(RpcSettings.IDLE_LIMIT.get(configuration));
        unsentBytes = RpcSettings.MAX_UNSENT.get(configuration);
        bufferedBytes = RpcSettings.MAX_BUFFERED.get(configuration);
    }

    private static int orUnlimited(int limit) {
        return limit == 0 ? Integer.MAX_VALUE : limit;
    }
}
