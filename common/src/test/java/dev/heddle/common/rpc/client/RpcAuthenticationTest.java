package dev.heddle.common.rpc.client;

import static dev.heddle.common.rpc.client.GreetingServer.GREET;
import static dev.heddle.common.rpc.client.GreetingServer.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.UserGroupInformation.AuthenticationMethod;
import org.apache.hadoop.security.authorize.AuthorizationException;
import org.apache.hadoop.security.authorize.ProxyUsers;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who a call is from, how a server can know, and who else can read it: against Hadoop's own server. */
class RpcAuthenticationTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String SECRET = "a-name-that-nobody-else-should-read";

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
        ProxyUsers.refreshSuperUserGroupsConfiguration(new Configuration(false));
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        open.add(closeable);
        return closeable;
    }

    private GreetingServer server(@Nullable TestTokens secrets) {
        return closing(GreetingServer.start(
                configuration, 0, secrets, name -> CompletableFuture.completedFuture("hello " + name)));
    }

    private GreetingServer tokenServer() {
        Configuration tokensOnly = new Configuration(configuration);
        tokensOnly.set(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHENTICATION, "token");
        return closing(GreetingServer.start(
                tokensOnly, 0, tokens, name -> CompletableFuture.completedFuture("hello " + name)));
    }

    private CompletableFuture<GetQueueInfoResponseProto> call(
            InetSocketAddress address, RpcIdentity identity, String name) {
        return closing(RpcClient.create(threads, configuration))
                .connect(address, GreetingPB.class, identity, WhenUnreachable.FAIL)
                .call(GREET, request(name), LONG);
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
    void shouldActForAnotherWhereThatIsAllowed() throws Exception {
        configuration.set("hadoop.proxyuser.gate.users", "ada");
        configuration.set("hadoop.proxyuser.gate.hosts", "*");
        GreetingServer server = server(null);
        ProxyUsers.refreshSuperUserGroupsConfiguration(configuration);
        assertThat(get(call(server.address(), RpcIdentity.impersonating("gate", "ada"), "x")))
                .isEqualTo("hello x");
        UserGroupInformation caller = server.callers().element();
        assertThat(caller.getUserName()).isEqualTo("ada");
        assertThat(caller.getRealUser().getUserName()).isEqualTo("gate");
    }

    @Test
    void shouldSayThatActingForAnotherIsNotAllowed() throws Exception {
        GreetingServer server = server(null);
        assertThat(failure(call(server.address(), RpcIdentity.impersonating("gate", "eve"), "x")))
                .isInstanceOf(AuthorizationException.class)
                .hasMessageContainingAll("gate", "eve");
        assertThat(server.callers()).isEmpty();
    }

    @Test
    void shouldProveWhoItIsByAToken() throws Exception {
        GreetingServer server = tokenServer();
        assertThat(get(call(server.address(), RpcIdentity.token("anybody", tokens.issue("bob")), "x")))
                .isEqualTo("hello x");
        UserGroupInformation caller = server.callers().element();
        assertThat(caller.getUserName()).isEqualTo("bob");
        assertThat(caller.getAuthenticationMethod()).isEqualTo(AuthenticationMethod.TOKEN);
    }

    @Test
    void shouldUseATokenWhereTheServerTakesBoth() throws Exception {
        GreetingServer server = server(tokens);
        assertThat(get(call(server.address(), RpcIdentity.token("anybody", tokens.issue("bob")), "x")))
                .isEqualTo("hello x");
        assertThat(server.callers().element().getAuthenticationMethod()).isEqualTo(AuthenticationMethod.TOKEN);
    }

    @Test
    void shouldDoWithoutItsTokenWhereTheServerTakesNone() throws Exception {
        GreetingServer server = server(null);
        assertThat(get(call(server.address(), RpcIdentity.token("carol", tokens.issue("bob")), "x")))
                .isEqualTo("hello x");
        assertThat(server.callers().element().getUserName()).isEqualTo("carol");
    }

    @Test
    void shouldSayThatATokenIsNeeded() throws Exception {
        assertThat(failure(call(tokenServer().address(), RpcIdentity.simple("ada"), "x")))
                .isInstanceOf(AccessControlException.class)
                .hasMessageContaining("TOKEN");
    }

    @Test
    void shouldBeRefusedWithAForgedTokenAndNotShowIt() throws Exception {
        Token<TestTokens.Identifier> real = tokens.issue("bob");
        Token<TestTokens.Identifier> forged = new Token<>(
                real.getIdentifier(), "guessed".getBytes(StandardCharsets.UTF_8), real.getKind(), new Text());
        RpcIdentity identity = RpcIdentity.token("eve", forged);
        assertThat(identity.toString()).doesNotContain("guessed");
        GreetingServer server = tokenServer();
        assertThat(failure(call(server.address(), identity, "x")))
                .isInstanceOf(IOException.class)
                .message()
                .doesNotContain("guessed");
        assertThat(server.callers()).isEmpty();
    }

    @Test
    void shouldNotDoWithoutAuthenticationInASecureCluster() throws Exception {
        GreetingServer server = server(null);
        configuration.set(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHENTICATION, "kerberos");
        assertThat(failure(call(server.address(), RpcIdentity.simple("ada"), "x")))
                .isInstanceOf(AccessControlException.class)
                .hasMessageContaining(CommonConfigurationKeys.IPC_CLIENT_FALLBACK_TO_SIMPLE_AUTH_ALLOWED_KEY);
        configuration.setBoolean(CommonConfigurationKeys.IPC_CLIENT_FALLBACK_TO_SIMPLE_AUTH_ALLOWED_KEY, true);
        assertThat(get(call(server.address(), RpcIdentity.simple("ada"), "x"))).isEqualTo("hello x");
    }

    private boolean readable(String protection) throws Exception {
        configuration.set(CommonConfigurationKeysPublic.HADOOP_RPC_PROTECTION, protection);
        Wire wire = closing(new Wire(tokenServer().address(), UnaryOperator.identity()));
        String large = SECRET.repeat(20_000);
        RpcConnection connection = closing(RpcClient.create(threads, configuration))
                .connect(
                        wire.address(),
                        GreetingPB.class,
                        RpcIdentity.token("x", tokens.issue("bob")),
                        WhenUnreachable.FAIL);
        List<CompletableFuture<GetQueueInfoResponseProto>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(connection.call(GREET, request(SECRET + i), LONG));
        }
        CompletableFuture<GetQueueInfoResponseProto> last = connection.call(GREET, request(large), LONG);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(get(answers.get(i))).isEqualTo("hello " + SECRET + i);
        }
        assertThat(get(last)).isEqualTo("hello " + large);
        boolean request = new String(wire.fromClient(), StandardCharsets.ISO_8859_1).contains(SECRET);
        boolean response = new String(wire.fromServer(), StandardCharsets.ISO_8859_1).contains(SECRET);
        assertThat(request).isEqualTo(response);
        return request;
    }

    @Test
    void shouldSendInTheClearAfterAuthenticationAlone() throws Exception {
        assertThat(readable("authentication")).isTrue();
    }

    @Test
    void shouldSealWithIntegrity() throws Exception {
        assertThat(readable("integrity")).isTrue();
    }

    @Test
    void shouldHideWithPrivacy() throws Exception {
        assertThat(readable("privacy")).isFalse();
    }

    private CompletableFuture<GetQueueInfoResponseProto> tamperedAnswer(UnaryOperator<byte[]> tamper) throws Exception {
        configuration.set(CommonConfigurationKeysPublic.HADOOP_RPC_PROTECTION, "integrity");
        Wire wire = closing(new Wire(tokenServer().address(), tamper));
        return call(wire.address(), RpcIdentity.token("x", tokens.issue("bob")), "x");
    }

    /** Changes the frames that come after the authentication. */
    private static UnaryOperator<byte[]> afterwards(UnaryOperator<byte[]> change) {
        AtomicBoolean authenticated = new AtomicBoolean();
        return frame -> {
            if (authenticated.get()) {
                return change.apply(frame);
            }
            try {
                authenticated.set(ResponseFrame.parse(frame).sasl().getState() == RpcSaslProto.SaslState.SUCCESS);
                return frame;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    @Test
    void shouldNotTakeAnAnswerThatWasChangedOnTheWay() throws Exception {
        assertThat(failure(tamperedAnswer(afterwards(frame -> {
                    byte[] changed = frame.clone();
                    int greeting = new String(frame, StandardCharsets.ISO_8859_1).indexOf("hello");
                    assertThat(greeting).isPositive();
                    changed[greeting] = 'j';
                    return changed;
                }))))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining("the server sent a wrapped frame");
    }

    @Test
    void shouldNotTakeAnAnswerWithoutASealOnceThatWasAgreed() throws Exception {
        assertThat(failure(tamperedAnswer(afterwards(frame -> {
                    try {
                        return Responses.success(0, "hello from elsewhere")
                                .frame()
                                .toByteArray();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }))))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining("only authentication or wrapped frames are allowed");
    }

    @Test
    void shouldNotTakeAWeakerProtectionThanItWasTold() throws Exception {
        configuration.set(CommonConfigurationKeysPublic.HADOOP_RPC_PROTECTION, "authentication");
        GreetingServer server = tokenServer();
        configuration.set(CommonConfigurationKeysPublic.HADOOP_RPC_PROTECTION, "privacy");
        assertThat(failure(call(server.address(), RpcIdentity.token("x", tokens.issue("bob")), "x")))
                .isInstanceOf(IOException.class);
        assertThat(server.callers()).isEmpty();
    }
}
