package dev.heddle.rm.launch;

import dev.heddle.common.rpc.client.LeaderSearch;
import dev.heddle.common.rpc.client.NodeRetries;
import dev.heddle.common.rpc.client.RpcCall;
import dev.heddle.common.rpc.client.RpcClient;
import dev.heddle.common.rpc.client.RpcConnection;
import dev.heddle.common.rpc.client.RpcIdentity;
import dev.heddle.common.rpc.client.WhenUnreachable;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.rm.command.Command;
import dev.heddle.rm.command.MasterCommand;
import dev.heddle.rm.event.ContainerEvent;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.loop.ClusterLoop;
import dev.heddle.rm.loop.Publisher;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.Purpose;
import dev.heddle.rm.security.AmRmTokens;
import dev.heddle.rm.security.ContainerTokens;
import dev.heddle.rm.security.HadoopRecords;
import dev.heddle.rm.security.NodeTokens;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.ClusterState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.DataInputByteBuffer;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ApplicationConstants;
import org.apache.hadoop.yarn.api.ContainerManagementProtocolPB;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StartContainersRequestPBImpl;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StartContainersResponsePBImpl;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.impl.pb.ContainerLaunchContextPBImpl;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ContainerManagementProtocol.ContainerManagementProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerLaunchContextProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersResponseProto;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.util.ConverterUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the process of an application master once its container is granted: over the node's own
 * {@code startContainers}, with the AMRM token added to the credentials that were submitted. The outcome goes back to the
 * core as a command.
 *
 * <p>No thread waits for a node, so thousands of launches can be under way. A node that cannot be reached or is not ready
 * yet is tried again at a fixed interval for a limited time ({@link NodeRetries}).
 */
