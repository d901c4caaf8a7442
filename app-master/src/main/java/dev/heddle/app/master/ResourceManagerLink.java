package dev.heddle.app.master;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.app.launch.ContainerMemory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.api.AMRMClient;
import org.apache.hadoop.yarn.client.api.AMRMClient.ContainerRequest;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.util.resource.Resources;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The application master's conversation with the resource manager, on a thread of its own, which alone touches the client
 * and the fields below. It calls at intervals, and at once when something is wanted.
 *
 * <p>Always holds after a call: as many containers are asked for as the target exceeds those that are held.
 */
final class ResourceManagerLink implements ContainerSource, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ResourceManagerLink.class);
    private static final Priority PRIORITY = Priority.newInstance(1);

    private final AMRMClient<ContainerRequest> client = AMRMClient.createAMRMClient();
    /** Bounded by its senders: a wake-up, and one release or loss for each container that is held. */
    private final LinkedBlockingQueue<Runnable> commands = new LinkedBlockingQueue<>();

    private final Resource capability;
    private final long idleIntervalMs;
    private final long waitingIntervalMs;
    private @Nullable Thread thread;
    private volatile int target;

    private final Set<ContainerId> held = new HashSet<>();
    private final Deque<ContainerRequest> asked = new ArrayDeque<>();
    private boolean stopping;

    ResourceManagerLink(Configuration conf) {
        this.capability =
                Resource.newInstance(ContainerMemory.executorMb(conf), ApplicationSettings.EXECUTOR_CORES.get(conf));
        this.idleIntervalMs = ApplicationSettings.HEARTBEAT_INTERVAL.get(conf);
        this.waitingIntervalMs = ApplicationSettings.ALLOCATION_INTERVAL.get(conf);
        client.init(conf);
        client.start();
    }

    /** Registers this attempt and begins to call. */
    void start(String host, int port, String trackingUrl, ContainerEvents events) throws IOException, YarnException {
        Resource largest =
                client.registerApplicationMaster(host, port, trackingUrl).getMaximumResourceCapability();
        log.info("registered; an executor takes {} of at most {}", capability, largest);
        thread = new Thread(() -> run(events), "resource-manager");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void setTarget(int containers) {
        if (target != containers) {
            target = containers;
            wake();
        }
    }

    @Override
    public void release(ContainerId container) {
        command(() -> {
            held.remove(container);
            client.releaseAssignedContainer(container);
        });
    }

    @Override
    public void disregard(ContainerId container) {
        command(() -> held.remove(container));
    }

    /** Something that waits in the queue wakes as well. */
    private void wake() {
        if (commands.isEmpty()) {
            command(() -> {});
        }
    }

    private void command(Runnable command) {
        commands.add(command);
    }

    private void run(ContainerEvents events) {
        try {
            while (!stopping) {
                ask();
                receive(client.allocate(events.progress()), events);
                awaitCommand();
            }
        } catch (ApplicationAttemptNotFoundException e) {
            events.disowned("the resource manager has ended this attempt");
        } catch (IOException | YarnException | RuntimeException e) {
            log.error("the conversation with the resource manager has failed", e);
            events.disowned("the resource manager cannot be talked to: " + e.getMessage());
        } catch (InterruptedException e) {
            log.info("interrupted: the resource manager is not called any more");
        }
    }

    private void ask() {
        int wanted = Math.max(0, target - held.size());
        while (asked.size() < wanted) {
            ContainerRequest request = new ContainerRequest(capability, null, null, PRIORITY);
            client.addContainerRequest(request);
            asked.addLast(request);
        }
        while (asked.size() > wanted) {
            client.removeContainerRequest(asked.removeLast());
        }
    }

    private void receive(AllocateResponse response, ContainerEvents events) {
        List<ContainerStatus> completed = response.getCompletedContainersStatuses();
        completed.forEach(status -> held.remove(status.getContainerId()));
        List<Container> granted = new ArrayList<>();
        for (Container container : response.getAllocatedContainers()) {
            ContainerRequest request = asked.pollFirst();
            if (request != null) {
                client.removeContainerRequest(request);
            }
            if (held.size() < target && Resources.fitsIn(capability, container.getResource())) {
                held.add(container.getId());
                granted.add(container);
            } else {
                // An ask that crosses a grant on its way is granted twice.
                log.info("{} is one too many and goes back", container.getId());
                client.releaseAssignedContainer(container.getId());
            }
        }
        if (!completed.isEmpty()) {
            events.completed(completed);
        }
        if (!granted.isEmpty()) {
            events.granted(granted);
        }
    }

    private void awaitCommand() throws InterruptedException {
        long waitMs = held.size() < target ? waitingIntervalMs : idleIntervalMs;
        Runnable command = commands.poll(waitMs, TimeUnit.MILLISECONDS);
        while (command != null) {
            command.run();
            command = commands.poll();
        }
    }

    /**
     * Ends the conversation, with the application's outcome where the resource manager is to know it.
     *
     * @throws YarnException if the resource manager refuses the outcome
     */
    void finish(FinalOutcome outcome) throws IOException, YarnException, InterruptedException {
        command(() -> stopping = true);
        if (thread != null) {
            thread.join();
        }
        if (outcome.registered()) {
            client.unregisterApplicationMaster(outcome.status(), outcome.diagnostics(), "");
        }
    }

    @Override
    public void close() {
        client.stop();
    }
}
