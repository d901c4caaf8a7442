package dev.heddle.common.rpc.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.rpc.RpcProtocol;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterMetricsRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetQueueInfoRequest;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueInfoProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterMetricsRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterMetricsResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of stock clients without authentication, and their answers. */
class StockClientTest {
    private static final int SEVERAL_MB = 6 << 20;

    /** A call that the server has taken and not answered. */
    private record Pending(String text, CompletableFuture<GetQueueInfoResponseProto> answer) {
        void complete() {
            answer.complete(GetQueueInfoResponseProto.newBuilder()
                    .setQueueInfo(QueueInfoProto.newBuilder().setQueueName(text))
                    .build());
        }
    }

    private final Configuration configuration = new YarnConfiguration();
    private final EchoService echo = new EchoService();
    private final BlockingQueue<Pending> pending = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** Answers when the test says so. */
    private RpcProtocol deferring() {
        return RpcProtocol.builder(ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor())
                .on("getQueueInfo", GetQueueInfoRequestProto.getDefaultInstance(), (caller, request) -> {
                    Pending call = new Pending(request.getQueueName(), new CompletableFuture<>());
                    pending.add(call);
                    return call.answer();
                })
                .build();
    }

    private Pending nextPending() throws InterruptedException {
        Pending call = pending.poll(30, TimeUnit.SECONDS);
        assertThat(call).as("a call").isNotNull();
        return call;
    }

    private StockClient<ApplicationClientProtocol> client(CompatServer server) {
        return StockClient.of(ApplicationClientProtocol.class, server.address(), configuration);
    }

    @Test
    void shouldAnswerAClientWithoutAuthentication() throws Exception {
        UserGroupInformation user = UserGroupInformation.createRemoteUser("some-user");
        try (CompatServer server = CompatServer.start(configuration, echo.ofClients());
                StockClient<ApplicationClientProtocol> client =
                        StockClient.as(user, ApplicationClientProtocol.class, server.address(), configuration)) {
            assertThat(EchoService.say(client, "hello")).isEqualTo("hello");
            assertThat(EchoService.say(client, "again")).isEqualTo("again");
        }
        assertThat(echo.callers()).hasSize(2).allSatisfy(caller -> {
            assertThat(caller.user()).isEqualTo("some-user");
            assertThat(caller.address()).isEqualTo("127.0.0.1");
            assertThat(caller.token()).isNull();
        });
    }

