package dev.heddle.common.rpc.client;

import static dev.heddle.common.rpc.client.GreetingServer.GREET;
import static dev.heddle.common.rpc.client.GreetingServer.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.security.sasl.SaslException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.minikdc.MiniKdc;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.UserGroupInformation.AuthenticationMethod;
import org.apache.hadoop.security.authorize.ProxyUsers;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls with Kerberos tickets, to Hadoop's own server, which is this process's login. */
@Tag("kerberos")
class RpcKerberosTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String SERVER = "greeter/localhost";
    private static final String SECRET = "a-name-that-nobody-else-should-read";

    private static MiniKdc kdc;
    private static File keytab;

    private final Configuration configuration = secure();
    private final RpcThreads threads = RpcThreads.start(configuration);
    private final TestTokens tokens = new TestTokens();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void startRealm(@TempDir Path directory) throws Exception {
        Properties properties = MiniKdc.createConf();
        properties.setProperty(MiniKdc.KDC_BIND_ADDRESS, "127.0.0.1");
        kdc = new MiniKdc(properties, directory.toFile());
        kdc.start();
        keytab = directory.resolve("all.keytab").toFile();
        kdc.createPrincipal(keytab, SERVER, "alice", "gate/localhost");
        UserGroupInformation.reset();
        UserGroupInformation.setConfiguration(secure());
        UserGroupInformation.loginUserFromKeytab(principal(SERVER), keytab.getPath());
    }

    @AfterAll
    static void stopRealm() {
        kdc.stop();
        System.clearProperty(MiniKdc.JAVA_SECURITY_KRB5_CONF);
        System.clearProperty(MiniKdc.SUN_SECURITY_KRB5_DEBUG);
        ProxyUsers.refreshSuperUserGroupsConfiguration(new Configuration(false));
        UserGroupInformation.reset();
    }

    @AfterEach
    void stop() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        threads.close();
    }

    private static String principal(String name) {
        return name + "@" + kdc.getRealm();
    }

    private static Configuration secure() {
        Configuration configuration = new Configuration();
        configuration.set(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHENTICATION, "kerberos");
        configuration.set(GreetingPB.PRINCIPAL_KEY, principal(SERVER));
        return configuration;
    }

    private static RpcIdentity login(String user) throws IOException {
        return RpcIdentity.kerberos(
                UserGroupInformation.loginUserFromKeytabAndReturnUGI(principal(user), keytab.getPath()));
    }

    private <T extends AutoCloseable> T closing(T closeable) {
        open.add(closeable);
        return closeable;
    }

    private GreetingServer server() {
        return closing(GreetingServer.start(
                configuration, 0, tokens, name -> CompletableFuture.completedFuture("hello " + name)));
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
    void shouldProveWhoItIsByATicket() throws Exception {
        GreetingServer server = server();
        assertThat(get(call(server.address(), login("alice"), "x"))).isEqualTo("hello x");
        UserGroupInformation caller = server.callers().element();
        assertThat(caller.getUserName()).isEqualTo(principal("alice"));
        assertThat(caller.getAuthenticationMethod()).isEqualTo(AuthenticationMethod.KERBEROS);
    }

    @Test
    void shouldActForAnotherWithItsOwnTicket() throws Exception {
        configuration.set("hadoop.proxyuser.gate.users", "ada");
        configuration.set("hadoop.proxyuser.gate.hosts", "*");
        GreetingServer server = server();
        ProxyUsers.refreshSuperUserGroupsConfiguration(configuration);
        UserGroupInformation gate =
                UserGroupInformation.loginUserFromKeytabAndReturnUGI(principal("gate/localhost"), keytab.getPath());
        RpcIdentity ada = RpcIdentity.kerberos(UserGroupInformation.createProxyUser("ada", gate));
        assertThat(get(call(server.address(), ada, "x"))).isEqualTo("hello x");
        UserGroupInformation caller = server.callers().element();
        assertThat(caller.getUserName()).isEqualTo("ada");
        assertThat(caller.getRealUser().getShortUserName()).isEqualTo("gate");
    }

    @Test
    void shouldUseATokenBeforeATicketAsTheServerPrefers() throws Exception {
        GreetingServer server = server();
        assertThat(get(call(server.address(), login("alice").with(tokens.issue("bob")), "x")))
                .isEqualTo("hello x");
        assertThat(server.callers().element().getUserName()).isEqualTo("bob");
    }

    @Test
    void shouldSayThatItHasNothingToShow() throws Exception {
        assertThat(failure(call(server().address(), RpcIdentity.simple("ada"), "x")))
                .isInstanceOf(AccessControlException.class)
                .hasMessageContaining("the server takes [TOKEN, KERBEROS]");
    }

    @Test
    void shouldNotTrustAServerOfAnotherPrincipal() throws Exception {
        GreetingServer server = server();
        configuration.set(GreetingPB.PRINCIPAL_KEY, principal("gate/localhost"));
        assertThat(failure(call(server.address(), login("alice"), "x")))
                .isInstanceOf(SaslException.class)
                .hasMessageContainingAll(principal(SERVER), principal("gate/localhost"), GreetingPB.PRINCIPAL_KEY);
        configuration.unset(GreetingPB.PRINCIPAL_KEY);
        assertThat(failure(call(server.address(), login("alice"), "x"))).hasMessageContaining("not set");
        assertThat(server.callers()).isEmpty();
    }

    @Test
    void shouldTrustAServerWhosePrincipalMatchesThePattern() throws Exception {
        GreetingServer server = server();
        configuration.set(GreetingPB.PRINCIPAL_KEY + ".pattern", "other/*@*");
        assertThat(failure(call(server.address(), login("alice"), "x"))).hasMessageContaining("allows other/*@*");
        configuration.set(GreetingPB.PRINCIPAL_KEY + ".pattern", "greeter/*@*");
        assertThat(get(call(server.address(), login("alice"), "x"))).isEqualTo("hello x");
    }

    private boolean readable(String protection) throws Exception {
        configuration.set(CommonConfigurationKeysPublic.HADOOP_RPC_PROTECTION, protection);
        Wire wire = closing(new Wire(server().address(), UnaryOperator.identity()));
        String large = SECRET.repeat(20_000);
        assertThat(get(call(wire.address(), login("alice"), large))).isEqualTo("hello " + large);
        boolean request = new String(wire.fromClient(), StandardCharsets.ISO_8859_1).contains(SECRET);
        boolean response = new String(wire.fromServer(), StandardCharsets.ISO_8859_1).contains(SECRET);
        assertThat(request).isEqualTo(response);
        return request;
    }

    @Test
    void shouldProtectAsConfigured() throws Exception {
        assertThat(readable("authentication")).isTrue();
        assertThat(readable("integrity")).isTrue();
        assertThat(readable("privacy")).isFalse();
    }

    @Test
    void shouldNotTakeAUserWithoutATicketForOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RpcIdentity.kerberos(UserGroupInformation.createRemoteUser("mallory")))
                .withMessageContaining("mallory");
    }
}
