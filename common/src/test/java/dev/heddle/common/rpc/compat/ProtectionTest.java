package dev.heddle.common.rpc.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocol;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.junit.jupiter.api.Test;

/** What {@code hadoop.rpc.protection} does to the bytes of connections that tokens have authenticated. */
class ProtectionTest {
    private static final String AUTHENTICATION = "authentication";
    private static final String INTEGRITY = "integrity";
    private static final String PRIVACY = "privacy";
    private static final String TEXT = "a text to look for";
    private static final AMRMTokenIdentifier MASTER =
            new AMRMTokenIdentifier(ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 2), 3), 4);

    private final EchoService echo = new EchoService();
    private final TokenSecrets<AMRMTokenIdentifier> secrets = new TokenSecrets<>(AMRMTokenIdentifier::new);

    private static Configuration protection(String levels) {
        Configuration configuration = new YarnConfiguration();
        configuration.set(CommonConfigurationKeys.HADOOP_RPC_PROTECTION, levels);
        return configuration;
    }

    private CompatServer server(String levels) {
        return CompatServer.tokenOnly(protection(levels), secrets, echo.ofMasters());
    }

    private StockClient<ApplicationMasterProtocol> client(InetSocketAddress address, Configuration configuration)
            throws Exception {
        return StockClient.as(secrets.holder(MASTER, address), ApplicationMasterProtocol.class, address, configuration);
    }

    /** Says the text through a proxy, and returns whether it could be read there. */
    private boolean readable(String serverLevels, String clientLevels) throws Exception {
        try (CompatServer server = server(serverLevels);
                RecordingProxy proxy = RecordingProxy.to(server.address());
                StockClient<ApplicationMasterProtocol> client = client(proxy.address(), protection(clientLevels))) {
            assertThat(EchoService.sayAsMaster(client, TEXT)).isEqualTo(TEXT);
            assertThat(EchoService.sayAsMaster(client, TEXT)).isEqualTo(TEXT);
            assertThat(proxy.connections()).isEqualTo(1);
            return proxy.saw(TEXT);
        }
    }

    @Test
    void shouldShowTextsWhereOnlyUsersAreProtected() throws Exception {
        assertThat(readable(AUTHENTICATION, AUTHENTICATION)).isTrue();
    }

    @Test
    void shouldShowTextsWhereOnlyTheirIntegrityIsProtected() throws Exception {
        assertThat(readable(INTEGRITY, INTEGRITY)).isTrue();
    }

    @Test
    void shouldHideTextsWhereTheyArePrivate() throws Exception {
        assertThat(readable(PRIVACY, PRIVACY)).isFalse();
    }

    @Test
    void shouldTakeTheFirstLevelOfTheClientThatTheServerHasToo() throws Exception {
        assertThat(readable("authentication,privacy", PRIVACY)).isFalse();
        assertThat(readable("privacy,integrity,authentication", AUTHENTICATION)).isTrue();
        assertThat(readable("authentication,integrity,privacy", "privacy,integrity,authentication"))
                .isFalse();
        assertThat(readable("privacy,integrity,authentication", "authentication,privacy"))
                .isTrue();
    }

    @Test
    void shouldNotServeAClientWithoutALevelInCommon() throws Exception {
        try (CompatServer server = server(PRIVACY);
                StockClient<ApplicationMasterProtocol> client =
                        client(server.address(), protection("authentication,integrity"))) {
            assertThatThrownBy(() -> EchoService.sayAsMaster(client, TEXT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No common protection layer");
        }
        assertThat(echo.texts()).isEmpty();
    }

    @Test
    void shouldNotNoticeAChangeWhereOnlyUsersAreProtected() throws Exception {
        try (CompatServer server = server(AUTHENTICATION);
                RecordingProxy proxy = RecordingProxy.changing(server.address(), TEXT);
                StockClient<ApplicationMasterProtocol> client = client(proxy.address(), protection(AUTHENTICATION))) {
            String changed = EchoService.sayAsMaster(client, TEXT);
            assertThat(changed).isNotEqualTo(TEXT).hasSameSizeAs(TEXT);
            assertThat(echo.texts()).containsExactly(changed);
        }
    }

    /** Hadoop's server drops what was changed without a word, so that the client waits for ever. */
    @Test
    void shouldEndAConnectionOfWhichSomeoneHasChangedAByte() throws Exception {
        try (CompatServer server = server(INTEGRITY);
                RecordingProxy proxy = RecordingProxy.changing(server.address(), TEXT);
                StockClient<ApplicationMasterProtocol> client = client(proxy.address(), protection(INTEGRITY))) {
            assertThat(EchoService.sayAsMaster(client, "before")).isEqualTo("before");
            assertThatThrownBy(() -> EchoService.sayAsMaster(client, TEXT))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("unwrap");
            proxy.awaitEnd();
        }
        assertThat(echo.texts()).containsExactly("before");
    }

    @Test
    void shouldCarryLargeMessagesAtEveryLevel() throws Exception {
        String large = "0123456789abcdef".repeat(3 << 16);
        for (String level : new String[] {AUTHENTICATION, INTEGRITY, PRIVACY}) {
            try (CompatServer server = server(level);
                    StockClient<ApplicationMasterProtocol> client = client(server.address(), protection(level))) {
                assertThat(EchoService.sayAsMaster(client, large).equals(large)).isTrue();
                assertThat(EchoService.sayAsMaster(client, TEXT)).isEqualTo(TEXT);
            }
        }
    }
}
