package dev.heddle.common.rpc.compat;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.metrics.ServerStatistics;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.jspecify.annotations.Nullable;

/** The server under test, on a free port. No other class of these tests knows how it is started. */
public final class CompatServer implements AutoCloseable {
    private final RpcThreads threads;
    private final RpcServer server;

    private CompatServer(RpcThreads threads, RpcServer server) {
        this.threads = threads;
        this.server = server;
    }

    /** A server that takes whoever comes, or wants Kerberos where that is configured. */
    public static CompatServer start(Configuration configuration, RpcProtocol... protocols) {
        return start(configuration, RpcServer.Authentication.CONFIGURED, null, protocols);
    }

    /** A server that takes tokens beside what is configured. */
    public static CompatServer withSecrets(
            Configuration configuration, SecretManager<? extends TokenIdentifier> secrets, RpcProtocol... protocols) {
        return start(configuration, RpcServer.Authentication.CONFIGURED, secrets, protocols);
    }

    /** A server that takes nothing but tokens. */
    public static CompatServer tokenOnly(
            Configuration configuration, SecretManager<? extends TokenIdentifier> secrets, RpcProtocol... protocols) {
        return start(configuration, RpcServer.Authentication.TOKEN_ONLY, secrets, protocols);
    }

    private static CompatServer start(
            Configuration configuration,
            RpcServer.Authentication authentication,
            @Nullable SecretManager<? extends TokenIdentifier> secrets,
            RpcProtocol... protocols) {
        RpcThreads threads = RpcThreads.start(configuration);
        return new CompatServer(
                threads,
                RpcServer.start(
                        threads,
                        configuration,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        "compat.address",
                        authentication,
                        secrets,
                        protocols));
    }

    public InetSocketAddress address() {
        return server.address();
    }

    /** What the server has done so far. */
    public ServerStatistics statistics() {
        return server.statistics();
    }

    @Override
    public void close() {
        server.close();
        threads.close();
    }
}
