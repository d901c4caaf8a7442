package dev.heddle.common.rpc.client;

import static dev.heddle.common.rpc.client.GreetingServer.GREET;
import static dev.heddle.common.rpc.client.GreetingServer.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.common.rpc.transport.RpcSettings;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.RpcNoSuchProtocolException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcRequestHeaderProto;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls to Hadoop's own server, and to servers that come, go and stall. */
class RpcClientTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(30);

    private final Configuration configuration = new Configuration(false);
    private final RpcThreads threads = RpcThreads.start(configuration);
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        threads.close();
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        open.add(closeable);
        return closeable;
    }

    private GreetingServer server(GreetingServer.Greeter greeter) {
        return closing(GreetingServer.start(configuration, greeter));
    }

    private RpcConnection connect(InetSocketAddress address, WhenUnreachable whenUnreachable) {
        return closing(RpcClient.create(threads, configuration))
                .connect(address, GreetingPB.class, RpcIdentity.simple("ada"), whenUnreachable);
    }

    private RpcConnection connect(InetSocketAddress address) {
        return connect(address, WhenUnreachable.FAIL);
    }

    private static String get(CompletableFuture<GetQueueInfoResponseProto> answer) throws Exception {
        return answer.get(30, TimeUnit.SECONDS).getQueueInfo().getQueueName();
    }

    private static Throwable failure(CompletableFuture<?> answer) throws Exception {
        return answer.<Throwable>handle((response, failure) -> {
                    if (failure == null) {
                        throw new AssertionError("answered with " + response);
                    }
                    return failure;
                })
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldCallAsTheUserItWasGiven() throws Exception {
        GreetingServer server = server(name -> CompletableFuture.completedFuture("hello " + name));
        assertThat(get(connect(server.address()).call(GREET, request("world"), LONG)))
                .isEqualTo("hello world");
        assertThat(server.callers().element().getUserName()).isEqualTo("ada");
    }

    @Test
    void shouldLookUpANameThatIsNotResolvedYet() throws Exception {
        GreetingServer server = server(CompletableFuture::completedFuture);
        InetSocketAddress name =
                InetSocketAddress.createUnresolved("localhost", server.address().getPort());
        assertThat(get(connect(name).call(GREET, request("x"), LONG))).isEqualTo("x");
    }

    @Test
    void shouldSayThatANameHasNoAddress() throws Exception {
        InetSocketAddress name = InetSocketAddress.createUnresolved("no-such-host.invalid", 1);
        assertThat(failure(connect(name).call(GREET, request("x"), LONG)))
                .isInstanceOf(UnknownHostException.class)
                .hasMessageContaining("no-such-host.invalid:1");
    }

    @Test
    void shouldMatchAnswersThatComeInAnyOrder() throws Exception {
        BlockingQueue<String> names = new LinkedBlockingQueue<>();
        List<CompletableFuture<String>> held = Collections.synchronizedList(new ArrayList<>());
        GreetingServer server = server(name -> {
            CompletableFuture<String> later = new CompletableFuture<>();
            held.add(later);
            names.add(name);
            return later.thenApply(greeting -> greeting + name);
        });
        RpcConnection connection = connect(server.address());
        int count = 300;
        List<CompletableFuture<GetQueueInfoResponseProto>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(connection.call(GREET, request(Integer.toString(i)), LONG));
        }
        for (int i = 0; i < count; i++) {
            assertThat(names.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
        Collections.shuffle(held, new java.util.Random(7));
        held.forEach(later -> later.complete("hello "));
        for (int i = 0; i < count; i++) {
            assertThat(get(answers.get(i))).isEqualTo("hello " + i);
        }
    }

    @Test
    void shouldTakeCallsFromManyThreadsAndCarryLargeMessages() throws Exception {
        GreetingServer server = server(CompletableFuture::completedFuture);
        RpcConnection connection = connect(server.address());
        String large = "x".repeat(300_000);
        List<CompletableFuture<String>> callers = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            String name = i + large;
            callers.add(CompletableFuture.completedFuture(name)
                    .thenComposeAsync(text -> connection.call(GREET, request(text), LONG))
                    .thenApply(answer -> answer.getQueueInfo().getQueueName()));
        }
        for (int i = 0; i < callers.size(); i++) {
            assertThat(callers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i + large);
        }
    }

    @Test
    void shouldTurnTheServersExceptionsIntoTheirClasses() throws Exception {
        GreetingServer server = server(name -> switch (name) {
            case "standby" -> throw new StandbyException("not the leader");
            case "missing" -> CompletableFuture.failedFuture(new ApplicationNotFoundException("no such thing"));
            default -> throw new IllegalStateException("first line\nsecond line");
        });
        RpcConnection connection = connect(server.address());
        assertThat(failure(connection.call(GREET, request("standby"), LONG)))
                .isExactlyInstanceOf(StandbyException.class)
                .hasMessage("not the leader")
                .hasCauseInstanceOf(RemoteException.class);
        assertThat(failure(connection.call(GREET, request("missing"), LONG)))
                .isExactlyInstanceOf(ApplicationNotFoundException.class)
                .hasMessage("no such thing");
        assertThat(failure(connection.call(GREET, request("other"), LONG)))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("first line\nsecond line");
    }

    @Test
    void shouldPassOnThatAServerDoesNotKnowTheProtocol() throws Exception {
        GreetingServer server = server(CompletableFuture::completedFuture);
        RpcConnection connection = closing(RpcClient.create(threads, configuration))
                .connect(
                        server.address(),
                        ApplicationClientProtocolPB.class,
                        RpcIdentity.simple("ada"),
                        WhenUnreachable.FAIL);
        assertThat(failure(connection.call(GREET, request("x"), LONG)))
                .isInstanceOf(RpcNoSuchProtocolException.class)
                .hasMessageContaining("ApplicationClientProtocolPB");
    }

    @Test
    void shouldFailACallAtItsDeadlineAndDropTheLateAnswer() throws Exception {
        CompletableFuture<String> late = new CompletableFuture<>();
        GreetingServer server =
                server(name -> name.equals("slow") ? late : CompletableFuture.completedFuture("hello " + name));
        RpcConnection connection = connect(server.address());
        assertThat(get(connection.call(GREET, request("a"), LONG))).isEqualTo("hello a");
        assertThat(failure(connection.call(GREET, request("slow"), SHORT)))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContainingAll(
                        "getQueueInfo",
                        ":" + server.address().getPort(),
                        SHORT.toMillis() + " ms",
                        "outcome is unknown");
        late.complete("too late");
        assertThat(get(connection.call(GREET, request("b"), LONG))).isEqualTo("hello b");
    }

    @Test
    void shouldFailCallsThatWereSentWhenTheServerGoesAndRetryTheOthers() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        GreetingServer server = GreetingServer.start(configuration, name -> {
            arrived.countDown();
            return new CompletableFuture<>();
        });
        int port = server.address().getPort();
        RpcConnection connection = connect(server.address(), WhenUnreachable.RETRY);
        CompletableFuture<GetQueueInfoResponseProto> sent = connection.call(GREET, request("a"), LONG);
        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        server.close();
        assertThat(failure(sent))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContainingAll(":" + port, "getQueueInfo", "outcome is unknown");
        CompletableFuture<GetQueueInfoResponseProto> waiting = connection.call(GREET, request("b"), LONG);
        closing(GreetingServer.start(
                configuration, port, null, name -> CompletableFuture.completedFuture("hello again " + name)));
        assertThat(get(waiting)).isEqualTo("hello again b");
    }

    @Test
    void shouldSendOnTheNextConnectionWhatTheFirstDidNotTake() throws Exception {
        ScriptedServer server = closing(new ScriptedServer((in, out) -> in.readFully(new byte[10_000]), (in, out) -> {
            ScriptedServer.readConnectionHeader(in);
            ScriptedServer.readFrame(in);
            while (true) {
                RpcRequestHeaderProto header = ScriptedServer.readFrame(in);
                Responses.success(header, "taken").writeTo(out);
            }
        }));
        RpcConnection connection = connect(server.address());
        String large = "x".repeat(1_000_000);
        List<CompletableFuture<GetQueueInfoResponseProto>> answers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            answers.add(connection.call(GREET, request(large), LONG));
        }
        int taken = 0;
        for (CompletableFuture<GetQueueInfoResponseProto> answer : answers) {
            try {
                assertThat(get(answer)).isEqualTo("taken");
                taken++;
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(OutcomeUnknownException.class);
            }
        }
        assertThat(taken).isBetween(1, 63);
    }

    private static InetSocketAddress nobody() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(taken.getInetAddress(), taken.getLocalPort());
        }
    }

    @Test
    void shouldSayAtOnceThatNobodyListens() throws Exception {
        InetSocketAddress nobody = nobody();
        RpcConnection connection = connect(nobody);
        for (int i = 0; i < 3; i++) {
            assertThat(failure(connection.call(GREET, request("x"), LONG)))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining(":" + nobody.getPort() + " cannot be reached");
        }
    }

    @Test
    void shouldTryAgainUntilTheDeadlineWhereThatIsWanted() throws Exception {
        RpcConnection connection = connect(nobody(), WhenUnreachable.RETRY);
        assertThat(failure(connection.call(GREET, request("x"), Duration.ofMillis(400))))
                .isInstanceOf(SocketTimeoutException.class)
                .hasMessageContaining("it was not sent, since")
                .hasCauseInstanceOf(ConnectException.class);
    }

    @Test
    void shouldGiveUpAServerThatAcceptsAndNeverAnswers() throws Exception {
        configuration.setInt(CommonConfigurationKeys.IPC_CLIENT_RPC_TIMEOUT_KEY, 100);
        ScriptedServer server = closing(new ScriptedServer((in, out) -> in.readAllBytes()));
        assertThat(failure(connect(server.address()).call(GREET, request("x"), LONG)))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining("the server said nothing for 100 ms");
    }

    @Test
    void shouldShowASignOfLifeWhileACallWaits() throws Exception {
        configuration.setInt(CommonConfigurationKeys.IPC_PING_INTERVAL_KEY, 20);
        ScriptedServer server = closing(new ScriptedServer((in, out) -> {
            RpcRequestHeaderProto call = ScriptedServer.readFirstCall(in);
            int ping = ScriptedServer.readFrame(in).getCallId();
            Responses.success(call, "after " + ping).writeTo(out);
        }));
        assertThat(get(connect(server.address()).call(GREET, request("x"), LONG)))
                .isEqualTo("after " + RpcConstants.PING_CALL_ID);
    }

    @Test
    void shouldCloseAnIdleConnectionAndOpenAnotherForTheNextCall() throws Exception {
        configuration.setInt(CommonConfigurationKeysPublic.IPC_CLIENT_CONNECTION_MAXIDLETIME_KEY, 20);
        CountDownLatch closed = new CountDownLatch(1);
        ScriptedServer server = closing(new ScriptedServer((in, out) -> {
            Responses.success(ScriptedServer.readFirstCall(in), "answered").writeTo(out);
            assertThat(in.read()).isEqualTo(-1);
            closed.countDown();
        }));
        RpcConnection connection = connect(server.address());
        assertThat(get(connection.call(GREET, request("x"), LONG))).isEqualTo("answered");
        assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(get(connection.call(GREET, request("y"), LONG))).isEqualTo("answered");
    }

    @Test
    void shouldRefuseOneCallTooMany() throws Exception {
        configuration.setInt(RpcSettings.CLIENT_CALLS.key(), 2);
        CompletableFuture<String> later = new CompletableFuture<>();
        RpcConnection connection = connect(server(name -> later).address());
        CompletableFuture<GetQueueInfoResponseProto> first = connection.call(GREET, request("a"), LONG);
        CompletableFuture<GetQueueInfoResponseProto> second = connection.call(GREET, request("b"), LONG);
        CompletableFuture<GetQueueInfoResponseProto> third = connection.call(GREET, request("c"), LONG);
        assertThat(third).isCompletedExceptionally();
        assertThat(failure(third)).hasMessageContainingAll("2 wait already", "heddle.rpc.client.max-calls");
        CompletableFuture<GetQueueInfoResponseProto> next =
                second.thenCompose(answer -> connection.call(GREET, request("d"), LONG));
        later.complete("now");
        assertThat(get(first)).isEqualTo("now");
        assertThat(get(next)).isEqualTo("now");
    }

    @Test
    void shouldFailItsCallsWhenItIsClosed() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        GreetingServer server = server(name -> {
            arrived.countDown();
            return new CompletableFuture<>();
        });
        RpcConnection connection = connect(server.address());
        CompletableFuture<GetQueueInfoResponseProto> sent = connection.call(GREET, request("a"), LONG);
        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        connection.close();
        assertThat(failure(sent)).isInstanceOf(OutcomeUnknownException.class).hasMessageContaining("closed");
        assertThat(failure(connection.call(GREET, request("b"), LONG))).hasMessageContaining("was closed");
    }

    @Test
    void shouldNotHangWhenTheThreadsHaveEnded() throws Exception {
        RpcThreads ended = RpcThreads.start(configuration);
        RpcConnection connection = closing(RpcClient.create(ended, configuration))
                .connect(nobody(), GreetingPB.class, RpcIdentity.simple("ada"), WhenUnreachable.FAIL);
        ended.close();
        assertThat(failure(connection.call(GREET, request("a"), LONG))).hasMessageContaining("I/O threads have ended");
    }

    @Test
    void shouldNotNameAMethodThatTheServiceLacks() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RpcCall.of(
                        ApplicationClientProtocolService.getDescriptor(),
                        "getQueueInfo",
                        GetNewApplicationRequestProto.getDefaultInstance(),
                        GetQueueInfoResponseProto.getDefaultInstance()))
                .withMessageContaining("getQueueInfo");
    }

    @Test
    void shouldNotTakeADeadlineThatHasPassed() throws Exception {
        RpcConnection connection = connect(nobody());
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> connection.call(GREET, request("x"), Duration.ZERO));
    }
}
