package dev.heddle.app.master;

import dev.heddle.common.rpc.client.LeaderSearch;
import dev.heddle.common.rpc.client.NodeRetries;
import dev.heddle.common.rpc.client.RpcCall;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StartContainersRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StartContainersResponsePBImpl;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ContainerManagementProtocol.ContainerManagementProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersResponseProto;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts executors through their nodes. No thread waits for a node; a node that cannot be reached or is not ready yet is
 * tried again for a limited time ({@link NodeRetries}). Callable by every thread; the rest happens on one I/O thread.
 */
final class ExecutorLauncher implements ExecutorStarter, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ExecutorLauncher.class);

    private static final RpcCall<StartContainersRequestProto, StartContainersResponseProto> START_CONTAINERS =
            RpcCall.of(
                    ContainerManagementProtocolService.getDescriptor(),
                    "startContainers",
                    StartContainersRequestProto.getDefaultInstance(),
                    StartContainersResponseProto.getDefaultInstance());

    /** Calls to nodes at a time; further launches wait, and there are no more than containers that were asked for. */
    private static final int MAX_CALLS = 200;

    private static final Duration CALL_LIMIT = Duration.ofMinutes(2);

    private final ExecutorLaunch launch;
    private final NodeConnections nodes;
    private final NodeRetries retries;
    private final Executor preparing;
    private final Executor loop;
    private volatile boolean closed;

    // These belong to the loop.
    private final Queue<Start> ready = new ArrayDeque<>();
    private int calls;

    /**
     * A launch that is not done.
     *
     * @param retries how often it was tried in vain
     */
    private record Start(String executorId, Container container, Consumer<String> failed, long retries) {
        Start again() {
            return new Start(executorId, container, failed, retries + 1);
        }
    }

    /**
     * Launches nothing yet.
     *
     * @param launch what nodes are told
     * @param nodes for this launcher alone, which closes them
     */
    ExecutorLauncher(RpcThreads threads, ExecutorLaunch launch, NodeConnections nodes, NodeRetries retries) {
        this.launch = launch;
        this.nodes = nodes;
        this.retries = retries;
        this.preparing = threads.slow();
        this.loop = threads.loop();
    }

    @Override
    public void start(String executorId, Container container, Consumer<String> failed) {
        enqueue(new Start(executorId, container, failed, 0));
    }

    private void enqueue(Start start) {
        try {
            loop.execute(() -> {
                ready.add(start);
                proceed();
            });
        } catch (RejectedExecutionException e) {
            log.debug(
                    "{} is not started: the application ends", start.container().getId());
        }
    }

    private void proceed() {
        while (calls < MAX_CALLS && !ready.isEmpty() && !closed) {
            begin(ready.remove());
        }
    }

    private void begin(Start start) {
        calls++;
        CompletableFuture<StartContainersRequestProto> request;
        try {
            // A list of some hundred files is more than an I/O thread should encode.
            request = CompletableFuture.supplyAsync(() -> request(start), preparing);
        } catch (RejectedExecutionException e) {
            request = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Void> outcome = request.thenComposeAsync(encoded -> call(start, encoded), loop)
                .handleAsync(
                        (started, failure) -> {
                            calls--;
                            settle(start, failure);
                            proceed();
                            return null;
                        },
                        loop);
        log.trace("{} is being started: {}", start.container().getId(), outcome);
    }

    private StartContainersRequestProto request(Start start) {
        StartContainersRequest request = StartContainersRequest.newInstance(List.of(StartContainerRequest.newInstance(
                launch.of(start.executorId()), start.container().getContainerToken())));
        return ((StartContainersRequestPBImpl) request).getProto();
    }

    private CompletableFuture<Void> call(Start start, StartContainersRequestProto request) {
        Container container = start.container();
        try {
            return nodes.borrow(container.getNodeId())
                    .call(START_CONTAINERS, request, CALL_LIMIT)
                    .whenCompleteAsync((response, failure) -> nodes.giveBack(container.getNodeId()), loop)
                    .thenAccept(response -> check(container, new StartContainersResponsePBImpl(response)));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void check(Container container, StartContainersResponsePBImpl response) {
        var refusal = response.getFailedRequests().get(container.getId());
        if (refusal != null) {
            throw new CompletionException(new YarnException(refusal.getMessage()));
        }
    }

    private void settle(Start start, @Nullable Throwable failure) {
        if (failure == null || closed) {
            return;
        }
        Container container = start.container();
        Throwable cause = LeaderSearch.cause(failure);
        if (retries.again(cause, start.retries())) {
            log.debug("{} is not ready for {}: {}", container.getNodeId(), container.getId(), cause.toString());
            CompletableFuture.delayedExecutor(retries.intervalMs(), TimeUnit.MILLISECONDS)
                    .execute(() -> enqueue(start.again()));
            return;
        }
        log.warn("node {} does not start {}", container.getNodeId(), container.getId(), cause);
        start.failed()
                .accept("node " + container.getNodeId() + " did not start " + container.getId() + ": "
                        + cause.getMessage());
    }

    @Override
    public void close() {
        closed = true;
        nodes.close();
    }
}
