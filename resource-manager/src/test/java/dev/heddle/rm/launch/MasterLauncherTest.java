package dev.heddle.rm.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.rm.command.ApplicationCommand;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.core.CorePolicy;
import dev.heddle.rm.event.AttemptEvent;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.loop.ClusterLoop;
import dev.heddle.rm.model.ApplicationAcls;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.LaunchContext;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeOffer;
import dev.heddle.rm.model.NodeStatus;
import dev.heddle.rm.model.Retries;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.security.AmRmTokens;
import dev.heddle.rm.security.ContainerTokens;
import dev.heddle.rm.security.NodeTokens;
import dev.heddle.rm.security.RollingKeys;
import dev.heddle.rm.state.ClusterState;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.ContainerManagementProtocolPB;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StartContainersResponsePBImpl;
import org.apache.hadoop.yarn.api.records.SerializedException;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.NMNotYetReadyException;
import org.apache.hadoop.yarn.proto.ContainerManagementProtocol.ContainerManagementProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersResponseProto;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A core that starts masters on a node, which answers on a real socket what the test wants answered. */
class MasterLauncherTest {
    private static final long EPOCH = 1;
    private static final Resource SMALL = new Resource(128, 1);
    private static final Resource VAST = new Resource(1_000_000, 100_000);
    private static final StartContainersResponseProto STARTED = StartContainersResponseProto.getDefaultInstance();

