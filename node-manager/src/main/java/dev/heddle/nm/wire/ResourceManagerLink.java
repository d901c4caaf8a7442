package dev.heddle.nm.wire;

import dev.heddle.common.rpc.client.LeaderSearch;
import dev.heddle.common.rpc.client.RpcCall;
import dev.heddle.nm.container.NodeController;
import dev.heddle.nm.container.NodeInstructions;
import dev.heddle.nm.container.NodeReport;
import dev.heddle.nm.health.NodeHealth;
import dev.heddle.nm.logs.LogReport;
import dev.heddle.nm.logs.NodeLogs;
import dev.heddle.nm.security.ContainerTokenSecrets;
import dev.heddle.nm.security.NmTokenSecrets;
import dev.heddle.nm.watch.NodeUtilization;
import dev.heddle.nm.work.LoopHandoff;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.ServiceDescriptor;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.proto.ResourceTracker.ResourceTrackerService;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.NodeHeartbeatResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.RegisterNodeManagerResponseProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.UnRegisterNodeManagerRequestProto;
import org.apache.hadoop.yarn.proto.YarnServerCommonServiceProtos.UnRegisterNodeManagerResponseProto;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.UnRegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.NodeHeartbeatRequestPBImpl;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.NodeHeartbeatResponsePBImpl;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.RegisterNodeManagerRequestPBImpl;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.RegisterNodeManagerResponsePBImpl;
import org.apache.hadoop.yarn.server.api.protocolrecords.impl.pb.UnRegisterNodeManagerRequestPBImpl;
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
 * <p>There is one call at a time; its answer, or a timer, begins the next. All of this belongs to one I/O thread, and
 * none waits. A resource manager that does not answer, or that does not lead, is left for the next one; running
 * containers are told to the new leader and go on.
 */
