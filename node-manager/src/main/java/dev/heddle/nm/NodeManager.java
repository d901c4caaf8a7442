package dev.heddle.nm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.ResourceTypes;
import dev.heddle.common.rpc.client.LeaderSearch;
import dev.heddle.common.rpc.client.RpcIdentity;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.common.rpc.transport.ServiceLogin;
import dev.heddle.common.runtime.Daemon;
import dev.heddle.nm.descriptors.NodeDescriptors;
import dev.heddle.nm.isolation.Isolation;
import dev.heddle.nm.isolation.Isolations;
import dev.heddle.nm.recovery.Recovery;
import dev.heddle.nm.watch.WatchSettings;
import dev.heddle.nm.web.NodeFacts;
import dev.heddle.nm.web.WebServer;
import dev.heddle.nm.wire.ContainerManagementEndpoint;
import dev.heddle.nm.wire.DeclaredKinds;
import dev.heddle.nm.wire.MachineAddress;
import dev.heddle.nm.wire.NodeIdentity;
import dev.heddle.nm.wire.Registration;
import dev.heddle.nm.wire.ResourceManagerLink;
import dev.heddle.nm.wire.SelfDescription;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.api.ResourceTrackerPB;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's daemon: serves {@code ContainerManagementProtocol} and reports to a resource manager, Heddle's or Hadoop's.
 *
 * <p>Threads: those of RPC, which also talk to the resource manager, one writer that owns containers and applications,
 * workers for what blocks, workers that fetch files, and one that looks at what containers use.
 */
public final class NodeManager implements Daemon {
    private static final Logger log = LoggerFactory.getLogger(NodeManager.class);

    /** The exit status where the resource manager wants the node to go; {@code EX_CONFIG} of sysexits.h. */
    private static final int DISMISSED_STATUS = 78;

    private final Ground ground;
    private final NodeDescriptors descriptors;

    /** Whether containers go on when this daemon is stopped. */
    private final boolean outlived;

    private final WebServer web;
    private final Registration registration = new Registration();
    private final RpcThreads threads;
    private final RpcServer server;
    private final NodeId nodeId;
    private final NodeCore core;
    private final ResourceManagerLink link;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Starts a node manager. It serves its port when this returns; it looks for a resource manager in the background for
     * as long as it takes. Where the resource manager refuses the node, the process ends.
     *
     * @throws UserException if a directory cannot be used, a port is taken or a setting makes no sense
     */
    public static NodeManager start(YarnConfiguration configuration) {
        return start(configuration, InstantSource.system(), reason -> {
            // Not by the thread that heard it: the shutdown waits for that one.
            new Thread(() -> System.exit(DISMISSED_STATUS), "dismissed").start();
        });
    }

    /**
     * As {@link #start(YarnConfiguration)}.
     *
     * @param dismissed hears why the resource manager wants this node to go; it must not wait for {@link #close}
     */
    static NodeManager start(YarnConfiguration configuration, InstantSource clock, Consumer<String> dismissed) {
        // All of them, before anything is begun that would have to be undone.
        NodeManagerSettings.all().forEach(setting -> setting.get(configuration));
        Terms terms = Terms.read(configuration);
        DeclaredKinds.declare(ResourceTypes.read(configuration));
        ServiceLogin.login(
                configuration,
                NodeManagerSettings.KEYTAB.key(),
                NodeManagerSettings.PRINCIPAL.key(),
                terms.addresses().bind());
        List<Path> localRoots = NodeManagerSettings.directories(configuration, NodeManagerSettings.LOCAL_DIRS);
        Isolation isolation =
                Isolations.choose(configuration, terms.capability().vcores(), localRoots);
        Ground ground = Ground.open(configuration, isolation);
        RpcThreads threads = RpcThreads.start(configuration);
        try {
            return new NodeManager(configuration, clock, dismissed, terms, ground, threads);
        } catch (RuntimeException e) {
            threads.close();
            ground.close();
            throw e;
        }
    }

