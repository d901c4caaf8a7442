package dev.heddle.nm.container;

import dev.heddle.nm.localization.ResourceRequest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ExecutionType;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.SignalContainerCommand;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.util.resource.Resources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of containers between their start and their end at the wish of others: what they are granted, their files,
 * what runs in them, and what they are told. Every method is called by the writer thread.
 */
public final class ContainerChanges {
    private static final Logger log = LoggerFactory.getLogger(ContainerChanges.class);

    /** Signals and links that wait for one container's sake; more signals are refused. */
    private static final int MAX_ERRANDS = 100;

    private final Known containers;
    private final ContainerFlow flow;
    private final ChangeFlow changing;
    private final NodeJournal journal;
    private final NodeListener listener;
    private final InstantSource clock;

    /** Those that have grown and of which the resource manager has not been told; no more than there are containers. */
    private final Set<NodeContainer> increased = new LinkedHashSet<>();

    /** The containers of this node. */
    interface Known {
        /**
         * One of them.
         *
         * @throws YarnException if this node does not know it (any more)
         */
        NodeContainer get(ContainerId id) throws YarnException;

        boolean contains(ContainerId id);
    }

    /** What can be done to a container that runs, by the names that YARN has for it. */
    private enum Operation {
        LOCALIZE,
        RE_INIT,
        ROLLBACK,
        COMMIT
    }

    ContainerChanges(
            Known containers,
            ContainerFlow flow,
            ChangeFlow changing,
            NodeController.Audience audience,
            InstantSource clock) {
        this.containers = containers;
        this.flow = flow;
        this.changing = changing;
        this.journal = audience.journal();
        this.listener = audience.listener();
        this.clock = clock;
    }

    /** Completes when everything that was decided so far will be known to the next node manager. Callable by every thread. */
    public CompletableFuture<Void> durable() {
        return journal.durable();
    }

    /**
     * Takes what the resource manager grants a container from now on: its resource or its execution type.
     *
     * @param token verified
     * @throws YarnException if this node does not know the container or knows a newer grant
     */
    public void update(ContainerTokenIdentifier token) throws YarnException {
        NodeContainer container = containers.get(token.getContainerID());
        ContainerTokenIdentifier current = container.token();
        if (token.getVersion() <= current.getVersion()) {
            throw new YarnException("Container " + container.id() + " has update version [" + current.getVersion()
                    + "] >= requested version [" + token.getVersion() + "]");
        }
        log.info(
                "{} is granted {} {} instead of {} {}",
                container.id(),
                token.getExecutionType(),
                token.getResource(),
                current.getExecutionType(),
                current.getResource());
        container.granted(token);
        Resource before = current.getResource();
        Resource after = token.getResource();
        if (!before.equals(after) && Resources.fitsIn(before, after)) {
            increased.add(container);
        }
        changing.granted(container);
        if (container.isRunning()) {
            listener.containerChanged(container.snapshot());
        }
        listener.containersChanged();
    }

    /** Those that have grown, as they are now. */
    List<ContainerSnapshot> increased() {
        return increased.stream().map(NodeContainer::snapshot).toList();
    }

    /** The resource manager has heard of these. One that has grown again since stays to be told. */
    void told(List<ContainerSnapshot> heard) {
        Set<ContainerTokenIdentifier> tokens = new HashSet<>();
        heard.forEach(snapshot -> tokens.add(snapshot.token()));
        increased.removeIf(container -> tokens.contains(container.token()));
    }

    /**
     * Tells a container something, if this node knows it and it has a process.
     *
     * @throws YarnException if too many signals wait for it already
     */
    public void signal(SignalOrder order) throws YarnException {
        if (!containers.contains(order.container())) {
            log.info("{} no longer exists: {} is not sent", order.container(), order.command());
            return;
        }
        NodeContainer container = containers.get(order.container());
        if (container.errands.size() >= MAX_ERRANDS) {
            throw new YarnException("Container " + order.container() + " gets too many signals: " + MAX_ERRANDS
                    + " of them wait already. Send it fewer, or later.");
        }
        SignalContainerCommand command = order.command();
        log.info("{} is sent {}", order.container(), command);
        changing.signal(container, command);
    }

    /**
     * Has more files put into the directory of a container that runs. What comes of it is told by {@link #files}.
     *
     * @throws YarnException if it does not run, or a file's place is inside another one
     */
    public void localize(ContainerId id, List<ResourceRequest> requests) throws YarnException {
        NodeContainer container = running(id, Operation.LOCALIZE);
        requireApart(container, requests);
        changing.localize(container, requests);
    }

    /** One file must not lie inside another one, which is a copy that others share. */
    private static void requireApart(NodeContainer container, List<ResourceRequest> requests) throws YarnException {
        List<ResourceRequest> all = new ArrayList<>(container.order().resources());
        all.addAll(requests);
        try {
            ResourceRequest.requireApart(all);
        } catch (IllegalArgumentException e) {
            throw new YarnException(e.getMessage(), e);
        }
    }

    /**
     * How far a container's files are.
     *
     * @throws YarnException if this node does not know it (any more)
     */
    public List<FileState> files(ContainerId id) throws YarnException {
        return containers.get(id).files().states();
    }

    /**
     * Has something else run in a container, once its files are here.
     *
     * @param revocable whether it can be taken back later, and is where it fails
     * @throws YarnException if it does not run
     */
    public void reinitialize(ContainerId id, LaunchChange change, boolean revocable) throws YarnException {
        NodeContainer container = running(id, Operation.RE_INIT);
        requireApart(container, change.resources());
        changing.reinitialize(container, change, revocable);
    }

    /**
     * Has the same run again, with another process.
     *
     * @throws YarnException if it does not run
     */
    public void restart(ContainerId id) throws YarnException {
        NodeContainer container = running(id, Operation.RE_INIT);
        container.say(clock.instant(), "Container will be Restarted.");
        container.renewRetries();
        flow.replace(container, "it is to be restarted");
    }

    /**
     * Has that run again that a container ran before it was reinitialized.
     *
     * @throws YarnException if it does not run or there is nothing to go back to
     */
    public void rollBack(ContainerId id) throws YarnException {
        NodeContainer container = running(id, Operation.ROLLBACK);
        if (!container.canRollBack()) {
            throw new YarnException("Nothing to rollback to !!");
        }
        container.say(clock.instant(), "Container upgrade will be Rolled-back.");
        container.rollBack();
        flow.replace(container, "what runs in it is taken back");
    }

    /**
     * Gives up the way back to what a container ran before it was reinitialized.
     *
     * @throws YarnException if it does not run or has no such way
     */
    public void commit(ContainerId id) throws YarnException {
        NodeContainer container = running(id, Operation.COMMIT);
        if (!container.canRollBack()) {
            throw new YarnException("Nothing to Commit !!");
        }
        container.commit();
    }

    private NodeContainer running(ContainerId id, Operation operation) throws YarnException {
        if (!containers.contains(id)) {
            throw new YarnException("Specified " + id + " does not exist!");
        }
        NodeContainer container = containers.get(id);
        ExecutionType type = container.token().getExecutionType();
        if (container.state() != ContainerState.RUNNING || type == ExecutionType.OPPORTUNISTIC) {
            boolean reinitializing =
                    container.state() == ContainerState.REINITIALIZING || container.state() == ContainerState.REPLACING;
            throw new YarnException("Cannot perform " + operation + " on [" + id + "]. Current state is ["
                    + container.state() + ", isReInitializing=" + reinitializing + "]. Container Execution Type is ["
                    + type + "].");
        }
        return container;
    }
}
