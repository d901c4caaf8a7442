package dev.heddle.nm.container;

import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.launch.ContainerLauncher;
import dev.heddle.nm.launch.ContainerPaths;
import dev.heddle.nm.launch.ExitReport;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.services.AuxiliaryServices;
import dev.heddle.nm.watch.Excess;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The containers and applications of this node, and what is decided about them.
 *
 * <p>Every method is called by the writer thread. A container is known from its start until its end has been acknowledged
 * by the resource manager, or its application has been cleaned up and its end been told once.
 */
public final class NodeController {
    private static final Logger log = LoggerFactory.getLogger(NodeController.class);

    /** Containers that a node knows at once, ended ones that nobody has acknowledged included. */
    public static final int MAX_CONTAINERS = 10_000;

    private final Limits limits;
    private final NodeDirectories directories;
    private final ResourceCache cache;
    private final AuxiliaryServices services;
    private final Executor workers;
    private final Executor writer;
    private final InstantSource clock;
    private final NodeListener listener;
    private final NodeJournal journal;
    private final ContainerFlow flow;
    private final Containers known = new Containers();
    private final ContainerChanges changes;

    private final Map<ContainerId, NodeContainer> containers = new LinkedHashMap<>();
    private final Map<ApplicationId, NodeApplication> applications = new LinkedHashMap<>();
    private final RecentContainers stopped;
    private final RecentContainers started;
    private @Nullable CompletableFuture<Void> stopping;

    /**
     * What bounds the work of a node.
     *
     * @param killDelayMs between SIGTERM and SIGKILL
     * @param diagnosticsLimit characters kept about one container
     * @param stderrTailBytes how much of an error file is told
     * @param stoppedMemoryMs how long an ended container is remembered as such
     */
    public record Limits(long killDelayMs, int diagnosticsLimit, int stderrTailBytes, long stoppedMemoryMs) {}

    /** Where blocking work is done, and how its results come back. */
    public record Threads(Executor workers, Executor writer, InstantSource clock) {}

    /** Who hears of what happens on the node. */
    public record Audience(NodeListener listener, NodeJournal journal) {}

    /** An application with at least one container here, or files that such a container has left. */
    private static final class NodeApplication {
        final String user;
        final Set<ContainerId> live = new HashSet<>();
        ApplicationState state = ApplicationState.LIFECYCLE.initial();

        NodeApplication(String user) {
            this.user = user;
        }
    }

    public NodeController(
            Limits limits,
            NodeDirectories directories,
            ResourceCache cache,
            ContainerLauncher launcher,
            AuxiliaryServices services,
            Threads threads,
            Audience audience) {
        this.limits = limits;
        this.directories = directories;
        this.cache = cache;
        this.services = services;
        this.workers = threads.workers();
        this.writer = threads.writer();
        this.clock = threads.clock();
        this.listener = audience.listener();
        this.journal = audience.journal();
        this.stopped = new RecentContainers(MAX_CONTAINERS);
        this.started = new RecentContainers(MAX_CONTAINERS);
        ContainerFlow.Workers workOn =
                new ContainerFlow.Workers(threads.workers(), threads.writer(), clock, limits.killDelayMs());
        this.flow = new ContainerFlow(
                cache,
                launcher,
                new ExitReport(limits.stderrTailBytes()),
                journal,
                workOn,
                container -> listener.containersChanged(),
                this::done);
        ChangeFlow changing = new ChangeFlow(flow, new FileFetch(cache), launcher, journal, workOn);
        this.changes = new ContainerChanges(known, flow, changing, audience, clock);
    }

    /** What may be changed about containers that have been started. */
    public ContainerChanges changes() {
        return changes;
    }

    private final class Containers implements ContainerChanges.Known {
        @Override
        public NodeContainer get(ContainerId id) throws YarnException {
            NodeContainer container = containers.get(id);
            if (container != null) {
                return container;
            }
            throw new YarnException("Container " + id
                    + (stopped.contains(id, clock.instant())
                            ? " was recently stopped on node manager."
                            : " is not handled by this NodeManager"));
        }