    private NodeManager(
            YarnConfiguration configuration,
            InstantSource clock,
            Consumer<String> dismissed,
            Terms terms,
            Ground ground,
            RpcThreads threads) {
        this.threads = threads;
        this.ground = ground;
        this.descriptors = terms.descriptors();
        this.outlived = NodeManagerSettings.RECOVERY_ENABLED.get(configuration)
                && NodeManagerSettings.RECOVERY_SUPERVISED.get(configuration);
        // A node knows its name only once its port is bound, and most of it needs the name: until then calls are told
        // so.
        AtomicReference<@Nullable ContainerManagementEndpoint> endpoint = new AtomicReference<>();
        AtomicReference<@Nullable ResourceManagerLink> reporting = new AtomicReference<>();
        Recovery recovery = ground.recovery();
        Recovery.Left left = recovery.left(ground.isolation());
        ResourceManagerLink.Trust trust =
                new ResourceManagerLink.Trust(recovery.nmTokens(), recovery.containerTokens(), registration);
        this.server = RpcServer.start(
                threads,
                configuration,
                listenAt(terms.addresses().bind(), recovery.port()),
                NodeManagerSettings.ADDRESS.key(),
                RpcServer.Authentication.TOKEN_ONLY,
                trust.nmTokens(),
                ContainerManagementEndpoint.protocol(endpoint::get));
        this.nodeId = terms.addresses().nodeId(server.port());
        recovery.servedAt(server.port());
        trust.nmTokens().setNodeId(nodeId);
        trust.containerTokens().setNodeId(nodeId);
        this.web = WebServer.start(terms.addresses().web(), WebSettings.ADDRESS.key());
        NodeCore.Place place = new NodeCore.Place(nodeId, web.port());
        this.core = new NodeCore(configuration, clock, terms, ground, left, place, () -> report(reporting));
        NodeIdentity identity = new NodeIdentity(nodeId, web.port(), ground.services(), MachineAddress.local());
        this.link = link(configuration, clock, terms, identity, trust, dismissed);
        endpoint.set(new ContainerManagementEndpoint(
                identity,
                trust,
                core.writer(),
                core.controller(),
                clock,
                NodeManagerSettings.RETRY_MINIMUM_INTERVAL.get(configuration)));
        reporting.set(link);
        core.start();
        serveWeb(configuration, clock, terms);
        link.start();
        descriptors.watch(link::report);
        log.info("node {} offers {}", nodeId, terms.capability());
    }

    private ResourceManagerLink link(
            YarnConfiguration configuration,
            InstantSource clock,
            Terms terms,
            NodeIdentity identity,
            ResourceManagerLink.Trust trust,
            Consumer<String> dismissed) {
        return new ResourceManagerLink(
                identity,
                new LeaderSearch(
                        threads,
                        configuration,
                        terms.resourceManagers(),
                        ResourceTrackerPB.class,
                        RpcIdentity.ofProcess(),
                        RandomGenerator.getDefault()),
                trust,
                new ResourceManagerLink.Inside(
                        core.writer(),
                        core.controller(),
                        new SelfDescription(
                                terms.capability(),
                                terms.machine().resource(),
                                descriptors,
                                NodeManagerSettings.MINIMUM_RESOURCE_MANAGER.get(configuration)),
                        core.logs(),
                        core::utilization,
                        core::health,
                        clock),
                threads.loop(),
                dismissed);
    }

    private void serveWeb(YarnConfiguration configuration, InstantSource clock, Terms terms) {
        web.serve(
                new NodeFacts(
                        nodeId,
                        terms.capability(),
                        WatchSettings.VIRTUAL_RATIO.get(configuration),
                        clock.millis(),
                        ground.directories().localRoots(),
                        ground.directories().logRoots(),
                        WebSettings.LOG_SERVER.get(configuration)),
                core.snapshots(),
                core.logFiles(),
                WebSettings.readers(configuration),
                core::cacheFigures,
                core::health);
    }

    /** Containers of an earlier node manager have tokens that name its port. */
    private static InetSocketAddress listenAt(InetSocketAddress configured, int earlier) {
        return configured.getPort() == 0 ? new InetSocketAddress(configured.getAddress(), earlier) : configured;
    }

    private static void report(AtomicReference<@Nullable ResourceManagerLink> link) {
        ResourceManagerLink reporting = link.get();
        if (reporting != null) {
            reporting.report();
        }
    }

    /** Where application masters reach this node. */
    public NodeId nodeId() {
        return nodeId;
    }

    /** The port of the page and REST interface. */
    public int httpPort() {
        return web.port();
    }

    /** Whether a resource manager has taken this node. */
    public boolean isRegistered() {
        return registration.isRegistered();
    }

    @Override
    public String description() {
        return "node-manager " + nodeId;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        core.leave();
        descriptors.close();
        if (outlived && !link.isDecommissioned()) {
            link.leaveQuietly();
            log.info("containers go on running for the next node manager");
        } else {
            link.close();
            core.endContainers();
        }
        server.close();
        ground.services().close();
        web.close();
        threads.close();
        core.stop();
        if (link.isDecommissioned()) {
            ground.recovery().forget();
        } else {
            ground.recovery().close();
        }
        ground.directories().close();
        log.info("node {} has stopped", nodeId);
    }
}