    private final Configuration configuration = new Configuration(false);
    private final InstantSource clock = InstantSource.system();
    private final RpcThreads threads = RpcThreads.start(configuration);
    private final RollingKeys.Plan plan = new RollingKeys.Plan(1_000_000, 1_000);
    private final NodeTokens nodeTokens = new NodeTokens(clock, plan, () -> {});
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<Caller> callers = new LinkedBlockingQueue<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        threads.close();
    }

    /** A resource manager's core with its launcher, and a node that can run anything. */
    private ClusterLoop core(int nodePort) throws Exception {
        MasterLauncher launcher = new MasterLauncher(
                threads,
                configuration,
                new AmRmTokens(clock, plan),
                nodeTokens,
                new ContainerTokens(clock, plan, 600_000, clock.millis()));
        ClusterLoop loop = new ClusterLoop(
                new ClusterState(
                        clock.millis(),
                        EPOCH,
                        QueuePlan.single(Measure.DOMINANT, SMALL, VAST, 10_000, QueueSpec.ApplicationCaps.DEFAULT, 1)),
                new CorePolicy(
                        SMALL,
                        VAST,
                        100,
                        10_000,
                        new CorePolicy.Expiry(600_000, 600_000, 600_000, 60_000),
                        new CorePolicy.History(10_000, 10, 10_000),
                        0),
                clock,
                List.of(launcher, (state, more) -> events.addAll(more)),
                (what, cause) -> {
                    throw new AssertionError(what, cause);
                });
        launcher.reportTo(loop);
        open.add(loop.start());
        open.add(launcher);
        get(loop.submit(new NodeCommand.RegisterNode(
                new NodeId("localhost", nodePort),
                NodeOffer.of(VAST, 0, "3.5.0"),
                NodeStatus.HEALTHY,
                List.of(),
                List.of())));
        return loop;
    }

    private RpcServer node(
            Function<StartContainersRequestProto, CompletionStage<StartContainersResponseProto>> answer) {
        RpcServer server = RpcServer.start(
                threads,
                configuration,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "node",
                RpcServer.Authentication.TOKEN_ONLY,
                nodeTokens,
                RpcProtocol.builder(
                                ContainerManagementProtocolPB.class, ContainerManagementProtocolService.getDescriptor())
                        .on("startContainers", StartContainersRequestProto.getDefaultInstance(), (caller, request) -> {
                            callers.add(caller);
                            return answer.apply(request);
                        })
                        .build());
        open.add(server);
        return server;
    }

    private static <T> T get(CompletionStage<T> reply) throws Exception {
        return reply.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static AttemptId submit(ClusterLoop core) throws Exception {
        ApplicationId id =
                get(core.submit(new ApplicationCommand.TakeApplicationId())).application();
        get(core.submit(new ApplicationCommand.SubmitApplication(
                id,
                new ApplicationSpec(
                        "name",
                        "TYPE",
                        "user",
                        "default",
                        0,
                        Set.of(),
                        Retries.upTo(1),
                        SMALL,
                        ApplicationSpec.Labels.NONE,
                        false,
                        0,
                        ApplicationAcls.NOBODY,
                        new LaunchContext(new byte[0])))));
        return new AttemptId(id, 1);
    }

    private <T extends Event> T await(Class<T> kind) throws InterruptedException {
        while (true) {
            Event event = events.poll(30, TimeUnit.SECONDS);
            assertThat(event).as("a %s", kind.getSimpleName()).isNotNull();
            if (kind.isInstance(event)) {
                return kind.cast(event);
            }
        }
    }

    @Test
    void shouldStartAMasterInTheNameOfItsAttempt() throws Exception {
        BlockingQueue<StartContainersRequestProto> requests = new LinkedBlockingQueue<>();
        AttemptId attempt = submit(core(node(request -> {
                    requests.add(request);
                    return CompletableFuture.completedFuture(STARTED);
                })
                .port()));
        assertThat(await(AttemptEvent.AttemptLaunched.class).attempt()).isEqualTo(attempt);
        assertThat(callers.element().user()).isEqualTo(attempt.toString());
        assertThat(requests.element()
                        .getStartContainerRequest(0)
                        .getContainerLaunchContext()
                        .hasTokens())
                .isTrue();
    }

    @Test
    void shouldHaveManyLaunchesUnderWayWithoutAThreadForEach() throws Exception {
        int count = 1_500;
        int atOnce = 1_000;
        BlockingQueue<CompletableFuture<StartContainersResponseProto>> held = new LinkedBlockingQueue<>();
        ClusterLoop core = core(node(request -> {
                    CompletableFuture<StartContainersResponseProto> later = new CompletableFuture<>();
                    held.add(later);
                    return later;
                })
                .port());
        int threadsBefore = Thread.activeCount();
        for (int i = 0; i < count; i++) {
            assertThat(submit(core)).isNotNull();
        }
        List<CompletableFuture<StartContainersResponseProto>> first = new ArrayList<>();
        for (int i = 0; i < atOnce; i++) {
            CompletableFuture<StartContainersResponseProto> later = held.poll(30, TimeUnit.SECONDS);
            assertThat(later).isNotNull();
            first.add(later);
        }
        assertThat(held).isEmpty();
        assertThat(Thread.activeCount()).isLessThan(threadsBefore + 20);
        first.forEach(later -> later.complete(STARTED));
        for (int i = atOnce; i < count; i++) {
            CompletableFuture<StartContainersResponseProto> later = held.poll(30, TimeUnit.SECONDS);
            assertThat(later).isNotNull();
            later.complete(STARTED);
        }
        for (int i = 0; i < count; i++) {
            assertThat(await(AttemptEvent.AttemptLaunched.class)).isNotNull();
        }
    }

    @Test
    void shouldTryANodeAgainThatIsNotReadyYet() throws Exception {
        configuration.setInt(YarnConfiguration.CLIENT_NM_CONNECT_RETRY_INTERVAL_MS, 5);
        AtomicInteger calls = new AtomicInteger();
        AttemptId attempt = submit(core(node(request -> calls.incrementAndGet() < 3
                        ? CompletableFuture.failedFuture(new NMNotYetReadyException("still starting"))
                        : CompletableFuture.completedFuture(STARTED))
                .port()));
        assertThat(await(AttemptEvent.AttemptLaunched.class).attempt()).isEqualTo(attempt);
        assertThat(calls).hasValue(3);
    }

    private static int nobody() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            return taken.getLocalPort();
        }
    }

    @Test
    void shouldGiveUpANodeThatIsNotThereAndSayWhy() throws Exception {
        configuration.setInt(YarnConfiguration.CLIENT_NM_CONNECT_RETRY_INTERVAL_MS, 5);
        configuration.setInt(YarnConfiguration.CLIENT_NM_CONNECT_MAX_WAIT_MS, 20);
        int port = nobody();
        AttemptId attempt = submit(core(port));
        AttemptEvent.AttemptEnded ended = await(AttemptEvent.AttemptEnded.class);
        assertThat(ended.attempt()).isEqualTo(attempt);
        assertThat(ended.diagnostics()).contains("localhost:" + port + " cannot be reached");
    }

    @Test
    void shouldPassOnWhyANodeRefuses() throws Exception {
        AttemptId attempt = submit(core(node(request -> {
                    try {
                        ContainerTokenIdentifier identifier = new ContainerTokenIdentifier();
                        identifier.readFields(new DataInputStream(request.getStartContainerRequest(0)
                                .getContainerToken()
                                .getIdentifier()
                                .newInput()));
                        StartContainersResponse response = StartContainersResponse.newInstance(
                                Map.of(),
                                List.of(),
                                Map.of(
                                        identifier.getContainerID(),
                                        SerializedException.newInstance(new IOException("the disk is full"))));
                        return CompletableFuture.completedFuture(((StartContainersResponsePBImpl) response).getProto());
                    } catch (IOException e) {
                        return CompletableFuture.failedFuture(e);
                    }
                })
                .port()));
        AttemptEvent.AttemptEnded ended = await(AttemptEvent.AttemptEnded.class);
        assertThat(ended.attempt()).isEqualTo(attempt);
        assertThat(ended.diagnostics()).contains("the disk is full");
    }
}
