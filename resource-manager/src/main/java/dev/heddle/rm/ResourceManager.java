package dev.heddle.rm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.ResourceTypes;
import dev.heddle.common.resources.ResourceKinds;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.server.RpcServer.Authentication;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.common.rpc.transport.ServiceLogin;
import dev.heddle.common.runtime.Daemon;
import dev.heddle.common.runtime.ExitOnFault;
import dev.heddle.common.runtime.FaultHandler;
import dev.heddle.ha.LeaderElection;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.lead.LeadersAmRmTokens;
import dev.heddle.rm.lead.LeadersDelegationTokens;
import dev.heddle.rm.lead.Leadership;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.queues.CurrentQueues;
import dev.heddle.rm.queues.QueueFiles;
import dev.heddle.rm.security.Access;
import dev.heddle.rm.security.Administrators;
import dev.heddle.rm.web.WebServer;
import dev.heddle.rm.wire.ApplicationClientEndpoint;
import dev.heddle.rm.wire.ApplicationMasterEndpoint;
import dev.heddle.rm.wire.HeartbeatPace;
import dev.heddle.rm.wire.QueueRefresh;
import dev.heddle.rm.wire.Racks;
import dev.heddle.rm.wire.ReportSource;
import dev.heddle.rm.wire.ResourceTrackerEndpoint;
import dev.heddle.rm.wire.Submissions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resource manager: its ports are open from the start; while it does not lead it answers that it is a standby. With
 * {@code yarn.resourcemanager.ha.enabled} the leader is elected on ZooKeeper; a single one leads at once.
 */
public final class ResourceManager implements Daemon {
    private static final Logger log = LoggerFactory.getLogger(ResourceManager.class);

    /** The epoch of an RM that has no rivals. */
    private static final long SINGLE_EPOCH = 0;

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final Leadership leadership;
    private final @Nullable String id;
    private final Addresses addresses;

    private ResourceManager(Leadership leadership, @Nullable String id, Addresses addresses) {
        this.leadership = leadership;
        this.id = id;
        this.addresses = addresses;
    }

    /** Where an RM's services listen, with the ports that were really taken; {@code page} as {@code host:port}. */
    public record Addresses(
            InetSocketAddress client,
            InetSocketAddress scheduler,
            InetSocketAddress tracker,
            InetSocketAddress administration,
            String page) {}

    /**
     * Opens the ports and, where there are several RMs, becomes a candidate.
     *
     * @throws UserException if the configuration cannot be used, a port is taken, or ZooKeeper is not there
     */
    public static ResourceManager start(YarnConfiguration configuration) {
        return start(configuration, InstantSource.system(), new ExitOnFault());
    }

    /** As {@link #start(YarnConfiguration)} with a clock and a place for faults. */
    static ResourceManager start(YarnConfiguration configuration, InstantSource clock, FaultHandler faults) {
        CorePolicy policy = ResourceManagerSettings.policy(configuration);
        ResourceKinds kinds = ResourceTypes.read(configuration);
        CurrentQueues queues = new CurrentQueues(QueueFiles.read(configuration, Terms.limits(policy, kinds)));
        String id = ownId(configuration);
        Leadership leadership = new Leadership(id == null ? "" : id);
        ServiceLogin.login(
                configuration,
                IdentitySettings.KEYTAB.key(),
                IdentitySettings.PRINCIPAL.key(),
                address(configuration, IdentitySettings.CLIENT_ADDRESS.key(), YarnConfiguration.DEFAULT_RM_PORT, id)
                        .bind());
        Deque<AutoCloseable> resources = new ArrayDeque<>();
        try {
            ServiceAddress page = address(
                    configuration, IdentitySettings.PAGE_ADDRESS.key(), YarnConfiguration.DEFAULT_RM_WEBAPP_PORT, id);
            RpcThreads threads = keep(resources, RpcThreads.start(configuration));
            WebServer web = keep(resources, WebServer.start(page.bind(), page.key(), leadership));
            Administrators administrators = new Administrators(AccessSettings.administrators(configuration), ownUser());
            Access access = new Access(AccessSettings.rules(configuration), queues, administrators, threads.slow());
            RpcServer client = keep(
                    resources,
                    serveClients(
                            threads, configuration, id, new Served(leadership, access, queues, web.address()), clock));
            RpcServer scheduler = keep(resources, serveMasters(threads, configuration, id, leadership));
            AtomicReference<HeartbeatPace> pace = new AtomicReference<>(TrackerSettings.pace(configuration));
            RpcServer tracker = keep(resources, serveNodes(threads, configuration, id, leadership, pace::get));
            Terms terms = new Terms(threads, configuration, policy, clock, faults, leadership, queues);
            terms.check();
            AdminServer administration = keep(
                    resources,
                    AdminServer.start(
                            threads,
                            configuration,
                            id,
                            new AdminServer.Administered(
                                    leadership,
                                    terms,
                                    administrators,
                                    List.of(client, scheduler, tracker),
                                    pace,
                                    new QueueRefresh(queues, Terms.limits(policy, kinds)))));
            if (id == null) {
                terms.lead(SINGLE_EPOCH);
            } else if (AdminServer.isFailoverAutomatic(configuration)) {
                keep(resources, LeaderElection.start(configuration, id, terms, faults));
            }
            ResourceManager started = new ResourceManager(
                    leadership,
                    id,
                    new Addresses(
                            client.address(),
                            scheduler.address(),
                            tracker.address(),
                            administration.address(),
                            web.address()));
            started.resources.addAll(resources);
            return started;
        } catch (RuntimeException e) {
            close(resources);
            throw e;
        }
    }

