package dev.heddle.nm.container;

import dev.heddle.nm.container.ContainerFlow.Workers;
import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.launch.ContainerLauncher;
import dev.heddle.nm.launch.ContainerProcess;
import dev.heddle.nm.launch.ContainerProcess.Signal;
import dev.heddle.nm.localization.ResourceRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.yarn.api.records.SignalContainerCommand;

/**
 * Takes changes of a container that has been started to where they have an effect. Every method is called by the writer
 * thread, except those marked as a worker's.
 */
final class ChangeFlow {
    private final ContainerFlow flow;
    private final FileFetch fetch;
    private final ContainerLauncher launcher;
    private final NodeJournal journal;
    private final Workers workers;

    ChangeFlow(ContainerFlow flow, FileFetch fetch, ContainerLauncher launcher, NodeJournal journal, Workers workers) {
        this.flow = flow;
        this.fetch = fetch;
        this.launcher = launcher;
        this.journal = journal;
        this.workers = workers;
    }

    /** Has a container kept inside what it was granted last. */
    void granted(NodeContainer container) {
        journal.accepted(container.order(), container.paths);
        Allocation allocation = container.allocation();
        switch (container.state()) {
            case LAUNCHING, RUNNING, REINITIALIZING -> errand(container, () -> bound(container, allocation));
            case LOCALIZING, REPLACING, RELAUNCHING, KILLING, ENDING, DONE -> {
                // Its next launch, if there is one, is by what it was granted last.
            }
        }
    }

    /** On a worker. */
    private void bound(NodeContainer container, Allocation allocation) {
        try {
            launcher.bounds().change(container.id(), allocation);
        } catch (IOException e) {
            say(container, "The container's limits could not be changed: " + e.getMessage());
        }
    }

    /** Tells a container something on behalf of somebody. Nothing is sent where it has no process. */
    void signal(NodeContainer container, SignalContainerCommand command) {
        ContainerProcess process = container.liveProcess();
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
                say(container, what + (process.signalGroup(signal) ? "success" : "failed"));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Has files fetched and linked into the directory of a container that runs. What fails is told, and no more. */
    void localize(NodeContainer container, List<ResourceRequest> requests) {
        container.ordered(container.order().with(requests));
        journal.accepted(container.order(), container.paths);
        fetch.fetch(container, requests, container.files(), new FileFetch.Receiver() {
            @Override
            public void arrived(ResourceRequest request, Path path) {
                if (container.state() != ContainerState.ENDING && container.state() != ContainerState.DONE) {
                    container.linked(request.linkName());
                    errand(container, () -> link(container, request.linkName(), path));
                }
            }

            @Override
            public void failed(ResourceRequest request, String why, boolean ofDisks) {
                container.say(workers.clock().instant(), why);
            }
        });
    }

    /** On a worker. */
    private void link(NodeContainer container, String name, Path path) {
        try {
            launcher.link(container.paths, name, path);
        } catch (IOException e) {
            say(container, "Error when creating symlink " + name + " -> " + path + ": " + e);
        }
    }

    /** Has the files fetched of what is to run instead, and then has it run. */
    void reinitialize(NodeContainer container, LaunchChange change, boolean revocable) {
        container.say(workers.clock().instant(), "Container will be Re-initialized.");
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
            public void failed(ResourceRequest request, String why, boolean ofDisks) {
                if (container.state() == ContainerState.REINITIALIZING) {
                    container.say(workers.clock().instant(), "Container aborting re-initialization.. " + why);
                    container.move(ContainerState.RUNNING, "the files of what was to run instead cannot be had");
                }
            }
        });
    }

    private void reinitialized(NodeContainer container, StartOrder next, ContainerFiles further, boolean revocable) {
        if (container.state() == ContainerState.REINITIALIZING) {
            container.reinitialize(next, further, revocable);
            flow.replace(container, "the files of what is to run instead are here");
        }
    }

    /** By a worker. */
    private void say(NodeContainer container, String line) {
        workers.writer().execute(() -> container.say(workers.clock().instant(), line));
    }

    private void errand(NodeContainer container, Runnable work) {
        container.errands.add(work, workers.pool(), workers.writer());
    }
}
