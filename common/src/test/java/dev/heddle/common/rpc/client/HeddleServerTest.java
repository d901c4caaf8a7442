package dev.heddle.common.rpc.client;

import static dev.heddle.common.rpc.client.GreetingServer.GREET;
import static dev.heddle.common.rpc.client.GreetingServer.request;
import static dev.heddle.common.rpc.client.GreetingServer.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Heddle's client and Heddle's server, on the same I/O threads. */
class HeddleServerTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Configuration configuration = new Configuration(false);
    private final RpcThreads threads = RpcThreads.start(configuration);
    private final TestTokens tokens = new TestTokens();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        threads.close();
    }

    private RpcConnection connection(RpcServer.Authentication authentication, @Nullable TestTokens secrets) {
        RpcServer server = RpcServer.start(
                threads,
                configuration,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "some.address",
                authentication,
                secrets,
                RpcProtocol.builder(GreetingPB.class, ApplicationClientProtocolService.getDescriptor())
                        .on("getQueueInfo", GetQueueInfoRequestProto.getDefaultInstance(), (caller, request) -> {
                            if (request.getQueueName().isEmpty()) {
                                throw new StandbyException("not the leader");
                            }
                            return CompletableFuture.completedFuture(
                                    response(caller.user() + " " + request.getQueueName()));
                        })
                        .build());
        RpcClient client = RpcClient.create(threads, configuration);
        open.add(client);
        open.add(server);
        RpcIdentity identity =
                secrets == null ? RpcIdentity.simple("ada") : RpcIdentity.token("anybody", secrets.issue("bob"));
        return client.connect(server.address(), GreetingPB.class, identity, WhenUnreachable.FAIL);
    }

    private static void greet(RpcConnection connection, String user) throws Exception {
        String large = "x".repeat(300_000);
        List<CompletableFuture<GetQueueInfoResponseProto>> answers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            answers.add(connection.call(GREET, request(Integer.toString(i)), LONG));
        }
        CompletableFuture<GetQueueInfoResponseProto> last = connection.call(GREET, request(large), LONG);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(greeting(answers.get(i))).isEqualTo(user + " " + i);
        }
        assertThat(greeting(last)).isEqualTo(user + " " + large);
        assertThat(connection.call(GREET, request(""), LONG))
                .failsWithin(30, TimeUnit.SECONDS)
                .withThrowableThat()
                .withCauseExactlyInstanceOf(StandbyException.class);
    }

    private static String greeting(CompletableFuture<GetQueueInfoResponseProto> answer) throws Exception {
        return answer.get(30, TimeUnit.SECONDS).getQueueInfo().getQueueName();
    }

    @Test
    void shouldUnderstandEachOtherWithoutAuthentication() throws Exception {
        greet(connection(RpcServer.Authentication.CONFIGURED, null), "ada");
    }

    @Test
    void shouldUnderstandEachOtherWithTokensAtEachLevelOfProtection() throws Exception {
        for (String protection : new String[] {"authentication", "integrity", "privacy"}) {
            configuration.set(CommonConfigurationKeysPublic.HADOOP_RPC_PROTECTION, protection);
            greet(connection(RpcServer.Authentication.TOKEN_ONLY, tokens), "bob");
        }
    }
}