public final class MasterLauncher implements Publisher, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MasterLauncher.class);

    private static final RpcCall<StartContainersRequestProto, StartContainersResponseProto> START_CONTAINERS =
            RpcCall.of(
                    ContainerManagementProtocolService.getDescriptor(),
                    "startContainers",
                    StartContainersRequestProto.getDefaultInstance(),
                    StartContainersResponseProto.getDefaultInstance());

    /** Connections to nodes at a time; each has one launch. */
    private static final int MAX_CONNECTIONS = 1_000;

    /** Launches that are not done; beyond that an attempt fails and says so. */
    private static final int CAPACITY = 10_000;

    private static final Duration CALL_LIMIT = Duration.ofMinutes(2);

    private final AmRmTokens amRmTokens;
    private final NodeTokens nodeTokens;
    private final ContainerTokens containerTokens;
    private final RpcClient client;
    private final Executor preparing;
    private final ScheduledExecutorService io;
    private final NodeRetries retries;
    private final AtomicInteger undone = new AtomicInteger();
    private volatile @Nullable ClusterLoop loop;
    private volatile boolean closed;

    // These belong to the I/O thread.
    private final Queue<Launch> ready = new ArrayDeque<>();
    private int connections;

    /**
     * A launch, taken from the state while the core's thread was there.
     *
     * @param retries how often it was tried in vain
     */
    private record Launch(ContainerTokens.Subject subject, ApplicationSpec spec, long submittedAtMs, long retries) {
        ContainerId container() {
            return subject.container();
        }

        Launch again() {
            return new Launch(subject, spec, submittedAtMs, retries + 1);
        }
    }

    /** What a node is told, and by whom. */
    private record Prepared(RpcIdentity identity, StartContainersRequestProto request) {}

    /** Launches nothing before there is an event. */
    public MasterLauncher(
            RpcThreads threads,
            Configuration configuration,
            AmRmTokens amRmTokens,
            NodeTokens nodeTokens,
            ContainerTokens containerTokens) {
        this.amRmTokens = amRmTokens;
        this.nodeTokens = nodeTokens;
        this.containerTokens = containerTokens;
        this.client = RpcClient.create(threads, configuration);
        this.preparing = threads.slow();
        this.io = threads.loop();
        this.retries = NodeRetries.of(configuration);
    }

    /** Names who is told how launches went; before the first event. */
    public void reportTo(ClusterLoop clusterLoop) {
        loop = clusterLoop;
    }

    @Override
    public void publish(ClusterState state, List<Event> events) {
        for (Event event : events) {
            if (event instanceof ContainerEvent.ContainerGranted granted && granted.master()) {
                Application application =
                        state.application(granted.container().attempt().application());
                if (application != null) {
                    enqueue(new Launch(
                            new ContainerTokens.Subject(
                                    granted.container(),
                                    granted.node(),
                                    granted.resource(),
                                    0,
                                    new Purpose(granted.key(), Set.of()),
                                    application.spec().user(),
                                    true),
                            application.spec(),
                            application.submittedAtMs(),
                            0));
                }
            }
        }
    }

    private void enqueue(Launch launch) {
        if (undone.incrementAndGet() > CAPACITY) {
            done(launch, CAPACITY + " launches wait already");
            return;
        }
        try {
            io.execute(() -> {
                ready.add(launch);
                proceed();
            });
        } catch (RejectedExecutionException e) {
            done(launch, "the RM stops");
        }
    }

    private void proceed() {
        while (connections < MAX_CONNECTIONS && !ready.isEmpty()) {
            connections++;
            begin(ready.remove());
        }
    }

    private void begin(Launch launch) {
        CompletableFuture<Prepared> preparation;
        try {
            // Passwords, credentials and copies of messages are more than an I/O thread should do.
            preparation = CompletableFuture.supplyAsync(() -> prepare(launch), preparing);
        } catch (RejectedExecutionException e) {
            preparation = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Void> outcome = preparation
                .thenCompose(prepared -> start(launch, prepared))
                .handleAsync(
                        (started, failure) -> {
                            connections--;
                            settle(launch, failure);
                            proceed();
                            return null;
                        },
                        io);
        log.trace("{} is being started: {}", launch.container(), outcome);
    }

    private CompletableFuture<Void> start(Launch launch, Prepared prepared) {
        InetSocketAddress address = InetSocketAddress.createUnresolved(
                launch.subject().node().host(), launch.subject().node().port());
        RpcConnection node =
                client.connect(address, ContainerManagementProtocolPB.class, prepared.identity(), WhenUnreachable.FAIL);
        return node.call(START_CONTAINERS, prepared.request(), CALL_LIMIT)
                .whenComplete((response, failure) -> node.close())
                .thenAccept(response -> check(launch, new StartContainersResponsePBImpl(response)));
    }

    private Prepared prepare(Launch launch) {
        try {
            StartContainersRequest request = StartContainersRequest.newInstance(List.of(
                    StartContainerRequest.newInstance(context(launch), containerTokens.tokenFor(launch.subject()))));
            return new Prepared(identity(launch), ((StartContainersRequestPBImpl) request).getProto());
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private RpcIdentity identity(Launch launch) {
        Token<?> token = ConverterUtils.convertFromYarn(
                nodeTokens.tokenFor(
                        launch.container().attempt(),
                        launch.subject().node(),
                        launch.spec().user()),
                (InetSocketAddress) null);
        return RpcIdentity.token(launch.container().attempt().toString(), token);
    }

    private static void check(Launch launch, StartContainersResponse response) {
        var failure = response.getFailedRequests().get(HadoopRecords.of(launch.container()));
        if (failure != null) {
            throw new CompletionException(new YarnException(failure.getMessage()));
        }
    }

    private void settle(Launch launch, @Nullable Throwable failure) {
        if (failure == null) {
            done(launch, null);
            return;
        }
        Throwable cause = LeaderSearch.cause(failure);
        if (!closed && retries.again(cause, launch.retries())) {
            log.debug("{} is not ready for {}: {}", launch.subject().node(), launch.container(), cause.toString());
            Launch again = launch.again();
            Executor later = CompletableFuture.delayedExecutor(retries.intervalMs(), TimeUnit.MILLISECONDS, io);
            later.execute(() -> {
                ready.add(again);
                proceed();
            });
            return;
        }
        if (!closed) {
            log.warn(
                    "cannot start {} on {}",
                    launch.container(),
                    launch.subject().node(),
                    cause);
        }
        done(launch, cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }

    /**
     * Tells the core how a launch went.
     *
     * @param failure why it came to nothing; null where the node has started it
     */
    private void done(Launch launch, @Nullable String failure) {
        undone.decrementAndGet();
        if (!closed) {
            report(
                    failure == null
                            ? new MasterCommand.MasterLaunched(
                                    launch.container().attempt())
                            : new MasterCommand.MasterLaunchFailed(
                                    launch.container().attempt(), failure));
        }
    }

    private void report(Command<?> command) {
        ClusterLoop target = loop;
        if (target == null) {
            throw new IllegalStateException("no loop to report to");
        }
        target.submit(command).whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn("the outcome of a launch was not taken in: {}", command, failure);
            }
        });
    }

    private ContainerLaunchContext context(Launch launch) throws IOException {
        ContainerLaunchContext context = new ContainerLaunchContextPBImpl(ContainerLaunchContextProto.parseFrom(
                launch.spec().launchContext().encoded()));
        Map<String, String> environment = new HashMap<>(context.getEnvironment());
        environment.put(
                ApplicationConstants.APPLICATION_WEB_PROXY_BASE_ENV,
                "/proxy/" + launch.container().attempt().application());
        environment.put(ApplicationConstants.APP_SUBMIT_TIME_ENV, Long.toString(launch.submittedAtMs()));
        context.setEnvironment(environment);
        Credentials credentials = new Credentials();
        ByteBuffer submitted = context.getTokens();
        if (submitted != null) {
            DataInputByteBuffer in = new DataInputByteBuffer();
            in.reset(submitted);
            credentials.readTokenStorageStream(in);
        }
        Token<AMRMTokenIdentifier> token =
                amRmTokens.tokenFor(launch.container().attempt());
        credentials.addToken(token.getService(), token);
        DataOutputBuffer out = new DataOutputBuffer();
        credentials.writeTokenStorageToStream(out);
        context.setTokens(ByteBuffer.wrap(out.getData(), 0, out.getLength()));
        return context;
    }

    @Override
    public void close() {
        closed = true;
        client.close();
    }
}
