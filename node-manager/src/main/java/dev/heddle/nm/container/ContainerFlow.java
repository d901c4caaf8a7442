package dev.heddle.nm.container;

import dev.heddle.nm.directories.DisksFailedException;
import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.launch.ContainerLauncher;
import dev.heddle.nm.launch.ContainerProcess;
import dev.heddle.nm.launch.ContainerProcess.Signal;
import dev.heddle.nm.launch.ExitReport;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.localization.ResourceRequest;
import dev.heddle.nm.watch.WatchedContainer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;

/**
 * Takes one container from its files to its end. Every method is called by the writer thread, except those marked as a
 * worker's.
 */
final class ContainerFlow {
    /** YARN's exit status of what could not be launched. */
    private static final int LAUNCH_FAILED = -1;

    private final ResourceCache cache;
    private final ContainerLauncher launcher;
    private final ExitReport exits;
    private final NodeJournal journal;
    private final Workers workers;
    private final InstantSource clock;
    private final Consumer<NodeContainer> running;
    private final Consumer<NodeContainer> done;

    /**
     * Who does the blocking work, and who gets its results.
     *
     * @param killDelayMs how long a container may take to end after it was told to
     */
    record Workers(Executor pool, Executor writer, InstantSource clock, long killDelayMs) {}

    /**
     * @param running hears that a container's process runs
     * @param done hears that a container has reached its final state
     */
    ContainerFlow(
            ResourceCache cache,
            ContainerLauncher launcher,
            ExitReport exits,
            NodeJournal journal,
            Workers workers,
            Consumer<NodeContainer> running,
            Consumer<NodeContainer> done) {
        this.cache = cache;
        this.launcher = launcher;
        this.exits = exits;
        this.journal = journal;
        this.workers = workers;
        this.clock = workers.clock();
        this.running = running;
        this.done = done;
    }

    /** Begins with a container's files. */
    void begin(NodeContainer container) {
        List<ResourceRequest> requests = container.order.resources();
        if (requests.isEmpty()) {
            localized(container, Map.of());
        }
        Map<String, Path> links = new HashMap<>();
        for (ResourceRequest request : requests) {
            if (container.state() != ContainerState.LOCALIZING) {
                // One of them cannot be had, and it is over.
                return;
            }
            cache.acquire(
                    request,
                    container.id(),
                    container.order.launch().user(),
                    container.order.launch().credentials(),
                    new ResourceCache.Receiver() {
                        @Override
                        public void arrived(Path path) {
                            links.put(request.linkName(), path);
                            if (links.size() == requests.size()) {
                                localized(container, links);
                            }
                        }

                        @Override
                        public void failed(Exception why) {
                            localizationFailed(container, why);
                        }
                    });
        }
    }

    /** Goes on with a container that an earlier node manager has left, from where it is. */
    void resume(NodeContainer container) {
        ContainerProcess process = container.process();
        switch (container.state()) {
            case LOCALIZING -> {
                if (container.isCondemned()) {
                    workers.pool().execute(() -> discard(container.id()));
                    container.say(clock.instant(), "Container is killed before being launched.");
                    end(container, "it was killed before it was launched");
                } else {
                    begin(container);
                }
            }
            case RUNNING, KILLING -> {
                container
                        .order
                        .resources()
                        .forEach(request -> cache.hold(
                                request,
                                container.id(),
                                container.order.launch().user()));
                if (process != null) {
                    watch(container, process);
                    if (container.isCondemned()) {
                        terminate(container, process);
                    }
                    process.onExit(workers.writer(), status -> exited(container, process, status));
                }
            }
            case LAUNCHING, ENDING -> throw new IllegalStateException(container.id() + " is " + container.state());
            case DONE -> {
                // Only its end is left, to be reported.
            }
        }
    }

