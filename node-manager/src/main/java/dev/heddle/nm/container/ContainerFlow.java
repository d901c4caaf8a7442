package dev.heddle.nm.container;

import dev.heddle.nm.directories.DisksFailedException;
import dev.heddle.nm.launch.ContainerLauncher;
import dev.heddle.nm.launch.ContainerProcess;
import dev.heddle.nm.launch.ContainerProcess.Signal;
import dev.heddle.nm.launch.ExitReport;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.localization.ResourceRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;

/**
 * Takes one container from its files to its end. Every method is called by the writer thread, except those marked as a
 * worker's.
 */
final class ContainerFlow {
    private static final int FIRST_RUN = 1;

    /** YARN's exit status of what could not be launched. */
    private static final int LAUNCH_FAILED = -1;

    private final ResourceCache cache;
    private final ContainerLauncher launcher;
    private final ExitReport exits;
    private final Workers workers;
    private final InstantSource clock;
    private final Consumer<NodeContainer> running;
    private final Consumer<NodeContainer> done;

    /**
     * Who does the blocking work, and who gets its results.
     *
     * @param killDelayMs how long a container may take to end after it was told to
     */
    record Workers(Executor pool, Executor writer, long killDelayMs) {}

    /**
     * @param running hears that a container's process runs
     * @param done hears that a container has reached its final state
     */
    ContainerFlow(
            ResourceCache cache,
            ContainerLauncher launcher,
            ExitReport exits,
            Workers workers,
            InstantSource clock,
            Consumer<NodeContainer> running,
            Consumer<NodeContainer> done) {
        this.cache = cache;
        this.launcher = launcher;
        this.exits = exits;
        this.workers = workers;
        this.clock = clock;
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
        try {
            workers.pool().execute(() -> launch(container, links));
        } catch (RejectedExecutionException e) {
            launchFailed(container, "the node manager is too busy or stopping", LAUNCH_FAILED);
        }
    }

    private static String words(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    /** On a worker. */
    private void launch(NodeContainer container, Map<String, Path> links) {
        try {
            ContainerProcess process = launcher.launch(container.order.launch(), container.paths, links, FIRST_RUN);
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
        if (container.isCondemned()) {
            container.move(ContainerState.KILLING, "killed while it was launched");
            terminate(container, process);
        } else {
            container.move(ContainerState.RUNNING, "process " + process.pid() + " has started");
            running.accept(container);
        }
        process.onExit(workers.writer(), status -> exited(container, process, status));
    }

    /** Ends a container, if it has not ended already. */
    void kill(NodeContainer container, KillReason reason) {
        if (container.isCondemned()) {
            return;
        }
        switch (container.state()) {
            case LOCALIZING -> {
                container.condemn(reason, clock.instant());
                container.say(clock.instant(), "Container is killed before being launched.");
                end(container, reason.words());
            }
            case LAUNCHING -> container.condemn(reason, clock.instant());
            case RUNNING -> {
                container.condemn(reason, clock.instant());
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

    private void terminate(NodeContainer container, ContainerProcess process) {
        container.forceAt(clock.instant().plusMillis(workers.killDelayMs()));
        signal(process, Signal.TERM);
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
        workers.pool().execute(() -> {
            try {
                // Whatever the container's command has left in the background ends with it.
                process.endRemains();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            List<String> lines = exits.lines(status, container.paths);
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
        container.move(ContainerState.DONE, why);
        cache.release(container.id());
        done.accept(container);
    }
}