    private static <T extends AutoCloseable> T keep(Deque<AutoCloseable> resources, T resource) {
        resources.push(resource);
        return resource;
    }

    /** What clients reach from their port. */
    private record Served(Leadership leadership, Access access, CurrentQueues queues, String webAddress) {}

    private static RpcServer serveClients(
            RpcThreads threads, Configuration configuration, @Nullable String id, Served served, InstantSource clock) {
        ServiceAddress address =
                address(configuration, IdentitySettings.CLIENT_ADDRESS.key(), YarnConfiguration.DEFAULT_RM_PORT, id);
        Submissions submissions = new Submissions(
                SubmissionSettings.MAX_ATTEMPTS.get(configuration),
                SubmissionSettings.submissionLimits(configuration),
                served.queues(),
                SubmissionSettings.spokesmen(configuration),
                ResourceTypes.read(configuration));
        return RpcServer.start(
                threads,
                configuration,
                address.bind(),
                address.key(),
                Authentication.CONFIGURED,
                new LeadersDelegationTokens(served.leadership()),
                new ApplicationClientEndpoint(
                                served.leadership(),
                                served.access(),
                                threads.slow(),
                                submissions,
                                new ReportSource(served.webAddress(), TrackerSettings.logs(configuration), clock))
                        .protocol());
    }

    /** The user that this process runs as. */
    private static String ownUser() {
        try {
            return UserGroupInformation.getLoginUser().getShortUserName();
        } catch (IOException e) {
            throw new UserException("cannot tell who this process is: " + e.getMessage(), e);
        }
    }

    private static RpcServer serveMasters(
            RpcThreads threads, Configuration configuration, @Nullable String id, Leadership leadership) {
        ServiceAddress address = address(
                configuration,
                IdentitySettings.SCHEDULER_ADDRESS.key(),
                YarnConfiguration.DEFAULT_RM_SCHEDULER_PORT,
                id);
        return RpcServer.start(
                threads,
                configuration,
                address.bind(),
                address.key(),
                Authentication.TOKEN_ONLY,
                new LeadersAmRmTokens(leadership),
                new ApplicationMasterEndpoint(leadership, configuration).protocol());
    }

    private static RpcServer serveNodes(
            RpcThreads threads,
            Configuration configuration,
            @Nullable String id,
            Leadership leadership,
            Supplier<HeartbeatPace> pace) {
        ServiceAddress address = address(
                configuration,
                IdentitySettings.TRACKER_ADDRESS.key(),
                YarnConfiguration.DEFAULT_RM_RESOURCE_TRACKER_PORT,
                id);
        return RpcServer.start(
                threads,
                configuration,
                address.bind(),
                address.key(),
                Authentication.CONFIGURED,
                null,
                new ResourceTrackerEndpoint(
                                leadership,
                                new Racks(configuration, threads.slow()),
                                pace,
                                TrackerSettings.logs(configuration),
                                ResourceManagerSettings.MINIMUM_NODE_VERSION.get(configuration),
                                configuration)
                        .protocol());
    }

    private static ServiceAddress address(Configuration configuration, String key, int port, @Nullable String id) {
        return ServiceAddress.of(configuration, key, port, id);
    }

    /** The id of this RM among several, or null where there is one. */
    private static @Nullable String ownId(Configuration configuration) {
        if (!IdentitySettings.HA_ENABLED.get(configuration)) {
            return null;
        }
        String id = configuration.getTrimmed(IdentitySettings.HA_ID.key());
        String[] ids = configuration.getTrimmedStrings(IdentitySettings.HA_IDS.key());
        if (id == null || !Arrays.asList(ids).contains(id)) {
            throw new UserException(IdentitySettings.HA_ENABLED.key() + " is true, but "
                    + IdentitySettings.HA_ID.key()
                    + " is " + (id == null ? "not set" : "'" + id + "'") + ": set it to the one of "
                    + IdentitySettings.HA_IDS.key() + " (" + String.join(", ", ids) + ") that this process is");
        }
        return id;
    }

    @Override
    public String description() {
        return "resource-manager" + (id == null ? "" : " " + id)
                + " client " + NetUtils.getHostPortString(addresses.client())
                + " scheduler " + NetUtils.getHostPortString(addresses.scheduler())
                + " tracker " + NetUtils.getHostPortString(addresses.tracker())
                + " administration " + NetUtils.getHostPortString(addresses.administration())
                + " page http://" + addresses.page();
    }

    public Addresses addresses() {
        return addresses;
    }

    Leadership leadership() {
        return leadership;
    }

    @Override
    public void close() {
        close(resources);
        LeadingCluster leading = leadership.replace(null);
        if (leading != null) {
            leading.close();
        }
    }

    private static void close(Deque<AutoCloseable> resources) {
        while (!resources.isEmpty()) {
            AutoCloseable resource = resources.pop();
            try {
                resource.close();
            } catch (Exception e) {
                log.warn("cannot close {}", resource, e);
            }
        }
    }
}