        @Override
        public boolean contains(ContainerId id) {
            return containers.containsKey(id);
        }
    }

    /**
     * Takes over what an earlier node manager has left; once, before everything else. What goes on by itself goes on.
     */
    public void restore(RestoredNode left) {
        Instant now = clock.instant();
        for (RestoredNode.Recent recent : left.recent()) {
            started.add(recent.id(), recent.startedUntil(), now);
            stopped.add(recent.id(), recent.stoppedUntil(), now);
        }
        for (RestoredNode.RestoredApplication known : left.applications()) {
            NodeApplication application = new NodeApplication(known.user());
            application.state = known.state();
            applications.put(known.id(), application);
            listener.applicationStarted(known.id(), known.user(), left.orderOf(known.id()));
        }
        for (RestoredContainer each : left.containers()) {
            NodeContainer container = NodeContainer.restored(each, limits.diagnosticsLimit(), this::moved);
            started.add(
                    container.id(), Instant.ofEpochMilli(each.order().token().getExpiryTimeStamp()), now);
            containers.put(container.id(), container);
            listener.containerRestored(container.snapshot());
            NodeApplication application = applications.get(container.application());
            if (container.state() == ContainerState.DONE) {
                stopped.add(container.id(), now.plusMillis(limits.stoppedMemoryMs()), now);
            } else if (application != null) {
                application.live.add(container.id());
            }
        }
        List.copyOf(containers.values()).forEach(this::resume);
        for (RestoredNode.RestoredApplication known : left.applications()) {
            NodeApplication application = applications.get(known.id());
            if (application != null && application.state == ApplicationState.FINISHING) {
                killAll(application, KillReason.APPLICATION_COMPLETED);
                finishIfEmpty(known.id(), application);
            }
        }
    }

    /** Completes when everything that was decided so far will be known to the next node manager. Callable by every thread. */
    public CompletableFuture<Void> durable() {
        return journal.durable();
    }

    /**
     * Accepts a container; the rest goes on by itself.
     *
     * @throws YarnException if it must not be started
     */
    public void start(StartOrder order) throws YarnException {
        ContainerId id = order.token().getContainerID();
        ApplicationId applicationId = id.getApplicationAttemptId().getApplicationId();
        Instant now = clock.instant();
        if (stopping != null) {
            throw new YarnException("Container start failed as the NodeManager is in the process of shutting down");
        }
        if (containers.containsKey(id)) {
            throw new YarnException("Container " + id + " already is running on this node!!");
        }
        if (started.contains(id, now)) {
            throw new YarnException("Unauthorized request to start container.\n Attempt to relaunch the same container"
                    + " with id " + id + ".");
        }
        if (containers.size() >= MAX_CONTAINERS) {
            throw new YarnException("Container " + id + " is refused: this node knows " + MAX_CONTAINERS
                    + " containers already, which is its limit");
        }
        String user = order.launch().user();
        NodeApplication application = applications.computeIfAbsent(applicationId, absent -> begin(order));
        if (application.state != ApplicationState.RUNNING) {
            throw new YarnException("Container " + id + " is refused: application " + applicationId
                    + " has ended and is being cleaned up on this node");
        }
        if (!application.user.equals(user)) {
            throw new YarnException(
                    "Container " + id + " is refused: application " + applicationId + " belongs to another user");
        }
        started.add(id, Instant.ofEpochMilli(order.token().getExpiryTimeStamp()), now);
        NodeContainer container = new NodeContainer(
                order, ContainerPaths.choose(directories, order.launch()), limits.diagnosticsLimit(), this::moved);
        containers.put(id, container);
        application.live.add(id);
        journal.accepted(order, container.paths);
        listener.containerChanged(container.snapshot());
        log.info("{} accepted for user {} with {}", id, user, order.token().getResource());
        prepare(container, flow::begin);
    }