public final class ResourceManagerLink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ResourceManagerLink.class);

    private static final ServiceDescriptor SERVICE = ResourceTrackerService.getDescriptor();

    private static final RpcCall<RegisterNodeManagerRequestProto, RegisterNodeManagerResponseProto> REGISTER =
            RpcCall.of(
                    SERVICE,
                    "registerNodeManager",
                    RegisterNodeManagerRequestProto.getDefaultInstance(),
                    RegisterNodeManagerResponseProto.getDefaultInstance());

    private static final RpcCall<NodeHeartbeatRequestProto, NodeHeartbeatResponseProto> HEARTBEAT = RpcCall.of(
            SERVICE,
            "nodeHeartbeat",
            NodeHeartbeatRequestProto.getDefaultInstance(),
            NodeHeartbeatResponseProto.getDefaultInstance());

    private static final RpcCall<UnRegisterNodeManagerRequestProto, UnRegisterNodeManagerResponseProto> UNREGISTER =
            RpcCall.of(
                    SERVICE,
                    "unRegisterNodeManager",
                    UnRegisterNodeManagerRequestProto.getDefaultInstance(),
                    UnRegisterNodeManagerResponseProto.getDefaultInstance());

    private static final Duration CALL_LIMIT = Duration.ofSeconds(10);

    /** What the resource manager gets to say goodbye in, before the node goes without. */
    private static final Duration GOODBYE_LIMIT = Duration.ofSeconds(2);

    private static final long DEFAULT_INTERVAL_MS = 1_000;

    /** The pause after which the node itself is asked again to follow instructions, where it was too busy. */
    private static final long BUSY_PAUSE_MS = 10;

    private final NodeIdentity node;
    private final LeaderSearch search;
    private final NmTokenSecrets nmTokens;
    private final ContainerTokenSecrets containerTokens;
    private final Registration registration;
    private final Inside inside;
    private final Consumer<String> dismissed;
    private final ScheduledExecutorService loop;
    private final AtomicBoolean news = new AtomicBoolean();
    private volatile boolean closed;
    private volatile boolean quiet;
    private volatile boolean decommissioned;

    // These belong to the loop.
    private boolean registered;

    /** Whether the last call failed, so that a leader has to be found. */
    private boolean searching;

    private int responseId;
    private long intervalMs = DEFAULT_INTERVAL_MS;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable CompletableFuture<Void> underWay;

    /** The secrets that the resource manager hands out and rolls, and the life of it that they are from. */
    public record Trust(NmTokenSecrets nmTokens, ContainerTokenSecrets containerTokens, Registration registration) {}

    /**
     * The node that is reported on.
     *
     * @param utilization what it and its containers use; never blocks
     * @param health how it is; never blocks
     */
    public record Inside(
            LoopHandoff writer,
            NodeController controller,
            SelfDescription description,
            NodeLogs logs,
            Supplier<NodeUtilization> utilization,
            Supplier<NodeHealth> health,
            InstantSource clock) {}

    /** What is told in one call. */
    private record News(NodeReport report, List<LogReport> logs) {}

    /**
     * Prepares the link.
     *
     * @param loop one I/O thread
     * @param dismissed hears, with the reason, that the resource manager wants this node to go
     */
    public ResourceManagerLink(
            NodeIdentity node,
            LeaderSearch search,
            Trust trust,
            Inside inside,
            ScheduledExecutorService loop,
            Consumer<String> dismissed) {
        this.node = node;
        this.search = search;
        this.nmTokens = trust.nmTokens();
        this.containerTokens = trust.containerTokens();
        this.registration = trust.registration();
        this.inside = inside;
        this.loop = loop;
        this.dismissed = dismissed;
    }

    /** Begins to look for a resource manager; once. */
    public void start() {
        loop.execute(this::next);
    }

    /** Reports at once instead of at the next interval. Callable by every thread; never blocks. */
    public void report() {
        if (news.compareAndSet(false, true)) {
            try {
                loop.execute(this::hurry);
            } catch (RejectedExecutionException e) {
                log.debug("news for the resource manager after the end of the link");
            }
        }
    }

    /** What has happened while a call is under way is told by the next one; the search keeps its pauses. */
    private void hurry() {
        ScheduledFuture<?> waiting = timer;
        if (underWay == null && !searching && waiting != null) {
            waiting.cancel(false);
            next();
        }
    }

    /** Makes the call that is due. */
    private void next() {
        timer = null;
        if (closed) {
            return;
        }
        // Before the report is taken: what changes from here on is news again.
        news.set(false);
        boolean known = registered;
        CompletableFuture<Void> call = inside.writer()
                .ask(() -> new News(inside.controller().report(), inside.logs().reports(!known)))
                .thenComposeAsync(told -> known ? heartbeat(told) : register(told), loop);
        underWay = call.handleAsync(
                (done, failure) -> {
                    settle(failure);
                    return null;
                },
                loop);
    }

    private void settle(@Nullable Throwable failure) {
        underWay = null;
        searching = failure != null;
        if (searching) {
            inside.description().unheard();
        }
        long pauseMs;
        if (failure == null) {
            search.succeeded();
            pauseMs = news.get() ? 0 : intervalMs;
        } else {
            pauseMs = search.failed(search.connection(), LeaderSearch.cause(failure));
        }
        if (!closed) {
            timer = loop.schedule(this::next, pauseMs, TimeUnit.MILLISECONDS);
        }
    }

    private CompletableFuture<Void> register(News told) {
        NodeReport report = told.report();
        RegisterNodeManagerRequest request = RegisterNodeManagerRequest.newInstance(
                node.nodeId(),
                node.httpPort(),
                inside.description().capability(),
                YarnVersionInfo.getVersion(),
                report.containers().stream().map(NodeRecords::registered).toList(),
                report.applications(),
                null,
                null,
                null,
                NodeRecords.nodeStatus(
                        report,
                        node,
                        inside.utilization().get(),
                        0,
                        inside.health().get()));
        inside.description().fill(request, inside.clock().instant());
        request.setLogAggregationReportsForApps(NodeRecords.logs(told.logs()));
        return search.connection()
                .call(REGISTER, ((RegisterNodeManagerRequestPBImpl) request).getProto(), CALL_LIMIT)
                .thenAcceptAsync(
                        response -> registered(
                                new RegisterNodeManagerResponsePBImpl(response),
                                report.containers().size()),
                        loop);
    }

    private void registered(RegisterNodeManagerResponse response, int containers) {
        if (response.getNodeAction() == NodeAction.SHUTDOWN) {
            dismiss(response.getDiagnosticsMessage());
            return;
        }
        String refusal = inside.description().refusal(response);
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        inside.description().taken(response);
        take(response.getContainerTokenMasterKey(), response.getNMTokenMasterKey());
        registration.registered(response.getRMIdentifier());
        responseId = 0;
        registered = true;
        // The first heartbeat follows at once and brings the interval.
        news.set(true);
        log.info(
                "registered with the resource manager at {} as {} with {} and {} containers",
                search.current(),
                node.nodeId(),
                inside.description().capability(),
                containers);
    }

    private CompletableFuture<Void> heartbeat(News told) {
        NodeReport report = told.report();
        NodeHeartbeatRequest request = NodeHeartbeatRequest.newInstance(
                NodeRecords.nodeStatus(
                        report,
                        node,
                        inside.utilization().get(),
                        responseId,
                        inside.health().get()),
                containerTokens.currentKey(),
                nmTokens.currentKey(),
                null);
        inside.description().fill(request, inside.clock().instant());
        request.setLogAggregationReportsForApps(NodeRecords.logs(told.logs()));
        return search.connection()
                .call(HEARTBEAT, ((NodeHeartbeatRequestPBImpl) request).getProto(), CALL_LIMIT)
                .thenComposeAsync(response -> answered(told, new NodeHeartbeatResponsePBImpl(response)), loop);
    }

    private CompletableFuture<Void> answered(News told, NodeHeartbeatResponse response) {
        if (response.getNodeAction() == NodeAction.SHUTDOWN) {
            decommissioned = true;
            dismiss(response.getDiagnosticsMessage());
            return nothing();
        }
        if (response.getNodeAction() == NodeAction.RESYNC) {
            log.info(
                    "the resource manager at {} asks this node to register again: {}",
                    search.current(),
                    response.getDiagnosticsMessage());
            registered = false;
            news.set(true);
            return nothing();
        }
        inside.description().taken(response);
        take(response.getContainerTokenMasterKey(), response.getNMTokenMasterKey());
        responseId = response.getResponseId();
        intervalMs =
                response.getNextHeartBeatInterval() > 0 ? response.getNextHeartBeatInterval() : DEFAULT_INTERVAL_MS;
        return follow(told, Instructions.read(response));
    }

    /** Instructions are given once and must not be lost: a node that is too busy for them is asked again. */
    private CompletableFuture<Void> follow(News told, NodeInstructions instructions) {
        return inside.writer()
                .<Boolean>ask(() -> {
                    inside.controller().apply(told.report(), instructions);
                    inside.logs().told(told.logs());
                    return true;
                })
                .handleAsync((done, failure) -> failure, loop)
                .thenCompose(failure -> {
                    if (failure == null || closed) {
                        return nothing();
                    }
                    Executor later = CompletableFuture.delayedExecutor(BUSY_PAUSE_MS, TimeUnit.MILLISECONDS, loop);
                    return nothing().thenComposeAsync(paused -> follow(told, instructions), later);
                });
    }

    private static CompletableFuture<Void> nothing() {
        return CompletableFuture.completedFuture(null);
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
        String why = diagnostics == null || diagnostics.isEmpty() ? "it gave no reason" : diagnostics;
        log.error("the resource manager at {} wants this node to go: {}", search.current(), why);
        leave(why);
    }

    /** It has taken this node, which does not stay. */
    private void refuse(String why) {
        log.error(
                "this node leaves the resource manager at {}: {}; upgrade that, or lower {}",
                search.current(),
                why,
                YarnConfiguration.NM_RESOURCEMANAGER_MINIMUM_VERSION);
        leave(why);
    }

    private void leave(String why) {
        registered = false;
        closed = true;
        dismissed.accept(why);
    }

    /** Ends the timer and says goodbye once the call that is under way has its answer. */
    private CompletableFuture<Void> end() {
        if (timer != null) {
            timer.cancel(false);
        }
        CompletableFuture<Void> last = underWay == null ? nothing() : underWay;
        return last.thenComposeAsync(done -> goodbye(), loop);
    }

    private CompletableFuture<Void> goodbye() {
        if (!registered || quiet) {
            return nothing();
        }
        registered = false;
        UnRegisterNodeManagerRequest request = UnRegisterNodeManagerRequest.newInstance(node.nodeId());
        return search.connection()
                .call(UNREGISTER, ((UnRegisterNodeManagerRequestPBImpl) request).getProto(), GOODBYE_LIMIT)
                .handleAsync(
                        (response, failure) -> {
                            if (failure == null) {
                                log.info("unregistered from the resource manager at {}", search.current());
                            } else {
                                log.info(
                                        "could not unregister from the resource manager at {}: {}",
                                        search.current(),
                                        failure.toString());
                            }
                            return null;
                        },
                        loop);
    }

    /** Ends without a goodbye: the node comes back, and its containers go on meanwhile. */
    public void leaveQuietly() {
        quiet = true;
        close();
    }

    /** Whether the resource manager has sent this node away after it had taken it. */
    public boolean isDecommissioned() {
        return decommissioned;
    }

    /** Says goodbye, for which the resource manager has little time, and ends. Safe to call more than once. */
    @Override
    public void close() {
        closed = true;
        try {
            CompletableFuture<Void> ended = nothing().thenComposeAsync(now -> end(), loop);
            ended.get(GOODBYE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException | TimeoutException | ExecutionException e) {
            log.info("left the resource manager at {} without a goodbye", search.current());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        search.close();
    }
}
