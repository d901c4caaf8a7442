package dev.heddle.nm.container;

import dev.heddle.nm.launch.ContainerLauncher;
import dev.heddle.nm.launch.ContainerProcess;
import dev.heddle.nm.launch.ContainerProcess.Signal;
import dev.heddle.nm.launch.ExitReport;
import dev.heddle.nm.launch.LaunchRequest;
import dev.heddle.nm.localization.ResourceCache;
import dev.heddle.nm.localization.ResourceRequest;
import dev.heddle.nm.retry.RetryPolicy.Failures;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.ExecutionType;
import org.apache.hadoop.yarn.api.records.SignalContainerCommand;

/**
 * Takes one container from its files to its end. Every method is called by the writer thread, except those marked as a
 * worker's.
 */
final class ContainerFlow {
    private final ResourceCache cache;
    private final FileFetch fetch;
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
        this.fetch = new FileFetch(cache);
        this.launcher = launcher;
        this.exits = exits;
        this.workers = workers;
        this.clock = clock;
        this.running = running;
        this.done = done;
    }

    /** Begins with a container's files. */
    void begin(NodeContainer container) {
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
            public void failed(ResourceRequest request, String why) {
                localizationFailed(container, why);
            }
        });
    }

    private void localizationFailed(NodeContainer container, String why) {
        if (container.state() == ContainerState.LOCALIZING) {
            container.say(clock.instant(), why);
            end(container, "its files cannot be had");
        }
    }

    private void localized(NodeContainer container) {
        if (container.state() != ContainerState.LOCALIZING) {
            return;
        }
        if (container.token().getExecutionType() == ExecutionType.OPPORTUNISTIC) {
            // As with YARN's defaults, which leave no room to queue any.
            container.condemn(KillReason.CONTAINER_SCHEDULER, clock.instant());
            end(container, KillReason.CONTAINER_SCHEDULER.words());
            return;
        }
        launchNext(container, "its files are here");
    }

    /** Has a container's process started, be it the first or one more. */
    private void launchNext(NodeContainer container, String why) {
        container.move(ContainerState.LAUNCHING, why);
        LaunchRequest request = container.order().launch();
        Map<String, Path> links = container.files().links();
        Set<String> earlier = container.relink(links);
        try {
            container.errands.add(() -> launch(container, request, links, earlier), workers.pool(), workers.writer());
        } catch (RejectedExecutionException e) {
            launchFailed(container, "the node manager is too busy or stopping");
        }
    }

    private static String words(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    /** On a worker. */
    private void launch(
            NodeContainer container, LaunchRequest request, Map<String, Path> links, Set<String> earlierLinks) {
        try {
            launcher.clear(container.paths, earlierLinks);
            ContainerProcess process = launcher.launch(request, container.paths, links);
            workers.writer().execute(() -> launched(container, process));
        } catch (IOException e) {
            workers.writer().execute(() -> launchFailed(container, words(e)));
        }
    }

    private void launchFailed(NodeContainer container, String why) {
        container.say(clock.instant(), "Container could not be launched: " + why);
        if (!container.isCondemned()) {
            container.exitStatus(-1);
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
            case LAUNCHING, REPLACING -> container.condemn(reason, clock.instant());
            case RELAUNCHING -> {
                container.condemn(reason, clock.instant());
                if (container.relaunchAt() != null) {
                    end(container, reason.words());
                }
            }
            case RUNNING, REINITIALIZING -> {
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

    /** Ends the process of a container that runs, and starts what its order says then. */
    void replace(NodeContainer container, String why) {
        container.move(ContainerState.REPLACING, why);
        ContainerProcess process = container.process();
        if (process != null) {
            terminate(container, process);
        }
    }

    private void terminate(NodeContainer container, ContainerProcess process) {
        container.forceAt(clock.instant().plusMillis(workers.killDelayMs()));
        signal(process, Signal.TERM);
    }

    /** Does what is due with a container: forces one that was told to end, starts one that has failed. */
    void enforce(NodeContainer container, Instant now) {
        Instant forceAt = container.forceAt();
        ContainerProcess process = container.process();
        if (forceAt != null && process != null && !now.isBefore(forceAt)) {
            container.forceAt(null);
            signal(process, Signal.KILL);
        }
        Instant relaunchAt = container.relaunchAt();
        if (container.state() == ContainerState.RELAUNCHING && relaunchAt != null && !now.isBefore(relaunchAt)) {
            container.relaunchAt(null);
            launchNext(container, "it is time to start it again");
        }
    }

    /** Tells a container something on behalf of somebody. Nothing is sent where it has no process. */
    void signal(NodeContainer container, SignalContainerCommand command) {
        ContainerProcess process = container.process();
        if (process == null) {
            return;
        }
        Signal signal =
                switch (command) {
                    case OUTPUT_THREAD_DUMP -> Signal.QUIT;
                    case GRACEFUL_SHUTDOWN -> Signal.TERM;
                    case FORCEFUL_SHUTDOWN -> Signal.KILL;
                };
        String what = "Sent signal " + command + " (SIG" + signal + ") to pid " + process.pid() + " as user "
                + container.order().launch().user() + " for container " + container.id() + ", result=";
        errand(container, () -> {
            try {
                String result = process.signalGroup(signal) ? "success" : "failed";
                workers.writer().execute(() -> container.say(clock.instant(), what + result));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Has files fetched and linked into the directory of a container that runs. What fails is told, and no more. */
    void localize(NodeContainer container, List<ResourceRequest> requests) {
        container.ordered(container.order().with(requests));
        fetch.fetch(container, requests, container.files(), new FileFetch.Receiver() {
            @Override
            public void arrived(ResourceRequest request, Path path) {
                if (container.state() != ContainerState.ENDING && container.state() != ContainerState.DONE) {
                    container.linked(request.linkName());
                    errand(container, () -> link(container, request.linkName(), path));
                }
            }

            @Override
            public void failed(ResourceRequest request, String why) {
                container.say(clock.instant(), why);
            }
        });
    }

    /** On a worker. */
    private void link(NodeContainer container, String name, Path path) {
        try {
            launcher.link(container.paths, name, path);
        } catch (IOException e) {
            String why = "Error when creating symlink " + name + " -> " + path + ": " + e;
            workers.writer().execute(() -> container.say(clock.instant(), why));
        }
    }

    /** Has the files fetched of what is to run instead, and then has it run. */
    void reinitialize(NodeContainer container, LaunchChange change, boolean revocable) {
        container.say(clock.instant(), "Container will be Re-initialized.");
        container.move(ContainerState.REINITIALIZING, "something else is to run in it");
        StartOrder next = container.order().changed(change);
        ContainerFiles further = new ContainerFiles();
        if (change.resources().isEmpty()) {
            reinitialized(container, next, further, revocable);
        }
        fetch.fetch(container, change.resources(), further, new FileFetch.Receiver() {
            @Override
            public void arrived(ResourceRequest request, Path path) {
                if (further.isComplete()) {
                    reinitialized(container, next, further, revocable);
                }
            }

            @Override
            public void failed(ResourceRequest request, String why) {
                if (container.state() == ContainerState.REINITIALIZING) {
                    container.say(clock.instant(), "Container aborting re-initialization.. " + why);
                    container.move(ContainerState.RUNNING, "the files of what was to run instead cannot be had");
                }
            }
        });
    }

    private void reinitialized(NodeContainer container, StartOrder next, ContainerFiles further, boolean revocable) {
        if (container.state() == ContainerState.REINITIALIZING) {
            container.reinitialize(next, further, revocable);
            replace(container, "the files of what is to run instead are here");
        }
    }

    private void errand(NodeContainer container, Runnable work) {
        container.errands.add(work, workers.pool(), workers.writer());
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
        container.process(null);
        container.forceAt(null);
        ContainerState next = afterExit(container, status);
        if (next != container.state()) {
            container.move(next, "process " + process.pid() + " has ended with status " + status);
        }
        workers.pool().execute(() -> {
            try {
                // Whatever the container's command has left in the background ends with it.
                process.signalGroup(Signal.KILL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            List<String> lines = exits.lines(status, container.paths);
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
        container.move(ContainerState.DONE, why);
        cache.release(container.id());
        done.accept(container);
    }
}
