package dev.heddle.common.rpc.client;

import static dev.heddle.common.rpc.client.GreetingServer.GREET;
import static dev.heddle.common.rpc.client.GreetingServer.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers that send what no server should. Each call ends, and says what was wrong. */
class HostileServerTest {
    /** Far longer than any of these tests: what ends at its deadline has hung. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private final Configuration configuration = new Configuration(false);
    private final RpcThreads threads = RpcThreads.start(configuration);
    private final TestTokens tokens = new TestTokens();
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

    private Optional<Throwable> failure(InetSocketAddress address, RpcIdentity identity) throws Exception {
        try (RpcClient client = RpcClient.create(threads, configuration)) {
            CompletableFuture<GetQueueInfoResponseProto> answer = client.connect(
                            address, GreetingPB.class, identity, WhenUnreachable.FAIL)
                    .call(GREET, request("x"), LONG);
            return answer.handle((response, failure) -> Optional.ofNullable(failure))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private Throwable failure(ScriptedServer.Script script) throws Exception {
        return failure(closing(new ScriptedServer(script)).address(), RpcIdentity.simple("ada"))
                .orElseThrow();
    }

    private static ScriptedServer.Script answering(byte... bytes) {
        return (in, out) -> {
            ScriptedServer.readFirstCall(in);
            out.write(bytes);
            out.flush();
            // The client has to end this, not the server.
            in.readAllBytes();
        };
    }

    private static ScriptedServer.Script answering(Responses response) {
        return (in, out) -> {
            ScriptedServer.readFirstCall(in);
            response.writeTo(out);
            in.readAllBytes();
        };
    }

    @Test
    void shouldNameWhatIsNoFrame() throws Exception {
        assertThat(failure(answering("HTTP/1.1 404 Not Found\r\n".getBytes(StandardCharsets.US_ASCII))))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContainingAll("the server sent a frame of 1213486160 bytes", "ipc.maximum.response.length");
        assertThat(failure(answering((byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF)))
                .hasMessageContaining("a frame of -1 bytes");
        assertThat(failure(answering(new byte[4]))).hasMessageContaining("a frame of 0 bytes");
        assertThat(failure(answering(new byte[] {0, 0, 0, 2, (byte) 0x80, (byte) 0x80})))
                .hasMessageContaining("a header that cannot be read");
    }

    @Test
    void shouldKeepToTheLimitOfAnAnswer() throws Exception {
        configuration.setInt(CommonConfigurationKeys.IPC_MAXIMUM_RESPONSE_LENGTH, 1_000);
        assertThat(failure(answering(Responses.success(0, "x".repeat(1_000)))))
                .hasMessageContaining("1 to 1000 are allowed");
        assertThat(failure(answering(new byte[] {0, 0, 3, (byte) 0xE9}))).hasMessageContaining("a frame of 1001 bytes");
    }

    @Test
    void shouldNameAnAnswerThatNobodyAskedFor() throws Exception {
        assertThat(failure(answering(Responses.success(77, "x")))).hasMessageContaining("call 77, which nobody made");
        assertThat(failure(answering(Responses.success(-33, "x")))).hasMessageContaining("kind -33 out of turn");
        assertThat(failure(answering(Responses.of(Responses.header(0, RpcStatusProto.SUCCESS)
                        .setClientId(ByteString.copyFromUtf8("somebody else..."))
                        .build()))))
                .hasMessageContaining("another client");
    }

    @Test
    void shouldNameAnAnswerThatIsNotOfItsKind() throws Exception {
        assertThat(failure(answering(
                        Responses.of(Responses.header(0, RpcStatusProto.SUCCESS).build()))))
                .hasMessageContaining("an answer to getQueueInfo that cannot be read");
        assertThat(failure(answering(Responses.of(
                        Responses.header(0, RpcStatusProto.SUCCESS).build(),
                        GreetingServer.response("x"),
                        GreetingServer.response("y")))))
                .hasMessageContaining("an answer to getQueueInfo that cannot be read");
    }

    @Test
    void shouldEndTheConnectionAfterAFatalAnswer() throws Exception {
        assertThat(failure(answering(
                        Responses.failure(0, RpcStatusProto.FATAL, "java.lang.IllegalStateException", "it is over"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("it is over");
        assertThat(failure(answering(Responses.failure(
                        -33, RpcStatusProto.FATAL, AccessControlException.class.getName(), "not you"))))
                .isInstanceOf(AccessControlException.class)
                .hasMessage("not you");
    }

    private Throwable tokenFailure(RpcSaslProto... messages) throws Exception {
        ScriptedServer server = closing(new ScriptedServer((in, out) -> {
            ScriptedServer.readConnectionHeader(in);
            for (RpcSaslProto message : messages) {
                Responses.of(Responses.header(-33, RpcStatusProto.SUCCESS).build(), message)
                        .writeTo(out);
            }
            in.readAllBytes();
        }));
        return failure(server.address(), RpcIdentity.token("x", tokens.issue("bob")))
                .orElseThrow();
    }

    private static RpcSaslProto.Builder state(RpcSaslProto.SaslState state) {
        return RpcSaslProto.newBuilder().setState(state);
    }

    @Test
    void shouldNotBeTalkedOutOfItsAuthentication() throws Exception {
        RpcSaslProto.SaslAuth.Builder digest = RpcSaslProto.SaslAuth.newBuilder()
                .setMethod("TOKEN")
                .setMechanism("DIGEST-MD5")
                .setProtocol("")
                .setServerId("default");
        RpcSaslProto offer =
                state(RpcSaslProto.SaslState.NEGOTIATE).addAuths(digest).build();
        assertThat(tokenFailure(offer, state(RpcSaslProto.SaslState.SUCCESS).build()))
                .hasMessageContaining("does not speak as a Hadoop RPC server does");
        assertThat(tokenFailure(state(RpcSaslProto.SaslState.CHALLENGE).build()))
                .hasMessageContaining("a challenge out of turn");
        assertThat(tokenFailure(state(RpcSaslProto.SaslState.WRAP).build())).hasMessageContaining("the state WRAP");
        assertThat(tokenFailure(state(RpcSaslProto.SaslState.NEGOTIATE)
                        .addAuths(digest.clone().setChallenge(ByteString.copyFromUtf8("nonsense")))
                        .build()))
                .isInstanceOf(IOException.class);
        assertThat(tokenFailure(state(RpcSaslProto.SaslState.NEGOTIATE)
                        .addAuths(digest.clone().setMechanism("PLAIN"))
                        .build()))
                .isInstanceOf(AccessControlException.class)
                .hasMessageContaining("the server takes [TOKEN]");
    }

    /** What Hadoop's server sends in a good conversation. */
    private byte[] recorded(RpcIdentity identity) throws Exception {
        Configuration server = new Configuration(configuration);
        if (identity.token() != null) {
            server.set(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHENTICATION, "token");
        }
        GreetingServer.Greeter greeter = name -> CompletableFuture.completedFuture("hello");
        try (GreetingServer greeting =
                        GreetingServer.start(server, 0, identity.token() == null ? null : tokens, greeter);
                Wire wire = new Wire(greeting.address(), UnaryOperator.identity())) {
            assertThat(failure(wire.address(), identity)).isEmpty();
            return wire.fromServer();
        }
    }

