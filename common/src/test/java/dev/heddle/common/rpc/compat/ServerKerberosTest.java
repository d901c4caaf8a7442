package dev.heddle.common.rpc.compat;

import static dev.heddle.common.rpc.compat.RawAnswers.assertFatal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.AuthorizationException;
import org.apache.hadoop.security.authorize.ProxyUsers;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock clients that have logged in with Kerberos. */
@Tag("kerberos")
class ServerKerberosTest {
    private static final String TEXT = "a text to look for";

    private static KerberosRealm realm;

    private Configuration configuration;
    private final EchoService echo = new EchoService();
    private final TokenSecrets<RMDelegationTokenIdentifier> secrets =
            new TokenSecrets<>(RMDelegationTokenIdentifier::new);

    @BeforeAll
    static void login(@TempDir Path directory) throws Exception {
        realm = KerberosRealm.start(directory, "alice", "oozie/127.0.0.1");
    }

    @BeforeEach
    void configure() {
        configuration = realm.configuration();
    }

    @AfterAll
    static void logout() {
        realm.close();
    }

    private CompatServer server() {
        return CompatServer.withSecrets(configuration, secrets, echo.ofClients());
    }

    private StockClient<ApplicationClientProtocol> client(UserGroupInformation user, InetSocketAddress address)
            throws Exception {
        return StockClient.as(user, ApplicationClientProtocol.class, address, configuration);
    }

    @Test
    void shouldKnowAUserByHisTicket() throws Exception {
        try (CompatServer server = server();
                StockClient<ApplicationClientProtocol> client = client(realm.login("alice"), server.address())) {
            assertThat(EchoService.say(client, "hello")).isEqualTo("hello");
        }
        assertThat(echo.callers().get(0).user()).isEqualTo("alice");
        assertThat(echo.callers().get(0).token()).isNull();
    }

