package dev.heddle.nm.container;

import dev.heddle.nm.directories.DisksFailedException;
import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.launch.ContainerLauncher;
import dev.heddle.nm.launch.ContainerProcess;
import dev.heddle.nm.launch.ContainerProcess.Signal;
import dev.heddle.nm.launch.ExitReport;
import dev.heddle.nm.launch.LaunchRequest;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.localization.ResourceRequest;
import dev.heddle.nm.retry.RetryPolicy.Failures;
import dev.heddle.nm.watch.WatchedContainer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ExecutionType;

/**
 * Takes one container from its files to its end. Every method is called by the writer thread, except those marked as a
 * worker's.
 */
final class ContainerFlow {
    /** YARN's exit status of what could not be launched. */
    private static final int LAUNCH_FAILED = -1;

    private final ResourceCache cache;
    private final FileFetch fetch;
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
        this.fetch = new FileFetch(cache);
        this.launcher = launcher;
        this.exits = exits;
        this.journal = journal;
        this.workers = workers;
        this.clock = workers.clock();
        this.running = running;
        this.done = done;
    }

    /** Begins with a container's files, unless somebody has wanted it dead in the meantime. */
    void begin(NodeContainer container) {
        if (container.state() != ContainerState.LOCALIZING) {
            return;
        }
        List<ResourceRequest> requests = container.order().resources();
        if (requests.isEmpty()) {
            localized(container);
        }
        fetch.fetch(container, requests, container.files(), new FileFetch.Receiver() {
            @Override
            public void arrived(ResourceRequest request, Path path) {
                if (container.files().isComplete()) {
                    localized(container);
                }
            }

            @Override
            public void failed(ResourceRequest request, String why, boolean ofDisks) {
                localizationFailed(container, why, ofDisks);
            }
        });
    }

    /** Ends a container of which an auxiliary service could not hear. */
    void refuse(NodeContainer container, List<String> complaints) {
        if (container.state() == ContainerState.LOCALIZING) {
            complaints.forEach(complaint -> container.say(clock.instant(), complaint));
            end(container, "an auxiliary service has failed");
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
                fetch.hold(container);
                if (process != null) {
                    watch(container, process);
                    if (container.isCondemned()) {
                        terminate(container, process);
                    }
                    process.onExit(workers.writer(), status -> exited(container, process, status));
                }
            }
            case LAUNCHING, REINITIALIZING, REPLACING, RELAUNCHING, ENDING ->
                throw new IllegalStateException(container.id() + " is " + container.state());
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

    private void localizationFailed(NodeContainer container, String why, boolean ofDisks) {
        if (container.state() == ContainerState.LOCALIZING) {
            container.say(clock.instant(), why);
            if (ofDisks) {
                container.exitStatus(ContainerExitStatus.DISKS_FAILED);
            }
            end(container, "its files cannot be had");
        }
    }

    private void localized(NodeContainer container) {
        if (container.state() != ContainerState.LOCALIZING) {
            return;
        }
        if (container.token().getExecutionType() == ExecutionType.OPPORTUNISTIC) {
            // As with YARN's defaults, which leave no room to queue any.
            condemn(container, KillReason.CONTAINER_SCHEDULER);
            end(container, KillReason.CONTAINER_SCHEDULER.words());
            return;
        }
        launchNext(container, "its files are here");
    }

    /** Has a container's process started, be it the first or one more. */
    private void launchNext(NodeContainer container, String why) {
        container.move(ContainerState.LAUNCHING, why);
        int run = container.nextRun();
        journal.changed(container.id(), container.progress(false));
        onceDurable(() -> toBeLaunched(container, run));
    }

    private void toBeLaunched(NodeContainer container, int run) {
        Map<String, Path> links = container.files().links();
        Launch launch = new Launch(
                container.order().launch(),
                container.allocation(),
                links,
                container.relink(links),
                container.launching(run),
                run);
        try {
            container.errands.add(() -> launch(container, launch), workers.pool(), workers.writer());
        } catch (RejectedExecutionException e) {
            launchFailed(container, "the node manager is too busy or stopping", LAUNCH_FAILED);
        }
    }

    /**
     * What a worker needs to know.
     *
     * @param stale names that an earlier launch has linked
     * @param former the earlier run, of which nobody will ask any more; 0 where there was none
     */
    private record Launch(
            LaunchRequest request,
            Allocation allocation,
            Map<String, Path> links,
            Set<String> stale,
            int former,
            int run) {}

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
    private void launch(NodeContainer container, Launch launch) {
        try {
            if (launch.former() > 0) {
                container.paths.record(launch.former()).delete();
            }
            launcher.clear(container.paths, launch.stale());
            ContainerProcess process = launcher.launch(
                    launch.request(), container.paths, launch.links(), launch.allocation(), launch.run());
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
            case LAUNCHING, REPLACING -> condemn(container, reason);
            case RELAUNCHING -> {
                condemn(container, reason);
                if (container.relaunchAt() != null) {
                    end(container, reason.words());
                }
            }
            case RUNNING, REINITIALIZING -> {
                condemn(container, reason);
                container.move(ContainerState.KILLING, reason.words());
                ContainerProcess process = container.liveProcess();
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

    /**
     * Ends the process of a container that runs, and starts what its order says then. The next node manager would do so,
     * too: the process that runs is none that it is told of.
     */
    void replace(NodeContainer container, String why) {
        container.move(ContainerState.REPLACING, why);
        container.nextRun();
        journal.accepted(container.order(), container.paths);
        journal.changed(container.id(), container.progress(false));
        ContainerProcess process = container.liveProcess();
        if (process != null) {
            terminate(container, process);
        }
    }

    private void terminate(NodeContainer container, ContainerProcess process) {
        // Who wants it dead must be known first: the end of its process alone would tell another story.
        onceDurable(() -> {
            if (container.liveProcess() == process) {
                container.forceAt(clock.instant().plusMillis(workers.killDelayMs()));
                signal(process, Signal.TERM);
            }
        });
    }

    /** Does what is due with a container: forces one that was told to end, starts one that has failed. */
    void enforce(NodeContainer container, Instant now) {
        Instant forceAt = container.forceAt();
        ContainerProcess process = container.liveProcess();
        if (forceAt != null && process != null && !now.isBefore(forceAt)) {
            container.forceAt(null);
            signal(process, Signal.KILL);
            workers.pool().execute(() -> force(container.id(), process.pid()));
        }
        Instant relaunchAt = container.relaunchAt();
        if (container.state() == ContainerState.RELAUNCHING && relaunchAt != null && !now.isBefore(relaunchAt)) {
            container.relaunchAt(null);
            launchNext(container, "it is time to start it again");
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
        container.processEnded();
        container.forceAt(null);
        ContainerState next = afterExit(container, status);
        if (next != container.state()) {
            container.move(next, "process " + process.pid() + " has ended with status " + status);
        }
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
            workers.writer().execute(() -> swept(container, status, lines));
        });
    }

    /** Decides what becomes of a container whose process has just ended. */
    private ContainerState afterExit(NodeContainer container, int status) {
        if (container.isCondemned()) {
            return ContainerState.ENDING;
        }
        if (container.state() == ContainerState.REPLACING) {
            return ContainerState.REPLACING;
        }
        if (container.state() != ContainerState.RUNNING || status == 0 || ExitReport.wasKilled(status)) {
            return ContainerState.ENDING;
        }
        if (container.retries().policy().failures() != Failures.NONE) {
            container.say(clock.instant(), "Diagnostic message from attempt : ");
        }
        if (container.retries().spend(status, clock.instant())) {
            container.exitStatus(status);
            return ContainerState.RELAUNCHING;
        }
        if (container.canRollBack()) {
            container.say(clock.instant(), "Container Re-init Auto Rolled-Back.");
            container.rollBack();
            journal.accepted(container.order(), container.paths);
            return ContainerState.REPLACING;
        }
        return ContainerState.ENDING;
    }

    /** Nothing is left of a container's process, and it is known what it left to read. */
    private void swept(NodeContainer container, int status, List<String> lines) {
        lines.forEach(line -> container.say(clock.instant(), line));
        switch (container.state()) {
            case RELAUNCHING -> {
                if (container.isCondemned()) {
                    end(container, "killed before it was started again");
                } else {
                    long intervalMs = container.retries().policy().intervalMs();
                    container.relaunchAt(clock.instant().plusMillis(intervalMs));
                    enforce(container, clock.instant());
                }
            }
            case REPLACING -> {
                if (container.isCondemned()) {
                    end(container, "killed before something else was started");
                } else {
                    launchNext(container, "its former process has ended");
                }
            }
            case ENDING -> ended(container, status);
            case LOCALIZING, LAUNCHING, RUNNING, REINITIALIZING, KILLING, DONE ->
                throw new IllegalStateException(container.id() + " has ended and is " + container.state());
        }
    }

    private void ended(NodeContainer container, int status) {
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