    /** Answers the first call with bytes that were recorded, in the name of the client that calls now. */
    private static ScriptedServer.Script replaying(byte[] recorded, int from, int count, int flipped) {
        return (in, out) -> {
            ByteString client = ScriptedServer.readFirstCall(in).getClientId();
            byte[] bytes = recorded.clone();
            System.arraycopy(client.toByteArray(), 0, bytes, from, client.size());
            if (flipped >= 0) {
                bytes[flipped] ^= 0x55;
            }
            out.write(bytes, 0, count);
            out.flush();
        };
    }

    private static int clientIdIn(byte[] recorded) throws IOException {
        byte[] frame = Arrays.copyOfRange(recorded, 4, recorded.length);
        byte[] client = ResponseFrame.parse(frame).header().getClientId().toByteArray();
        for (int i = 0; i + client.length <= recorded.length; i++) {
            if (Arrays.equals(recorded, i, i + client.length, client, 0, client.length)) {
                return i;
            }
        }
        throw new AssertionError("no client id");
    }

    @Test
    void shouldEndEveryCallOfAConversationThatIsCutAnywhereOrChangedAnywhere() throws Exception {
        RpcIdentity identity = RpcIdentity.simple("ada");
        byte[] recorded = recorded(identity);
        int client = clientIdIn(recorded);
        List<ScriptedServer.Script> scripts = new ArrayList<>();
        for (int cut = 0; cut < recorded.length; cut++) {
            scripts.add(replaying(recorded, client, cut, -1));
        }
        scripts.add(replaying(recorded, client, recorded.length, -1));
        for (int flipped = 0; flipped < recorded.length; flipped++) {
            scripts.add(replaying(recorded, client, recorded.length, flipped));
        }
        ScriptedServer server = closing(new ScriptedServer(scripts.toArray(ScriptedServer.Script[]::new)));
        for (int i = 0; i < scripts.size(); i++) {
            Optional<Throwable> failure = failure(server.address(), identity);
            if (i < recorded.length) {
                assertThat(failure).as("cut at %s", i).containsInstanceOf(OutcomeUnknownException.class);
            } else if (i == recorded.length) {
                assertThat(failure).as("the whole").isEmpty();
            }
        }
    }

    @Test
    void shouldEndEveryAuthenticationThatIsCutAnywhereOrPlayedAgain() throws Exception {
        RpcIdentity identity = RpcIdentity.token("x", tokens.issue("bob"));
        byte[] recorded = recorded(identity);
        List<ScriptedServer.Script> scripts = new ArrayList<>();
        for (int cut = 0; cut <= recorded.length; cut++) {
            int count = cut;
            scripts.add((in, out) -> {
                ScriptedServer.readConnectionHeader(in);
                ScriptedServer.readFrame(in);
                DataInputStream frames = new DataInputStream(new java.io.ByteArrayInputStream(recorded));
                int offer = Integer.BYTES + frames.readInt();
                out.write(recorded, 0, Math.min(count, offer));
                out.flush();
                if (count > offer) {
                    ScriptedServer.readFrame(in);
                    out.write(recorded, offer, count - offer);
                    out.flush();
                }
            });
        }
        ScriptedServer server = closing(new ScriptedServer(scripts.toArray(ScriptedServer.Script[]::new)));
        for (int cut = 0; cut <= recorded.length; cut++) {
            assertThat(failure(server.address(), identity))
                    .as("cut at %s of %s", cut, recorded.length)
                    .containsInstanceOf(IOException.class);
        }
    }
}
