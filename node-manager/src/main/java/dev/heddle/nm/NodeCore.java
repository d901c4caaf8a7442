package dev.heddle.nm;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.runtime.EventLoop;
import dev.heddle.common.runtime.ExitOnFault;
import dev.heddle.nm.container.NodeController;
import dev.heddle.nm.container.NodeListener;
import dev.heddle.nm.container.RestoredNode;
import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.health.HealthWatch;
import dev.heddle.nm.health.NodeHealth;
import dev.heddle.nm.isolation.IsolationSettings;
import dev.heddle.nm.launch.ContainerLauncher;
import dev.heddle.nm.localization.CacheFigures;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.logs.ContainerLogFiles;
import dev.heddle.nm.logs.NodeLogs;
import dev.heddle.nm.recovery.OpaqueRecords;
import dev.heddle.nm.recovery.Recovery;
import dev.heddle.nm.snapshot.NodeSnapshots;
import dev.heddle.nm.watch.ContainerBounds;
import dev.heddle.nm.watch.ContainerWatch;
import dev.heddle.nm.watch.Excess;
import dev.heddle.nm.watch.NodeUtilization;
import dev.heddle.nm.watch.WatchTerms;
import dev.heddle.nm.work.LoopHandoff;
import dev.heddle.nm.work.WorkerPool;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs a node's containers: the writer thread that owns them and all that it is told by and tells, the workers for what
 * blocks, and those who look at what containers use, write and need. It knows the resource manager and callers only as
 * somebody who is told that there is news.
 */
final class NodeCore {
    private static final Logger log = LoggerFactory.getLogger(NodeCore.class);

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

    /** What the logs of ended applications get to be uploaded when the daemon stops. */
    private static final long UPLOAD_LIMIT_MS = 30_000;

    /** One for each application whose logs are uploaded, which are no more than there are containers. */
    private static final int MAX_UPLOADS_WAITING = NodeController.MAX_CONTAINERS;

    private static final double PERCENT = 100;

    private final YarnConfiguration configuration;
    private final InstantSource clock;
    private final Ground ground;
    private final NodeDirectories directories;
    private final WorkerPool workers =
            new WorkerPool("worker", WORKERS, TASKS_PER_CONTAINER * NodeController.MAX_CONTAINERS);
    private final WorkerPool downloads;
    private final WorkerPool uploads;
    private final EventLoop loop;
    private final LoopHandoff writer;
    private final ContainerWatch watch;
    private final ContainerBounds bounds;
    private final ContainerLogFiles logFiles;
    private final NodeLogs logs;
    private final NodeSnapshots snapshots;
    private final ResourceCache cache;
    private final NodeController controller;
    private final HealthWatch health;

    /** Where this node is reached. */
    record Place(NodeId nodeId, int httpPort) {}

    /**
     * Takes over what an earlier node manager has left. Nothing is begun before {@link #start}.
     *
     * @param news has the resource manager told at once
     */
    NodeCore(
            YarnConfiguration configuration,
            InstantSource clock,
            Terms terms,
            Ground ground,
            Recovery.Left left,
            Place place,
            Runnable news) {
        this.configuration = configuration;
        this.clock = clock;
        this.ground = ground;
        this.directories = ground.directories();
        int most = LocalizationSettings.DOWNLOADS.get(configuration);
        this.downloads = new WorkerPool("download", most, most);
        this.uploads = new WorkerPool("log-upload", LogSettings.UPLOAD_THREADS.get(configuration), MAX_UPLOADS_WAITING);
        left.trash().forEach(each -> workers.execute(() -> directories.delete(each)));
        AtomicReference<@Nullable NodeController> ticking = new AtomicReference<>();
        this.loop =
                new EventLoop("node-writer", QUEUE_CAPACITY, TICK_INTERVAL_MS, () -> tick(ticking), new ExitOnFault());
        this.writer = new LoopHandoff(loop);
        this.watch = new ContainerWatch(
                WatchTerms.read(configuration),
                ground.isolation(),
                cores(configuration, terms.capability()),
                directories.localRoots(),
                workers,
                (container, excess) -> exceeded(ticking, container, excess));
        this.bounds = new ContainerBounds(ground.isolation(), watch);
        this.logFiles = new ContainerLogFiles(directories.logRoots());
        this.logs = logs(place.nodeId(), terms.logPolicy(), news);
        this.snapshots = new NodeSnapshots(clock);
        this.cache = cache(left);
        this.controller =
                controller(place, new Listeners(news, ground.recovery().nmTokens(), logs, snapshots), left);
        logs.restored(left.node().applications().stream()
                .map(RestoredNode.RestoredApplication::id)
                .toList());
        this.health = new HealthWatch(
                directories,
                HealthSettings.diskChecks(configuration),
                terms.healthScripts(),
                clock,
                new HealthNews(directories, workers, writer, cache, news));
        ticking.set(controller);
    }