    /** Services may have forgotten what an earlier node manager has told them. */
    private void resume(NodeContainer container) {
        switch (container.state()) {
            case LOCALIZING -> prepare(container, flow::resume);
            case RUNNING, REINITIALIZING, REPLACING, RELAUNCHING, KILLING -> {
                var unused = tell(container);
                flow.resume(container);
            }
            case LAUNCHING, ENDING, DONE -> flow.resume(container);
        }
    }

    private CompletableFuture<List<String>> tell(NodeContainer container) {
        return services.containerStarts(
                container.order().token(),
                container.order().launch().user(),
                container.order().serviceData());
    }

    /** Auxiliary services hear of a container before anything else is done for it. */
    private void prepare(NodeContainer container, Consumer<NodeContainer> next) {
        CompletableFuture<List<String>> told = tell(container);
        if (told.isDone()) {
            prepared(container, told.join(), next);
        } else {
            var unused = told.thenAcceptAsync(complaints -> prepared(container, complaints, next), writer);
        }
    }

    private void prepared(NodeContainer container, List<String> complaints, Consumer<NodeContainer> next) {
        if (complaints.isEmpty()) {
            next.accept(container);
        } else {
            flow.refuse(container, complaints);
        }
    }

    private NodeApplication begin(StartOrder first) {
        ApplicationId id =
                first.token().getContainerID().getApplicationAttemptId().getApplicationId();
        String user = first.launch().user();
        journal.application(id, user, ApplicationState.RUNNING);
        listener.applicationStarted(id, user, first);
        return new NodeApplication(user);
    }

    /**
     * Ends a container for its application master.
     *
     * @throws YarnException if this node does not know it
     */
    public void stop(ContainerId id) throws YarnException {
        NodeContainer container = containers.get(id);
        if (container != null) {
            flow.kill(container, KillReason.APPLICATION_MASTER);
        } else if (!stopped.contains(id, clock.instant())) {
            throw new YarnException("Container " + id + " is not handled by this NodeManager");
        }
    }

    /** Ends a container that was seen to be over a limit. */
    public void exceeded(ContainerId id, Excess excess) {
        NodeContainer container = containers.get(id);
        if (container == null || container.isCondemned() || !container.isRunning()) {
            return;
        }
        container.say(clock.instant(), excess.diagnosis());
        flow.kill(
                container,
                switch (excess.kind()) {
                    case PHYSICAL_MEMORY -> KillReason.PHYSICAL_MEMORY;
                    case VIRTUAL_MEMORY -> KillReason.VIRTUAL_MEMORY;
                    case LOGS -> KillReason.LOGS;
                });
    }

    /**
     * How a container is.
     *
     * @throws YarnException if this node does not know it (any more)
     */
    public ContainerSnapshot status(ContainerId id) throws YarnException {
        return known.get(id).snapshot();
    }

    /** Everything there is to tell the resource manager. */
    public NodeReport report() {
        return new NodeReport(
                containers.values().stream().map(NodeContainer::snapshot).toList(),
                List.copyOf(applications.keySet()),
                changes.increased());
    }

    /**
     * Follows the resource manager's answer to a report.
     *
     * @param told the report that it has answered
     */
    public void apply(NodeReport told, NodeInstructions instructions) {
        changes.told(told.increased());
        for (ContainerId id : instructions.acknowledged()) {
            forgetIfDone(id);
        }
        for (ContainerSnapshot snapshot : told.containers()) {
            ApplicationId application = snapshot.id().getApplicationAttemptId().getApplicationId();
            if (snapshot.isDone() && !applications.containsKey(application)) {
                forgetIfDone(snapshot.id());
            }
        }
        instructions.updates().forEach(token -> follow(() -> changes.update(token)));
        instructions.signals().forEach(signal -> follow(() -> changes.signal(signal)));
        for (ContainerId id : instructions.kill()) {
            NodeContainer container = containers.get(id);
            if (container != null) {
                flow.kill(container, KillReason.RESOURCE_MANAGER);
            }
        }
        for (ApplicationId id : instructions.finished()) {
            finish(id, KillReason.APPLICATION_COMPLETED);
        }
    }

