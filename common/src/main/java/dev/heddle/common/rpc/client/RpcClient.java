package dev.heddle.common.rpc.client;

import dev.heddle.common.rpc.transport.RpcThreads;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.ClientId;
import org.apache.hadoop.thirdparty.protobuf.ByteString;

/**
 * Calls servers that speak Hadoop RPC, as many as one likes, on the process's I/O threads. Reads Hadoop's own settings of
 * clients ({@code ipc.client.*}, {@code ipc.ping.interval}, {@code ipc.maximum.response.length},
 * {@code hadoop.rpc.protection}, {@code hadoop.security.authentication}) once, when it is made. For any thread.
 */
public final class RpcClient implements AutoCloseable {
    private final RpcThreads threads;
    private final Configuration configuration;
    private final ClientSettings settings;
    private final ByteString clientId = ByteString.copyFrom(ClientId.getClientId());
    private final AtomicLong calls = new AtomicLong();
    private final Set<RpcConnection> connections = ConcurrentHashMap.newKeySet();

    private RpcClient(RpcThreads threads, Configuration configuration) {
        this.threads = threads;
        this.configuration = new Configuration(configuration);
        this.settings = ClientSettings.of(configuration);
    }

    /**
     * Makes a client without connections.
     *
     * @param threads are left running when the client is closed, and are closed after it
     * @throws dev.heddle.common.UserException if a setting is out of its range
     */
    public static RpcClient create(RpcThreads threads, Configuration configuration) {
        return new RpcClient(threads, configuration);
    }

    /**
     * Names a server. The connection is opened with the first call and again after it was lost, whenever calls wait.
     *
     * @param server may be unresolved; its name is looked up anew for each attempt
     * @param protocol Hadoop's interface with the {@code ProtocolInfo}, and with the {@code KerberosInfo} where Kerberos is
     *     used
     */
    public RpcConnection connect(
            InetSocketAddress server, Class<?> protocol, RpcIdentity identity, WhenUnreachable whenUnreachable) {
        RpcConnection connection = new RpcConnection(
                this,
                new RpcConnection.Target(server, protocol, identity, new RequestFrames(protocol, clientId)),
                whenUnreachable,
                threads.loops().next());
        connections.add(connection);
        return connection;
    }

    /** Ends every connection; calls that have no answer fail. */
    @Override
    public void close() {
        connections.forEach(RpcConnection::close);
    }

    void forget(RpcConnection connection) {
        connections.remove(connection);
    }

    RpcThreads threads() {
        return threads;
    }

    Configuration configuration() {
        return configuration;
    }

    ClientSettings settings() {
        return settings;
    }

    /** A number for a call: not negative, and none that an unanswered call has. */
    int nextCallId() {
        return (int) (calls.getAndIncrement() & Integer.MAX_VALUE);
    }

    /** Whether a call ever had this number. */
    boolean issued(int callId) {
        return callId >= 0 && callId < calls.get();
    }
}