    private static ContainerWatch.Cores cores(Configuration configuration, Resource capability) {
        int machine = Runtime.getRuntime().availableProcessors();
        double forContainers = machine * IsolationSettings.CPU_PERCENT.get(configuration) / PERCENT;
        return new ContainerWatch.Cores(machine, capability.vcores() / forContainers);
    }

    private void exceeded(AtomicReference<@Nullable NodeController> controlling, ContainerId container, Excess excess) {
        writer.execute(() -> {
            NodeController control = controlling.get();
            if (control != null) {
                control.exceeded(container, excess);
            }
        });
    }

    private void tick(AtomicReference<@Nullable NodeController> ticking) {
        NodeController control = ticking.get();
        if (control != null) {
            control.tick();
            logs.tick();
        }
    }

    private NodeLogs logs(NodeId nodeId, NodeLogs.Policy policy, Runnable news) {
        OpaqueRecords records = ground.recovery().logs();
        NodeLogs made = new NodeLogs(
                LogSettings.terms(configuration),
                new NodeLogs.Place(configuration, nodeId, directories.logRoots(), logFiles, policy),
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

    private ResourceCache cache(Recovery.Left left) {
        ResourceCache made = new ResourceCache(
                configuration,
                directories,
                LocalizationSettings.limits(configuration),
                new ResourceCache.Threads(downloads, workers, writer, clock),
                ground.recovery().copies());
        made.restore(left.copies());
        return made;
    }

    private NodeController controller(Place place, NodeListener listener, Recovery.Left left) {
        NodeController made = new NodeController(
                new NodeController.Limits(
                        NodeManagerSettings.KILL_DELAY.get(configuration),
                        NodeManagerSettings.DIAGNOSTICS_SIZE.get(configuration),
                        NodeManagerSettings.STDERR_TAIL.get(configuration),
                        NodeManagerSettings.STOPPED_MEMORY.get(configuration)),
                directories,
                cache,
                new ContainerLauncher(
                        NodeManagerSettings.environment(
                                configuration,
                                place.nodeId(),
                                place.httpPort(),
                                ground.services().environment()),
                        directories,
                        bounds),
                ground.services(),
                new NodeController.Threads(workers, writer, clock),
                new NodeController.Audience(listener, ground.recovery().journal()));
        made.restore(left.node());
        return made;
    }

    void start() {
        loop.start();
        logs.adopt();
        health.start(HealthSettings.SCRIPTS_FIRST.get(configuration));
        watch.start();
    }

    LoopHandoff writer() {
        return writer;
    }

    NodeController controller() {
        return controller;
    }

    NodeLogs logs() {
        return logs;
    }

    ContainerLogFiles logFiles() {
        return logFiles;
    }

    NodeSnapshots snapshots() {
        return snapshots;
    }

    /** What the containers together and the machine use. */
    NodeUtilization utilization() {
        return bounds.utilization();
    }

    /** How many files were there and how many had to be fetched. */
    CacheFigures cacheFigures() {
        return cache.figures();
    }

    /** Whether this node can take containers. */
    NodeHealth health() {
        return health.current();
    }

    /** Ends all containers and uploads the logs of their applications, as far as there is time for it. */
    void endContainers() {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        writer.execute(() -> controller.stopAll(ended));
        await(
                ended,
                NodeManagerSettings.KILL_DELAY.get(configuration) + STOP_LIMIT_MS,
                "containers may be left running: they did not end in time");
        CompletableFuture<Void> uploaded = new CompletableFuture<>();
        writer.execute(() -> logs.stop(uploaded));
        await(
                uploaded,
                UPLOAD_LIMIT_MS,
                "the logs of some applications are left here: they could not be uploaded in time");
    }

    private static void await(CompletableFuture<Void> done, long limitMs, String otherwise) {
        try {
            done.get(limitMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn(otherwise, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks after the node's health no more: it is on its way out. */
    void leave() {
        health.close();
    }

    /** Ends the threads. Containers that still run are left alone. */
    void stop() {
        writer.close();
        loop.close();
        bounds.close();
        downloads.close();
        uploads.close();
        workers.drain(DRAIN_LIMIT_MS);
    }
}