    @Test
    void shouldServeWithoutSecretsToo() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, echo.ofClients());
                StockClient<ApplicationClientProtocol> client = client(realm.login("alice"), server.address())) {
            assertThat(EchoService.say(client, "hello")).isEqualTo("hello");
        }
        assertThat(echo.callers().get(0).user()).isEqualTo("alice");
    }

    @Test
    void shouldRefuseAClientWithoutAuthentication() throws Exception {
        try (CompatServer server = server();
                RawConnection connection = RawConnection.established(server.address())) {
            assertFatal(
                    connection,
                    -1,
                    RpcErrorCodeProto.FATAL_UNAUTHORIZED,
                    AccessControlException.class,
                    "SIMPLE authentication is not enabled",
                    "[TOKEN, KERBEROS]");
        }
        assertThat(echo.texts()).isEmpty();
    }

    @Test
    void shouldNotServeAUserWithoutATicket() throws Exception {
        try (CompatServer server = server();
                StockClient<ApplicationClientProtocol> client =
                        client(UserGroupInformation.createRemoteUser("mallory"), server.address())) {
            assertThatThrownBy(() -> EchoService.say(client, "hello"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Client cannot authenticate via:[TOKEN, KERBEROS]");
        }
        assertThat(echo.texts()).isEmpty();
    }

    @Test
    void shouldTakeATokenInPlaceOfATicket() throws Exception {
        RMDelegationTokenIdentifier identifier =
                new RMDelegationTokenIdentifier(new Text("bob"), new Text("renewer"), new Text("oozie"));
        try (CompatServer server = server();
                StockClient<ApplicationClientProtocol> client =
                        client(secrets.holder(identifier, server.address()), server.address())) {
            assertThat(EchoService.say(client, "hello")).isEqualTo("hello");
        }
        assertThat(echo.callers().get(0).user()).isEqualTo("bob");
        assertThat(echo.callers().get(0).token()).isEqualTo(identifier);
    }

    @Test
    void shouldTellTheHolderOfATokenWhyItIsInvalid() throws Exception {
        secrets.fail(new InvalidToken("this token expired yesterday"));
        RMDelegationTokenIdentifier identifier =
                new RMDelegationTokenIdentifier(new Text("bob"), new Text("renewer"), new Text());
        try (CompatServer server = server();
                StockClient<ApplicationClientProtocol> client =
                        client(secrets.holder(identifier, server.address()), server.address())) {
            assertThatThrownBy(() -> EchoService.say(client, "hello"))
                    .isExactlyInstanceOf(InvalidToken.class)
                    .hasMessage("this token expired yesterday");
        }
    }

    @Test
    void shouldProtectAsConfigured() throws Exception {
        assertThat(readable("authentication")).isTrue();
        assertThat(readable("integrity")).isTrue();
        assertThat(readable("privacy")).isFalse();
        assertThat(readable("privacy,authentication")).isFalse();
    }

    private boolean readable(String protection) throws Exception {
        configuration.set(CommonConfigurationKeys.HADOOP_RPC_PROTECTION, protection);
        String large = TEXT.repeat(100_000);
        try (CompatServer server = server();
                RecordingProxy proxy = RecordingProxy.to(server.address());
                StockClient<ApplicationClientProtocol> client = client(realm.login("alice"), proxy.address())) {
            assertThat(EchoService.say(client, TEXT)).isEqualTo(TEXT);
            assertThat(EchoService.say(client, large).equals(large)).isTrue();
            assertThat(EchoService.say(client, TEXT)).isEqualTo(TEXT);
            assertThat(proxy.connections()).isEqualTo(1);
            return proxy.saw(TEXT);
        }
    }

    @Test
    void shouldEndAConnectionOfWhichSomeoneHasChangedAByte() throws Exception {
        configuration.set(CommonConfigurationKeys.HADOOP_RPC_PROTECTION, "integrity");
        try (CompatServer server = server();
                RecordingProxy proxy = RecordingProxy.changing(server.address(), TEXT);
                StockClient<ApplicationClientProtocol> client = client(realm.login("alice"), proxy.address())) {
            assertThat(EchoService.say(client, "before")).isEqualTo("before");
            assertThatThrownBy(() -> EchoService.say(client, TEXT)).isInstanceOf(IOException.class);
            proxy.awaitEnd();
        }
        assertThat(echo.texts()).containsExactly("before");
    }

    @Test
    void shouldLetAServiceActForAUserByTheRules() throws Exception {
        configuration.set("hadoop.proxyuser.oozie.hosts", "127.0.0.1");
        configuration.set("hadoop.proxyuser.oozie.users", "bob");
        ProxyUsers.refreshSuperUserGroupsConfiguration(configuration);
        UserGroupInformation oozie = realm.login("oozie/127.0.0.1");
        try (CompatServer server = server();
                StockClient<ApplicationClientProtocol> allowed =
                        client(UserGroupInformation.createProxyUser("bob", oozie), server.address());
                StockClient<ApplicationClientProtocol> refused =
                        client(UserGroupInformation.createProxyUser("carol", oozie), server.address());
                StockClient<ApplicationClientProtocol> nobody =
                        client(UserGroupInformation.createProxyUser("bob", realm.login("alice")), server.address())) {
            assertThat(EchoService.say(allowed, "hello")).isEqualTo("hello");
            assertThatThrownBy(() -> EchoService.say(refused, "hello"))
                    .isExactlyInstanceOf(AuthorizationException.class)
                    .hasMessageContainingAll("oozie/127.0.0.1", "is not allowed to impersonate carol");
            assertThatThrownBy(() -> EchoService.say(nobody, "hello"))
                    .isExactlyInstanceOf(AuthorizationException.class)
                    .hasMessageContainingAll("alice", "is not allowed to impersonate bob");
        }
        assertThat(echo.callers()).hasSize(1);
        assertThat(echo.callers().get(0).user()).isEqualTo("bob");
    }
}