    @Test
    void shouldServeTwoProtocolsAtOnePort() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, echo.ofClients(), echo.ofMasters());
                StockClient<ApplicationClientProtocol> client = client(server);
                StockClient<ApplicationMasterProtocol> master =
                        StockClient.of(ApplicationMasterProtocol.class, server.address(), configuration)) {
            assertThat(EchoService.say(client, "client")).isEqualTo("client");
            assertThat(EchoService.sayAsMaster(master, "master")).isEqualTo("master");
            assertThat(EchoService.say(client, "client again")).isEqualTo("client again");
        }
    }

    @Test
    void shouldAnswerCallsOfOneConnectionInAnyOrder() throws Exception {
        int calls = 20;
        try (CompatServer server = CompatServer.start(configuration, deferring());
                RecordingProxy proxy = RecordingProxy.to(server.address());
                StockClient<ApplicationClientProtocol> client =
                        StockClient.of(ApplicationClientProtocol.class, proxy.address(), configuration)) {
            List<Future<String>> answers = new ArrayList<>();
            List<Pending> taken = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                String text = "call " + i;
                answers.add(threads.submit(() -> EchoService.say(client, text)));
                taken.add(nextPending());
            }
            for (int i = calls - 1; i >= 0; i--) {
                assertThat(answers.get(i).isDone()).isFalse();
                taken.get(i).complete();
                assertThat(answers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("call " + i);
            }
            assertThat(proxy.connections()).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepAConnectionThatPingsWhileItsCallWaits() throws Exception {
        configuration.setInt(CommonConfigurationKeys.IPC_PING_INTERVAL_KEY, 50);
        try (CompatServer server = CompatServer.start(configuration, deferring());
                RecordingProxy proxy = RecordingProxy.to(server.address());
                StockClient<ApplicationClientProtocol> client =
                        StockClient.of(ApplicationClientProtocol.class, proxy.address(), configuration)) {
            Future<String> answer = threads.submit(() -> EchoService.say(client, "patience"));
            Pending call = nextPending();
            proxy.awaitSent(bytes -> RpcFrames.countPings(bytes) >= 3);
            assertThat(answer.isDone()).isFalse();
            call.complete();
            assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo("patience");
            assertThat(proxy.connections()).isEqualTo(1);
        }
    }

    @Test
    void shouldCarryLargeMessagesBothWays() throws Exception {
        String text = "0123456789abcdef".repeat(SEVERAL_MB / 16);
        try (CompatServer server = CompatServer.start(configuration, echo.ofClients());
                StockClient<ApplicationClientProtocol> client = client(server)) {
            assertThat(EchoService.say(client, text).equals(text)).isTrue();
            assertThat(EchoService.say(client, "small")).isEqualTo("small");
        }
    }

    @Test
    void shouldCarryManyLargeAnswersAtOnceOnOneConnection() throws Exception {
        int calls = 8;
        String text = "0123456789abcdef".repeat(SEVERAL_MB / 16 / 4);
        try (CompatServer server = CompatServer.start(configuration, deferring());
                StockClient<ApplicationClientProtocol> client = client(server)) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                String own = i + text;
                answers.add(threads.submit(() -> EchoService.say(client, own)));
            }
            List<Pending> taken = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                taken.add(nextPending());
            }
            taken.forEach(Pending::complete);
            for (int i = 0; i < calls; i++) {
                assertThat(answers.get(i).get(30, TimeUnit.SECONDS).equals(i + text))
                        .isTrue();
            }
        }
    }

    @Test
    void shouldCarryEmptyMessages() throws Exception {
        RpcProtocol protocol = RpcProtocol.builder(
                        ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor())
                .on(
                        "getClusterMetrics",
                        GetClusterMetricsRequestProto.getDefaultInstance(),
                        (caller, request) ->
                                CompletableFuture.completedFuture(GetClusterMetricsResponseProto.getDefaultInstance()))
                .build();
        try (CompatServer server = CompatServer.start(configuration, protocol);
                StockClient<ApplicationClientProtocol> client = client(server)) {
            assertThat(client.call()
                            .getClusterMetrics(GetClusterMetricsRequest.newInstance())
                            .getClusterMetrics())
                    .isNull();
        }
    }

    @Test
    void shouldCarryExceptionsThatClientsKnowByTheirClass() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, deferring());
                StockClient<ApplicationClientProtocol> client = client(server)) {
            for (Exception failure : List.<Exception>of(
                    new ApplicationNotFoundException("no such application"),
                    new InvalidResourceRequestException("too large"),
                    new YarnException("a YARN exception"),
                    new InvalidToken("no such token"),
                    new StandbyException("not the active one"),
                    new RetriableException("again, please"),
                    new AccessControlException("not yours"),
                    new FileNotFoundException("a file"),
                    new IOException("some I/O"),
                    new IllegalStateException("a defect"),
                    new UnsupportedOperationException("not supported"))) {
                Future<String> answer = threads.submit(() -> EchoService.say(client, "fail"));
                nextPending().answer().completeExceptionally(failure);
                assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
                        .cause()
                        .isExactlyInstanceOf(failure.getClass())
                        .hasMessageContaining(failure.getMessage())
                        .hasMessageNotContaining("\tat ")
                        .hasCauseInstanceOf(RemoteException.class);
            }
        }
    }

    @Test
    void shouldCarryTheClassOfExceptionsThatClientsDoNotUnwrap() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, deferring());
                StockClient<ApplicationClientProtocol> client = client(server)) {
            Future<String> answer = threads.submit(() -> EchoService.say(client, "fail"));
            nextPending().answer().completeExceptionally(new GeneralSecurityException("odd"));
            assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS)).cause().satisfies(cause -> {
                RemoteException remote = (RemoteException) cause;
                assertThat(remote.getClassName()).isEqualTo(GeneralSecurityException.class.getName());
                assertThat(remote.getErrorCode()).isEqualTo(RpcErrorCodeProto.ERROR_APPLICATION);
                assertThat(remote).hasMessageContaining("odd");
            });
        }
    }

    @Test
    void shouldCarryAnErrorOfAHandlerAsAnExceptionThatNamesIt() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, deferring());
                StockClient<ApplicationClientProtocol> client = client(server)) {
            Future<String> answer = threads.submit(() -> EchoService.say(client, "fail"));
            nextPending().answer().completeExceptionally(new AssertionError("broken"));
            assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(IOException.class)
                    .asString()
                    .contains("AssertionError", "broken");
        }
    }

    @Test
    void shouldCarryAnExceptionWithoutAMessage() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, deferring());
                StockClient<ApplicationClientProtocol> client = client(server)) {
            Future<String> answer = threads.submit(() -> EchoService.say(client, "fail"));
            nextPending().answer().completeExceptionally(new YarnException());
            assertThatThrownBy(() -> answer.get(30, TimeUnit.SECONDS)).cause().isExactlyInstanceOf(YarnException.class);
        }
    }

    @Test
    void shouldCarryAnExceptionThatAHandlerThrowsAtOnceAndGoOn() throws Exception {
        RpcProtocol protocol = RpcProtocol.builder(
                        ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor())
                .on("getQueueInfo", GetQueueInfoRequestProto.getDefaultInstance(), (caller, request) -> {
                    if (request.getQueueName().isEmpty()) {
                        throw new AccessControlException("not even looked at");
                    }
                    return CompletableFuture.completedFuture(GetQueueInfoResponseProto.newBuilder()
                            .setQueueInfo(QueueInfoProto.newBuilder().setQueueName(request.getQueueName()))
                            .build());
                })
                .build();
        try (CompatServer server = CompatServer.start(configuration, protocol);
                RecordingProxy proxy = RecordingProxy.to(server.address());
                StockClient<ApplicationClientProtocol> client =
                        StockClient.of(ApplicationClientProtocol.class, proxy.address(), configuration)) {
            assertThatThrownBy(
                            () -> client.call().getQueueInfo(GetQueueInfoRequest.newInstance("", false, false, false)))
                    .isExactlyInstanceOf(AccessControlException.class)
                    .hasMessageContaining("not even looked at");
            assertThat(EchoService.say(client, "still there")).isEqualTo("still there");
            assertThat(proxy.connections()).isEqualTo(1);
        }
    }
}