    /** On a worker: a start may have been prepared that was never made. */
    private void discard(ContainerId id) {
        try {
            launcher.bounds().discard(id);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void localizationFailed(NodeContainer container, Exception why) {
        if (container.state() == ContainerState.LOCALIZING) {
            container.say(clock.instant(), words(why));
            if (why instanceof DisksFailedException) {
                container.exitStatus(ContainerExitStatus.DISKS_FAILED);
            }
            end(container, "its files cannot be had");
        }
    }

    private void localized(NodeContainer container, Map<String, Path> links) {
        if (container.state() != ContainerState.LOCALIZING) {
            return;
        }
        container.move(ContainerState.LAUNCHING, "its files are here");
        int run = container.nextRun();
        journal.changed(container.id(), container.progress(false));
        onceDurable(() -> toBeLaunched(container, links, run));
    }

    private void toBeLaunched(NodeContainer container, Map<String, Path> links, int run) {
        try {
            workers.pool().execute(() -> launch(container, links, run));
        } catch (RejectedExecutionException e) {
            launchFailed(container, "the node manager is too busy or stopping", LAUNCH_FAILED);
        }
    }

    /** Goes on, in the writer thread, when what was told the journal so far is safe. */
    private void onceDurable(Runnable next) {
        CompletableFuture<Void> durable = journal.durable();
        if (durable.isDone()) {
            next.run();
        } else {
            CompletableFuture<Void> unused = durable.thenRunAsync(next, workers.writer());
        }
    }

    private static String words(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    /** On a worker. */
    private void launch(NodeContainer container, Map<String, Path> links, int run) {
        try {
            ContainerProcess process =
                    launcher.launch(container.order.launch(), container.paths, links, container.allocation(), run);
            workers.writer().execute(() -> launched(container, process));
        } catch (IOException e) {
            workers.writer().execute(() -> launchFailed(container, e));
        }
    }

    private void launchFailed(NodeContainer container, IOException why) {
        // What fails because of the node's disks is no failure of the application's.
        launchFailed(
                container,
                words(why),
                why instanceof DisksFailedException ? ContainerExitStatus.DISKS_FAILED : LAUNCH_FAILED);
    }

    private void launchFailed(NodeContainer container, String why, int exitStatus) {
        container.say(clock.instant(), "Container could not be launched: " + why);
        if (!container.isCondemned()) {
            container.exitStatus(exitStatus);
        }
        end(container, "it could not be launched");
    }

    private void launched(NodeContainer container, ContainerProcess process) {
        container.process(process);
        watch(container, process);
        if (container.isCondemned()) {
            container.move(ContainerState.KILLING, "killed while it was launched");
            terminate(container, process);
        } else {
            container.move(ContainerState.RUNNING, "process " + process.pid() + " has started");
            running.accept(container);
        }
        process.onExit(workers.writer(), status -> exited(container, process, status));
    }

    private void watch(NodeContainer container, ContainerProcess process) {
        launcher.bounds()
                .running(new WatchedContainer(
                        container.id(), process.pid(), container.allocation(), container.paths.logDirectories()));
    }

    /** Ends a container, if it has not ended already. */
    void kill(NodeContainer container, KillReason reason) {
        if (container.isCondemned()) {
            return;
        }
        switch (container.state()) {
            case LOCALIZING -> {
                condemn(container, reason);
                container.say(clock.instant(), "Container is killed before being launched.");
                end(container, reason.words());
            }
            case LAUNCHING -> condemn(container, reason);
            case RUNNING -> {
                condemn(container, reason);
                container.move(ContainerState.KILLING, reason.words());
                ContainerProcess process = container.process();
                if (process != null) {
                    terminate(container, process);
                }
            }
            case KILLING, ENDING, DONE -> {
                // It is on its way.
            }
        }
    }

    private void condemn(NodeContainer container, KillReason reason) {
        container.condemn(reason, clock.instant());
        journal.changed(container.id(), container.progress(false));
    }

    private void terminate(NodeContainer container, ContainerProcess process) {
        // Who wants it dead must be known first: the end of its process alone would tell another story.
        onceDurable(() -> {
            container.forceAt(clock.instant().plusMillis(workers.killDelayMs()));
            signal(process, Signal.TERM);
        });
    }

    /** Forces a container that was told to end and has used up its time. */
    void enforce(NodeContainer container, Instant now) {
        Instant forceAt = container.forceAt();
        ContainerProcess process = container.process();
        if (container.state() == ContainerState.KILLING
                && forceAt != null
                && process != null
                && !now.isBefore(forceAt)) {
            container.forceAt(null);
            signal(process, Signal.KILL);
            workers.pool().execute(() -> force(container.id(), process.pid()));
        }
    }

    /** On a worker. */
    private void force(ContainerId id, long leader) {
        try {
            launcher.bounds().force(id, leader);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void signal(ContainerProcess process, Signal signal) {
        workers.pool().execute(() -> {
            try {
                process.signalGroup(signal);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void exited(NodeContainer container, ContainerProcess process, int status) {
        container.move(ContainerState.ENDING, "process " + process.pid() + " has ended with status " + status);
        Allocation allocation = container.allocation();
        workers.pool().execute(() -> {
            List<String> lines = new ArrayList<>(exits.lines(status, container.paths));
            try {
                // Whatever the container's command has left in the background ends with it.
                process.endRemains();
                lines.addAll(launcher.bounds().ended(container.id(), process.session(), allocation, status));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            workers.writer().execute(() -> ended(container, status, lines));
        });
    }

    private void ended(NodeContainer container, int status, List<String> lines) {
        lines.forEach(line -> container.say(clock.instant(), line));
        if (!container.isCondemned()) {
            container.exitStatus(status);
            if (ExitReport.wasKilled(status)) {
                container.say(clock.instant(), "Killed by external signal");
            }
        }
        finish(container, "exit status " + container.snapshot().exitStatus());
    }

    private void end(NodeContainer container, String why) {
        container.move(ContainerState.ENDING, why);
        finish(container, why);
    }

    private void finish(NodeContainer container, String why) {
        // Told to nobody before it is safe: another node manager might come to another end.
        journal.changed(container.id(), container.progress(true));
        onceDurable(() -> {
            container.move(ContainerState.DONE, why);
            cache.release(container.id());
            done.accept(container);
        });
    }
}
