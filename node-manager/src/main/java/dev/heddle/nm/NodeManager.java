package dev.heddle.nm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.ResourceManagerAddresses;
import dev.heddle.common.config.ResourceTypes;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.rpc.client.LeaderSearch;
import dev.heddle.common.rpc.client.RpcIdentity;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.common.rpc.transport.ServiceLogin;
import dev.heddle.common.runtime.Daemon;
import dev.heddle.common.runtime.EventLoop;
import dev.heddle.common.runtime.ExitOnFault;
import dev.heddle.nm.container.NodeController;
import dev.heddle.nm.container.NodeListener;
import dev.heddle.nm.container.RestoredNode;
import dev.heddle.nm.descriptors.NodeDescriptors;
import dev.heddle.nm.directories.Deletion;
import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.isolation.Isolation;
import dev.heddle.nm.isolation.IsolationSettings;
import dev.heddle.nm.isolation.Isolations;
import dev.heddle.nm.launch.ContainerLauncher;
import dev.heddle.nm.launch.NodeEnvironment;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.logs.ContainerLogFiles;
import dev.heddle.nm.logs.NodeLogs;
import dev.heddle.nm.recovery.OpaqueRecords;
import dev.heddle.nm.recovery.Recovery;
import dev.heddle.nm.security.ContainerTokenSecrets;
import dev.heddle.nm.security.NmTokenSecrets;
import dev.heddle.nm.services.AuxiliaryServices;
import dev.heddle.nm.snapshot.NodeSnapshots;
import dev.heddle.nm.watch.ContainerBounds;
import dev.heddle.nm.watch.ContainerWatch;
import dev.heddle.nm.watch.Excess;
import dev.heddle.nm.watch.WatchSettings;
import dev.heddle.nm.watch.WatchTerms;
import dev.heddle.nm.web.NodeFacts;
import dev.heddle.nm.web.WebServer;
import dev.heddle.nm.wire.ContainerManagementEndpoint;
import dev.heddle.nm.wire.DeclaredKinds;
import dev.heddle.nm.wire.MachineAddress;
import dev.heddle.nm.wire.NodeIdentity;
import dev.heddle.nm.wire.Registration;
import dev.heddle.nm.wire.ResourceManagerLink;
import dev.heddle.nm.wire.SelfDescription;
import dev.heddle.nm.work.LoopHandoff;
import dev.heddle.nm.work.WorkerPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ContainerId;
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

    private static final int QUEUE_CAPACITY = 50_000;
    private static final long TICK_INTERVAL_MS = 50;
    private static final int WORKERS = 4;

    /**
     * Each container has at most this many tasks waiting: its start or something else that is asked for, a signal or two,
     * its end, the removal of its files.
     */
    private static final int TASKS_PER_CONTAINER = 5;

    /** What containers get on top of the delay before SIGKILL until this daemon goes without them. */
    private static final long STOP_LIMIT_MS = 5_000;

    /** What removing files gets when the daemon stops. */
    private static final long DRAIN_LIMIT_MS = 5_000;

    private static final int BYTES_PER_MB_SHIFT = 20;

    /** What the logs of ended applications get to be uploaded when the daemon stops. */
    private static final long UPLOAD_LIMIT_MS = 30_000;

    /** One for each application whose logs are uploaded, which are no more than there are containers. */
    private static final int MAX_UPLOADS_WAITING = NodeController.MAX_CONTAINERS;

    private static final double PERCENT = 100;

    /** Commands of stock applications begin with it, so that containers get it even where this daemon has none set. */
    private static final String JAVA_HOME = "JAVA_HOME";

    private final NodeDirectories directories;
    private final AuxiliaryServices services;
    private final NodeDescriptors descriptors;
    private final Recovery recovery;
    /** Whether containers go on when this daemon is stopped. */
    private final boolean outlived;

    private final long killDelayMs;
    private final WorkerPool workers =
            new WorkerPool("worker", WORKERS, TASKS_PER_CONTAINER * NodeController.MAX_CONTAINERS);
    private final WorkerPool downloads;
    private final WorkerPool uploads;
    private final NodeLogs logs;
    private final WebServer web;
    private final EventLoop loop;
    private final LoopHandoff writer;
    private final Registration registration = new Registration();
    private final ContainerBounds bounds;
    private final NodeController controller;
    private final RpcThreads threads;
    private final RpcServer server;
    private final NodeId nodeId;
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
        Machine machine = Machine.detect();
        Terms terms = new Terms(
                machine,
                NodeAddresses.read(configuration),
                NodeCapability.read(configuration, machine),
                NodeDescriptors.read(configuration),
                ResourceManagerAddresses.forNodes(configuration),
                LogSettings.policy(configuration));
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

    /** What the configuration says of this node, all of it checked before anything is begun. */
    private record Terms(
            Machine machine,
            NodeAddresses addresses,
            Resource capability,
            NodeDescriptors descriptors,
            List<InetSocketAddress> resourceManagers,
            NodeLogs.Policy logPolicy) {}

    private NodeManager(
            YarnConfiguration configuration,
            InstantSource clock,
            Consumer<String> dismissed,
            Terms terms,
            Ground ground,
            RpcThreads threads) {
        this.threads = threads;
        this.directories = ground.directories();
        this.recovery = ground.recovery();
        this.services = ground.services();
        this.descriptors = terms.descriptors();
        this.outlived = NodeManagerSettings.RECOVERY_ENABLED.get(configuration)
                && NodeManagerSettings.RECOVERY_SUPERVISED.get(configuration);
        this.killDelayMs = NodeManagerSettings.KILL_DELAY.get(configuration);
        this.downloads = new WorkerPool(
                "download",
                NodeManagerSettings.DOWNLOAD_THREADS.get(configuration),
                NodeManagerSettings.DOWNLOAD_THREADS.get(configuration));
        // A node knows its name only once its port is bound, and most of it needs the name: until then calls are told
        // so.
        AtomicReference<@Nullable ContainerManagementEndpoint> endpoint = new AtomicReference<>();
        AtomicReference<@Nullable NodeController> ticking = new AtomicReference<>();
        AtomicReference<@Nullable ResourceManagerLink> reporting = new AtomicReference<>();
        Recovery.Left left = recovery.left(ground.isolation());
        left.trash().forEach(each -> workers.execute(() -> Deletion.delete(each)));
        NmTokenSecrets nmTokens = recovery.nmTokens();
        ContainerTokenSecrets containerTokens = recovery.containerTokens();
        this.loop =
                new EventLoop("node-writer", QUEUE_CAPACITY, TICK_INTERVAL_MS, () -> tick(ticking), new ExitOnFault());
        this.writer = new LoopHandoff(loop);
        this.server = RpcServer.start(
                threads,
                configuration,
                listenAt(terms.addresses().bind(), recovery.port()),
                NodeManagerSettings.ADDRESS.key(),
                RpcServer.Authentication.TOKEN_ONLY,
                nmTokens,
                ContainerManagementEndpoint.protocol(endpoint::get));
        this.nodeId = terms.addresses().nodeId(server.port());
        recovery.servedAt(server.port());
        nmTokens.setNodeId(nodeId);
        containerTokens.setNodeId(nodeId);
        ContainerWatch watch = new ContainerWatch(
                WatchTerms.read(configuration),
                ground.isolation(),
                cores(configuration, terms.capability()),
                directories.localRoots(),
                workers,
                (container, excess) -> exceeded(ticking, container, excess));
        this.bounds = new ContainerBounds(ground.isolation(), watch);
        this.web = WebServer.start(terms.addresses().web(), WebSettings.ADDRESS.key());
        NodeIdentity identity = new NodeIdentity(nodeId, web.port(), services, MachineAddress.local());
        this.uploads = new WorkerPool("log-upload", LogSettings.UPLOAD_THREADS.get(configuration), MAX_UPLOADS_WAITING);
        NodeSnapshots snapshots = new NodeSnapshots(clock);
        ContainerLogFiles logFiles = new ContainerLogFiles(directories.logRoots());
        this.logs = logs(configuration, clock, terms.logPolicy(), logFiles, () -> report(reporting));
        ResourceCache cache = cache(configuration, clock);
        this.controller = controller(
                configuration, clock, cache, new Listeners(() -> report(reporting), nmTokens, logs, snapshots), left);
        logs.restored(left.node().applications().stream()
                .map(RestoredNode.RestoredApplication::id)
                .toList());
        ResourceManagerLink.Trust trust = new ResourceManagerLink.Trust(nmTokens, containerTokens, registration);
        this.link = new ResourceManagerLink(
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
                        writer,
                        controller,
                        new SelfDescription(
                                terms.capability(),
                                terms.machine().resource(),
                                descriptors,
                                NodeManagerSettings.MINIMUM_RESOURCE_MANAGER.get(configuration)),
                        logs,
                        bounds::utilization,
                        clock),
                threads.loop(),
                dismissed);
        endpoint.set(new ContainerManagementEndpoint(
                identity,
                trust,
                writer,
                controller,
                clock,
                NodeManagerSettings.RETRY_MINIMUM_INTERVAL.get(configuration)));
        ticking.set(controller);
        reporting.set(link);
        web.serve(
                new NodeFacts(
                        nodeId,
                        terms.capability(),
                        WatchSettings.VIRTUAL_RATIO.get(configuration),
                        clock.millis(),
                        directories.localRoots(),
                        directories.logRoots(),
                        WebSettings.LOG_SERVER.get(configuration)),
                snapshots,
                logFiles,
                WebSettings.readers(configuration),
                cache::figures,
                clock);
        loop.start();
        logs.adopt();
        watch.start();
        link.start();
        descriptors.watch(link::report);
        log.info("node {} offers {}", nodeId, terms.capability());
    }

    /** Containers of an earlier node manager have tokens that name its port. */
    private static InetSocketAddress listenAt(InetSocketAddress configured, int earlier) {
        return configured.getPort() == 0 ? new InetSocketAddress(configured.getAddress(), earlier) : configured;
    }

    private void exceeded(AtomicReference<@Nullable NodeController> controlling, ContainerId container, Excess excess) {
        writer.execute(() -> {
            NodeController control = controlling.get();
            if (control != null) {
                control.exceeded(container, excess);
            }
        });
    }

    private static ContainerWatch.Cores cores(Configuration configuration, Resource capability) {
        int machine = Runtime.getRuntime().availableProcessors();
        double forContainers = machine * IsolationSettings.CPU_PERCENT.get(configuration) / PERCENT;
        return new ContainerWatch.Cores(machine, capability.vcores() / forContainers);
    }

    private void tick(AtomicReference<@Nullable NodeController> ticking) {
        NodeController control = ticking.get();
        if (control != null) {
            control.tick();
            logs.tick();
        }
    }

    private static void report(AtomicReference<@Nullable ResourceManagerLink> link) {
        ResourceManagerLink reporting = link.get();
        if (reporting != null) {
            reporting.report();
        }
    }

    private NodeLogs logs(
            Configuration configuration,
            InstantSource clock,
            NodeLogs.Policy policy,
            ContainerLogFiles files,
            Runnable news) {
        OpaqueRecords records = recovery.logs();
        NodeLogs made = new NodeLogs(
                LogSettings.terms(configuration),
                new NodeLogs.Place(configuration, nodeId, directories.logRoots(), files, policy),
                new NodeLogs.Threads(workers, uploads, writer),
                clock,
                new StoredUploads(records),
                news);
        records.left().forEach((application, record) -> {
            try {
                made.resume(record);
            } catch (IOException e) {
                log.warn("how far the upload of the logs of {} has come is not known any more", application, e);
            }
        });
        return made;
    }

    private ResourceCache cache(Configuration configuration, InstantSource clock) {
        return new ResourceCache(
                configuration,
                directories,
                new ResourceCache.Limits(
                        NodeManagerSettings.DOWNLOAD_THREADS.get(configuration),
                        NodeManagerSettings.CACHE_SIZE.get(configuration).longValue() << BYTES_PER_MB_SHIFT),
                new ResourceCache.Threads(downloads, workers, writer, clock),
                recovery.copies());
    }

    private NodeController controller(
            Configuration configuration,
            InstantSource clock,
            ResourceCache cache,
            NodeListener listener,
            Recovery.Left left) {
        cache.restore(left.copies());
        NodeController made = new NodeController(
                new NodeController.Limits(
                        killDelayMs,
                        NodeManagerSettings.DIAGNOSTICS_SIZE.get(configuration),
                        NodeManagerSettings.STDERR_TAIL.get(configuration),
                        NodeManagerSettings.STOPPED_MEMORY.get(configuration)),
                directories,
                cache,
                new ContainerLauncher(environment(configuration), bounds),
                services,
                new NodeController.Threads(workers, writer, clock),
                new NodeController.Audience(listener, recovery.journal()));
        made.restore(left.node());
        return made;
    }

    private NodeEnvironment environment(Configuration configuration) {
        Map<String, String> whitelisted = new HashMap<>();
        for (String name : NodeManagerSettings.list(configuration, NodeManagerSettings.ENVIRONMENT_WHITELIST)) {
            String value = name.equals(JAVA_HOME)
                    ? System.getenv().getOrDefault(JAVA_HOME, System.getProperty("java.home"))
                    : System.getenv(name);
            if (value != null) {
                whitelisted.put(name, value);
            }
        }
        return new NodeEnvironment(
                nodeId.getHost(),
                nodeId.getPort(),
                web.port(),
                Map.copyOf(whitelisted),
                NodeManagerSettings.ADMINISTRATOR_ENVIRONMENT.get(configuration),
                NodeManagerSettings.USER_HOME.get(configuration),
                services.environment());
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
        descriptors.close();
        if (outlived && !link.isDecommissioned()) {
            link.leaveQuietly();
            log.info("containers go on running for the next node manager");
        } else {
            link.close();
            endContainers();
            uploadLogs();
        }
        server.close();
        services.close();
        web.close();
        threads.close();
        writer.close();
        loop.close();
        bounds.close();
        downloads.close();
        uploads.close();
        workers.drain(DRAIN_LIMIT_MS);
        if (link.isDecommissioned()) {
            recovery.forget();
        } else {
            recovery.close();
        }
        directories.close();
        log.info("node {} has stopped", nodeId);
    }

    private void uploadLogs() {
        CompletableFuture<Void> uploaded = new CompletableFuture<>();
        writer.execute(() -> logs.stop(uploaded));
        try {
            uploaded.get(UPLOAD_LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn("the logs of some applications are left here: they could not be uploaded in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void endContainers() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        writer.execute(() -> controller.stopAll(ended));
        try {
            ended.get(killDelayMs + STOP_LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn("containers may be left running: they did not end in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
