package dev.heddle.nm.wire;

import dev.heddle.nm.container.NodeController;
import dev.heddle.nm.container.NodeInstructions;
import dev.heddle.nm.container.NodeReport;
import dev.heddle.nm.security.ContainerTokenSecrets;
import dev.heddle.nm.security.NmTokenSecrets;
import dev.heddle.nm.work.LoopHandoff;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.api.ResourceTracker;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.UnRegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.apache.hadoop.yarn.server.api.records.NodeAction;
import org.apache.hadoop.yarn.util.YarnVersionInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node registered with whichever resource manager leads: registers, reports at the interval that the resource
 * manager asks for and at once when a container begins or ends, and follows its instructions.
 *
 * <p>One thread does all of this and waits for each answer. A resource manager that does not answer, or that does not
 * lead, is left for the next one; running containers are told to the new leader and go on.
 */
public final class ResourceManagerLink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ResourceManagerLink.class);

    /** What the resource manager gets to say goodbye in, before the node goes without. */
    private static final long GOODBYE_LIMIT_MS = 2_000;

    private static final long DEFAULT_INTERVAL_MS = 1_000;

    private final NodeIdentity node;
    private final LeaderSearch search;
    private final NmTokenSecrets nmTokens;
    private final ContainerTokenSecrets containerTokens;
    private final Registration registration;
    private final LoopHandoff writer;
    private final NodeController controller;
    private final InstantSource clock;
    private final Consumer<String> dismissed;
    private final BlockingQueue<Boolean> news = new ArrayBlockingQueue<>(1);
    private final Thread thread;
    private volatile boolean closed;

    /** These belong to the link's thread. */
    private boolean registered;

    private int responseId;
    private long intervalMs = DEFAULT_INTERVAL_MS;

    /** The secrets that the resource manager hands out and rolls, and the life of it that they are from. */
    public record Trust(NmTokenSecrets nmTokens, ContainerTokenSecrets containerTokens, Registration registration) {}

    /**
     * @param dismissed hears, with the reason, that the resource manager wants this node to go
     */
    public ResourceManagerLink(
            NodeIdentity node,
            LeaderSearch search,
            Trust trust,
            LoopHandoff writer,
            NodeController controller,
            InstantSource clock,
            Consumer<String> dismissed) {
        this.node = node;
        this.search = search;
        this.nmTokens = trust.nmTokens();
        this.containerTokens = trust.containerTokens();
        this.registration = trust.registration();
        this.writer = writer;
        this.controller = controller;
        this.clock = clock;
        this.dismissed = dismissed;
        this.thread = new Thread(this::run, "resource-manager-link");
        thread.setDaemon(true);
    }

    /** Begins to look for a resource manager; once. */
    public void start() {
        thread.start();
    }

    /** Reports at once instead of at the next interval. Callable by every thread; never blocks. */
    public void report() {
        boolean first = news.offer(true);
        log.trace("news for the resource manager, {}", first ? "first" : "more");
    }

    private void run() {
        try {
            while (!closed) {
                Exception failure = call();
                if (failure == null) {
                    search.succeeded();
                    news.poll(intervalMs, TimeUnit.MILLISECONDS);
                } else if (!closed) {
                    TimeUnit.MILLISECONDS.sleep(search.failed(failure));
                }
            }
        } catch (InterruptedException e) {
            log.debug("the link to the resource manager was interrupted");
        } finally {
            goodbye();
            search.close();
        }
    }

    /** One call to the resource manager of the moment. Answers why it does not do, or null where it does. */
    private @Nullable Exception call() throws InterruptedException {
        try {
            ResourceTracker tracker = search.tracker();
            if (registered) {
                heartbeat(tracker);
            } else {
                register(tracker);
            }
            return null;
        } catch (IOException | YarnException e) {
            return e;
        }
    }

    private <T> T ask(CompletableFuture<T> answer) throws IOException, InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IOException("no answer from the node itself: " + e.getCause(), e);
        }
    }

    private void register(ResourceTracker tracker) throws IOException, YarnException, InterruptedException {
        NodeReport report = ask(writer.ask(controller::report));
        RegisterNodeManagerResponse response = tracker.registerNodeManager(RegisterNodeManagerRequest.newInstance(
                node.nodeId(),
                node.httpPort(),
                Resource.newInstance(
                        node.capability().memoryMb(), node.capability().vcores()),
                YarnVersionInfo.getVersion(),
                report.containers().stream().map(NodeRecords::registered).toList(),
                report.applications(),
                null,
                null,
                null,
                NodeRecords.nodeStatus(report, node, 0, clock.instant())));
        if (response.getNodeAction() == NodeAction.SHUTDOWN) {
            dismiss(response.getDiagnosticsMessage());
            return;
        }
        take(response.getContainerTokenMasterKey(), response.getNMTokenMasterKey());
        registration.registered(response.getRMIdentifier());
        responseId = 0;
        registered = true;
        // The first heartbeat follows at once and brings the interval.
        report();
        log.info(
                "registered with the resource manager at {} as {} with {} and {} containers",
                search.current(),
                node.nodeId(),
                node.capability(),
                report.containers().size());
    }

    private void heartbeat(ResourceTracker tracker) throws IOException, YarnException, InterruptedException {
        // Before the report is taken: what changes from here on is news again.
        news.clear();
        NodeReport report = ask(writer.ask(controller::report));
        NodeHeartbeatResponse response = tracker.nodeHeartbeat(NodeHeartbeatRequest.newInstance(
                NodeRecords.nodeStatus(report, node, responseId, clock.instant()),
                containerTokens.currentKey(),
                nmTokens.currentKey(),
                null));
        if (response.getNodeAction() == NodeAction.SHUTDOWN) {
            dismiss(response.getDiagnosticsMessage());
            return;
        }
        if (response.getNodeAction() == NodeAction.RESYNC) {
            log.info(
                    "the resource manager at {} asks this node to register again: {}",
                    search.current(),
                    response.getDiagnosticsMessage());
            registered = false;
            register(tracker);
            return;
        }
        take(response.getContainerTokenMasterKey(), response.getNMTokenMasterKey());
        responseId = response.getResponseId();
        intervalMs =
                response.getNextHeartBeatInterval() > 0 ? response.getNextHeartBeatInterval() : DEFAULT_INTERVAL_MS;
        NodeInstructions instructions = new NodeInstructions(
                List.copyOf(response.getContainersToCleanup()),
                List.copyOf(response.getContainersToBeRemovedFromNM()),
                List.copyOf(response.getApplicationsToCleanup()));
        writer.execute(() -> controller.apply(report, instructions));
    }

    private void take(@Nullable MasterKey containerTokenKey, @Nullable MasterKey nmTokenKey) {
        if (containerTokenKey != null) {
            containerTokens.setCurrentKey(containerTokenKey);
        }
        if (nmTokenKey != null) {
            nmTokens.setCurrentKey(nmTokenKey);
        }
    }

    private void dismiss(@Nullable String diagnostics) {
        registered = false;
        closed = true;
        report();
        String why = diagnostics == null || diagnostics.isEmpty() ? "it gave no reason" : diagnostics;
        log.error("the resource manager at {} wants this node to go: {}", search.current(), why);
        dismissed.accept(why);
    }

    private void goodbye() {
        if (!registered) {
            return;
        }
        try {
            search.tracker().unRegisterNodeManager(UnRegisterNodeManagerRequest.newInstance(node.nodeId()));
            log.info("unregistered from the resource manager at {}", search.current());
        } catch (IOException | YarnException e) {
            log.info("could not unregister from the resource manager at {}: {}", search.current(), e.toString());
        }
    }

    /** Says goodbye, for which the resource manager has little time, and ends. Safe to call more than once. */
    @Override
    public void close() {
        closed = true;
        report();
        try {
            thread.join(GOODBYE_LIMIT_MS);
            thread.interrupt();
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
