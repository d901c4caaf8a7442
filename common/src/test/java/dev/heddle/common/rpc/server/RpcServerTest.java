package dev.heddle.common.rpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.common.UserException;
import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.RpcNoSuchMethodException;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.ApplicationClientProtocolPB;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterMetricsRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationRequest;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.ipc.YarnRPC;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationIdProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetClusterNodesRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetNewApplicationResponseProto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hadoop's stock client against a server with one method. */
class RpcServerTest {
    private final Configuration configuration = new YarnConfiguration();
    private final RpcThreads threads = RpcThreads.start(configuration);
    private final CompletableFuture<Caller> caller = new CompletableFuture<>();
    private final CompletableFuture<GetNewApplicationResponseProto> answer = new CompletableFuture<>();
    private final RpcServer server = start(0);

    private RpcServer start(int port) {
        return RpcServer.start(
                threads,
                configuration,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                "some.address",
                RpcServer.Authentication.CONFIGURED,
                null,
                RpcProtocol.builder(ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor())
                        .on("getNewApplication", GetNewApplicationRequestProto.getDefaultInstance(), (who, request) -> {
                            caller.complete(who);
                            return answer;
                        })
                        .build());
    }

    private ApplicationClientProtocol client() {
        return (ApplicationClientProtocol) YarnRPC.create(configuration)
                .getProxy(ApplicationClientProtocol.class, server.address(), configuration);
    }

    @AfterEach
    void stop() {
        server.close();
        threads.close();
    }

    @Test
    void shouldAnswerLaterFromAnotherThread() throws Exception {
        ApplicationClientProtocol client = client();
        CompletableFuture<Void> answering =
                caller.thenRunAsync(() -> answer.complete(GetNewApplicationResponseProto.newBuilder()
                        .setApplicationId(
                                ApplicationIdProto.newBuilder().setId(7).setClusterTimestamp(3))
                        .build()));
        var response = client.getNewApplication(GetNewApplicationRequest.newInstance());
        answering.get(1, TimeUnit.SECONDS);
        assertThat(response.getApplicationId().getId()).isEqualTo(7);
        assertThat(caller.get(1, TimeUnit.SECONDS).address()).isEqualTo("127.0.0.1");
        assertThat(caller.get(1, TimeUnit.SECONDS).user()).isNotEmpty();
        assertThat(caller.get(1, TimeUnit.SECONDS).token()).isNull();
        RPC.stopProxy(client);
    }

    @Test
    void shouldCarryExceptionsByTheirClassAndWithoutAStackTrace() throws Exception {
        ApplicationClientProtocol client = client();
        CompletableFuture<Void> answering = caller.thenRunAsync(
                () -> answer.completeExceptionally(new ApplicationNotFoundException("no such thing")));
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> client.getNewApplication(GetNewApplicationRequest.newInstance()))
                .withMessageContaining("no such thing")
                .withMessageNotContaining("\tat ");
        answering.get(1, TimeUnit.SECONDS);
        RPC.stopProxy(client);
    }

    @Test
    void shouldRefuseAMethodThatIsNotAnswered() {
        ApplicationClientProtocol client = client();
        assertThatExceptionOfType(RpcNoSuchMethodException.class)
                .isThrownBy(() -> client.getClusterMetrics(GetClusterMetricsRequest.newInstance()))
                .withMessageContainingAll("getClusterMetrics", "not answered");
        RPC.stopProxy(client);
    }

    @Test
    void shouldNameTheSettingOfAPortThatIsTaken() {
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> start(server.port()))
                .withMessageContainingAll(":" + server.port(), "some.address");
    }

    @Test
    void shouldNotTakeAMethodThatTheProtocolLacks() {
        RpcProtocol.Builder builder = RpcProtocol.builder(
                ApplicationClientProtocolPB.class, ApplicationClientProtocolService.getDescriptor());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.on(
                        "getNewApplication",
                        GetClusterNodesRequestProto.getDefaultInstance(),
                        (who, request) -> answer))
                .withMessageContaining("getNewApplication");
    }
}
