package dev.heddle.rm;

import dev.heddle.common.UserException;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.server.RpcServer.Authentication;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.ManualFailover;
import dev.heddle.rm.security.Administrators;
import dev.heddle.rm.wire.AdminEndpoint;
import dev.heddle.rm.wire.HaEndpoint;
import dev.heddle.rm.wire.HeartbeatPace;
import dev.heddle.rm.wire.QueueRefresh;
import dev.heddle.rm.wire.Refreshes;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/** The port of {@code yarn rmadmin}, and what can be changed there. */
final class AdminServer implements AutoCloseable {
    private final RpcServer server;

    private AdminServer(RpcServer server) {
        this.server = server;
    }

    /**
     * What operators reach from here.
     *
     * @param administrators who may do so
     * @param servers the other ports
     * @param pace how long nodes wait between heartbeats
     */
    record Administered(
            Leadership leadership,
            Terms terms,
            Administrators administrators,
            List<RpcServer> servers,
            AtomicReference<HeartbeatPace> pace,
            QueueRefresh queues) {}

    /**
     * Opens the port.
     *
     * @param id of this RM among several, or null for a single one
     * @throws UserException if the port is taken
     */
    static AdminServer start(
            RpcThreads threads, Configuration configuration, @Nullable String id, Administered administered) {
        Administrators administrators = administered.administrators();
        List<RpcServer> servers = new CopyOnWriteArrayList<>(administered.servers());
        Refreshes refreshes = new Refreshes(
                () -> Terms.reread(configuration),
                read -> administrators.replace(AccessSettings.administrators(read)),
                read -> servers.forEach(server -> server.refreshAuthorization(read)),
                read -> administered.pace().set(TrackerSettings.pace(read)),
                SubmissionSettings.MAXIMUM_PRIORITY::get);
        List<RpcProtocol> protocols = new ArrayList<>();
        protocols.add(new AdminEndpoint(
                        administered.leadership(), administrators, refreshes, administered.queues(), threads.slow())
                .protocol());
        if (id != null) {
            ManualFailover failover = isFailoverAutomatic(configuration)
                    ? null
                    : new ManualFailover(administered.leadership(), administered.terms());
            protocols.add(
                    new HaEndpoint(administered.leadership(), administrators, failover, threads.slow()).protocol());
        }
        ServiceAddress address = ServiceAddress.of(
                configuration, IdentitySettings.ADMIN_ADDRESS.key(), YarnConfiguration.DEFAULT_RM_ADMIN_PORT, id);
        RpcServer server = RpcServer.start(
                threads,
                configuration,
                address.bind(),
                address.key(),
                Authentication.CONFIGURED,
                null,
                protocols.toArray(RpcProtocol[]::new));
        servers.add(server);
        return new AdminServer(server);
    }

    /** Whether the leader is elected, where there are several RMs. */
    static boolean isFailoverAutomatic(Configuration configuration) {
        return ResourceManagerSettings.AUTOMATIC_FAILOVER.get(configuration);
    }

    InetSocketAddress address() {
        return server.address();
    }

    @Override
    public void close() {
        server.close();
    }
}
