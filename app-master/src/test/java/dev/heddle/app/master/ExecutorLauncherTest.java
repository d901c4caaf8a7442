package dev.heddle.app.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.executor.ExecutorMain;
import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.client.NodeRetries;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.yarn.api.ContainerManagementProtocolPB;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.impl.pb.StartContainersResponsePBImpl;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.NMToken;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.SerializedException;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.exceptions.NMNotYetReadyException;
import org.apache.hadoop.yarn.proto.ContainerManagementProtocol.ContainerManagementProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.StartContainersResponseProto;
import org.apache.hadoop.yarn.security.NMTokenIdentifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Launches on a node that answers, on a real socket, what the test wants answered. */
final class ExecutorLauncherTest {
    private static final ApplicationAttemptId ATTEMPT =
            ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 1), 1);
    private static final StartContainersResponseProto STARTED = StartContainersResponseProto.getDefaultInstance();
    private static final NodeRetries QUICK = new NodeRetries(1, 4);

    private final Configuration configuration = new Configuration(false);
    private final RpcThreads threads = RpcThreads.start(configuration);
    private final Tokens secrets = new Tokens();
    private final NodeTokens nodeTokens = new NodeTokens();
    private final BlockingQueue<String> failures = new LinkedBlockingQueue<>();
    private final BlockingQueue<Caller> callers = new LinkedBlockingQueue<>();
    private final BlockingQueue<StartContainersRequestProto> requests = new LinkedBlockingQueue<>();
    private final List<RpcServer> servers = new ArrayList<>();
    private final ExecutorLauncher launcher = new ExecutorLauncher(
            threads,
            new ExecutorLaunch(configuration, List.of(), ByteBuffer.wrap(new byte[] {1, 2, 3}), "here", 4711),
            new NodeConnections(threads, configuration, ATTEMPT, nodeTokens),
            QUICK);

    private static final class Tokens extends SecretManager<NMTokenIdentifier> {
        @Override
        protected byte[] createPassword(NMTokenIdentifier identifier) {
            return createPassword(
                    identifier.getBytes(), createSecretKey("a key for tests".getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        public byte[] retrievePassword(NMTokenIdentifier identifier) {
            return createPassword(identifier);
        }

        @Override
        public NMTokenIdentifier createIdentifier() {
            return new NMTokenIdentifier();
        }
    }

    @AfterEach
    void stop() {
        launcher.close();
        servers.forEach(RpcServer::close);
        threads.close();
    }

    private NodeId node(Function<StartContainersRequestProto, CompletionStage<StartContainersResponseProto>> answer) {
        RpcServer server = RpcServer.start(
                threads,
                configuration,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "node",
                RpcServer.Authentication.TOKEN_ONLY,
                secrets,
                RpcProtocol.builder(
                                ContainerManagementProtocolPB.class, ContainerManagementProtocolService.getDescriptor())
                        .on("startContainers", StartContainersRequestProto.getDefaultInstance(), (caller, request) -> {
                            callers.add(caller);
                            requests.add(request);
                            return answer.apply(request);
                        })
                        .build());
        servers.add(server);
        return withToken(NodeId.newInstance("localhost", server.port()));
    }

    private NodeId withToken(NodeId node) {
        NMTokenIdentifier identifier = new NMTokenIdentifier(ATTEMPT, node, "ada", 1);
        nodeTokens.keep(List.of(NMToken.newInstance(
                node,
                Token.newInstance(
                        identifier.getBytes(),
                        NMTokenIdentifier.KIND.toString(),
                        secrets.createPassword(identifier),
                        node.toString()))));
        return node;
    }

    private static Container container(int number, NodeId node) {
        return Container.newInstance(
                ContainerId.newContainerId(ATTEMPT, number),
                node,
                "node:2",
                Resource.newInstance(512, 1),
                Priority.newInstance(1),
                Token.newInstance(new byte[] {9}, "ContainerToken", new byte[] {9}, node.toString()));
    }

    private void start(int number, NodeId node) {
        launcher.start("executor " + number, container(number, node), failures::add);
    }

    @Test
    void shouldTellTheNodeWhatToRun() throws Exception {
        start(2, node(request -> CompletableFuture.completedFuture(STARTED)));

        StartContainersRequestProto request = requests.take();
        var launch = request.getStartContainerRequest(0).getContainerLaunchContext();
        assertThat(launch.getCommandList()).singleElement().satisfies(command -> assertThat(command)
                .contains(ExecutorMain.class.getName())
                .contains("here")
                .contains("4711")
                .contains("executor 2"));
        assertThat(launch.getTokens().toByteArray()).containsExactly(1, 2, 3);
        assertThat(request.getStartContainerRequest(0).getContainerToken().getKind())
                .isEqualTo("ContainerToken");
        assertThat(callers.take().user()).isEqualTo(ATTEMPT.toString());
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldHaveABoundedNumberOfCallsUnderWay() throws Exception {
        int most = 200;
        int containers = most + 50;
        BlockingQueue<CompletableFuture<StartContainersResponseProto>> held = new LinkedBlockingQueue<>();
        NodeId node = node(request -> {
            CompletableFuture<StartContainersResponseProto> later = new CompletableFuture<>();
            held.add(later);
            return later;
        });
        for (int i = 0; i < containers; i++) {
            start(i, node);
        }

        List<CompletableFuture<StartContainersResponseProto>> first = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            first.add(held.take());
        }
        assertThat(held).isEmpty();
        first.get(0).complete(STARTED);
        held.take().complete(STARTED);
        first.forEach(later -> later.complete(STARTED));
        for (int i = most + 1; i < containers; i++) {
            held.take().complete(STARTED);
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldTryANodeAgainThatIsNotReadyYet() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CompletableFuture<Boolean> started = new CompletableFuture<>();
        start(2, node(request -> {
            if (calls.incrementAndGet() < 3) {
                return CompletableFuture.failedFuture(new NMNotYetReadyException("still starting"));
            }
            started.complete(true);
            return CompletableFuture.completedFuture(STARTED);
        }));

        assertThat(started.get()).isTrue();
        assertThat(failures).isEmpty();
    }

    @Test
    void shouldGiveUpANodeThatIsNotThereAndSayWhy() throws Exception {
        NodeId gone;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            gone = withToken(NodeId.newInstance("localhost", socket.getLocalPort()));
        }
        start(2, gone);

        assertThat(failures.take())
                .contains("node " + gone + " did not start container_")
                .contains("cannot be reached");
    }

    @Test
    void shouldPassOnWhyANodeRefuses() throws Exception {
        StartContainersResponse refusal = StartContainersResponse.newInstance(
                Map.of(),
                List.of(),
                Map.of(
                        ContainerId.newContainerId(ATTEMPT, 2),
                        SerializedException.newInstance(new IOException("the disk is full"))));
        start(
                2,
                node(request ->
                        CompletableFuture.completedFuture(((StartContainersResponsePBImpl) refusal).getProto())));

        assertThat(failures.take()).endsWith("the disk is full");
        assertThat(requests).hasSize(1);
    }

    @Test
    void shouldSayThatThereIsNoTokenForANode() throws Exception {
        start(2, NodeId.newInstance("elsewhere", 1));

        assertThat(failures.take()).contains("no token for elsewhere:1");
    }
}