    private void moved(NodeContainer container) {
        listener.containerChanged(container.snapshot());
    }

    /** What a resource manager may ask of a container that has ended meanwhile. */
    private interface Instruction {
        void carryOut() throws YarnException;
    }

    private static void follow(Instruction instruction) {
        try {
            instruction.carryOut();
        } catch (YarnException e) {
            log.info("an instruction of the resource manager came to nothing: {}", e.getMessage());
        }
    }

    private void forgetIfDone(ContainerId id) {
        NodeContainer container = containers.get(id);
        if (container != null && container.state() == ContainerState.DONE) {
            containers.remove(id);
            listener.containerForgotten(id);
            Instant now = clock.instant();
            journal.forgotten(
                    id,
                    Instant.ofEpochMilli(container.token().getExpiryTimeStamp()),
                    now.plusMillis(limits.stoppedMemoryMs()),
                    now);
        }
    }

    private void finish(ApplicationId id, KillReason reason) {
        NodeApplication application = applications.get(id);
        if (application == null || application.state != ApplicationState.RUNNING) {
            return;
        }
        move(id, application, ApplicationState.FINISHING, reason.words());
        listener.applicationEnding(id);
        killAll(application, reason);
        finishIfEmpty(id, application);
    }

    private void killAll(NodeApplication application, KillReason reason) {
        for (ContainerId live : List.copyOf(application.live)) {
            NodeContainer container = containers.get(live);
            if (container != null) {
                flow.kill(container, reason);
            }
        }
    }

    private void finishIfEmpty(ApplicationId id, NodeApplication application) {
        if (application.state != ApplicationState.FINISHING || !application.live.isEmpty()) {
            return;
        }
        move(id, application, ApplicationState.FINISHED, "none of its containers is left");
        applications.remove(id);
        cache.applicationEnded(id.toString());
        List<Path> folders = directories.localRoots().stream()
                .map(root -> NodeDirectories.applicationDirectory(root, application.user, id.toString()))
                .toList();
        workers.execute(() -> folders.forEach(directories::delete));
        services.applicationEnded(id);
        listener.applicationEnded(id);
        if (stopping != null && applications.isEmpty()) {
            stopping.complete(null);
        }
    }

    private void move(ApplicationId id, NodeApplication application, ApplicationState to, String why) {
        log.info("{} {} -> {}: {}", id, application.state, to, why);
        application.state = ApplicationState.LIFECYCLE.transition(application.state, to);
        journal.application(id, application.user, to);
    }

    private void done(NodeContainer container) {
        Instant now = clock.instant();
        stopped.add(container.id(), now.plusMillis(limits.stoppedMemoryMs()), now);
        services.containerEnded(
                container.order().token(), container.order().launch().user());
        ContainerPaths paths = container.paths;
        int runs = container.runs();
        workers.execute(() -> {
            directories.delete(paths.work());
            for (int run = 1; run <= runs; run++) {
                paths.record(run).delete();
            }
        });
        listener.containersChanged();
        NodeApplication application = applications.get(container.application());
        if (application != null) {
            application.live.remove(container.id());
            finishIfEmpty(container.application(), application);
        }
    }

    /** Looks after what is due. */
    public void tick() {
        Instant now = clock.instant();
        for (NodeContainer container : containers.values()) {
            flow.enforce(container, now);
        }
        cache.tick();
    }

    /**
     * Ends everything. Nothing is started any more.
     *
     * @param ended completes when no container is left
     */
    public void stopAll(CompletableFuture<Void> ended) {
        stopping = ended;
        if (applications.isEmpty()) {
            ended.complete(null);
        }
        for (ApplicationId id : List.copyOf(applications.keySet())) {
            finish(id, KillReason.SHUTDOWN);
        }
    }
}
