package dev.heddle.common.rpc.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import javax.security.sasl.SaslException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocol;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Stock clients that hold tokens, and servers that want them. */
class TokenTest {
    private static final AMRMTokenIdentifier MASTER =
            new AMRMTokenIdentifier(ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 2), 3), 4);
    private static final UserGroupInformation STRANGER = UserGroupInformation.createRemoteUser("stranger");

    private final Configuration configuration = new YarnConfiguration();
    private final EchoService echo = new EchoService();
    private final TokenSecrets<AMRMTokenIdentifier> masters = new TokenSecrets<>(AMRMTokenIdentifier::new);
    private final TokenSecrets<RMDelegationTokenIdentifier> clients =
            new TokenSecrets<>(RMDelegationTokenIdentifier::new);

    private CompatServer tokenOnly() {
        return CompatServer.tokenOnly(configuration, masters, echo.ofMasters());
    }

    private StockClient<ApplicationMasterProtocol> masterAs(UserGroupInformation user, InetSocketAddress address)
            throws Exception {
        return StockClient.as(user, ApplicationMasterProtocol.class, address, configuration);
    }

    private StockClient<ApplicationClientProtocol> clientAs(UserGroupInformation user, InetSocketAddress address)
            throws Exception {
        return StockClient.as(user, ApplicationClientProtocol.class, address, configuration);
    }

    @Test
    void shouldTakeTheUserAndTheIdentifierFromTheToken() throws Exception {
        try (CompatServer server = tokenOnly();
                StockClient<ApplicationMasterProtocol> client =
                        masterAs(masters.holder(MASTER, server.address()), server.address())) {
            assertThat(EchoService.sayAsMaster(client, "hello")).isEqualTo("hello");
            assertThat(EchoService.sayAsMaster(client, "again")).isEqualTo("again");
        }
        assertThat(echo.callers()).hasSize(2).allSatisfy(caller -> {
            assertThat(caller.user()).isEqualTo(MASTER.getApplicationAttemptId().toString());
            assertThat(caller.token()).isEqualTo(MASTER);
        });
    }

    @Test
    void shouldRefuseATokenOfAnotherKey() throws Exception {
        try (CompatServer server = tokenOnly()) {
            Token<AMRMTokenIdentifier> forged =
                    new Token<>(MASTER.getBytes(), new byte[20], AMRMTokenIdentifier.KIND_NAME, new Text());
            SecurityUtil.setTokenService(forged, server.address());
            UserGroupInformation forger = UserGroupInformation.createRemoteUser("forger");
            forger.addToken(forged);
            try (StockClient<ApplicationMasterProtocol> client = masterAs(forger, server.address())) {
                assertThatThrownBy(() -> EchoService.sayAsMaster(client, "hello"))
                        .isInstanceOf(SaslException.class)
                        .hasMessageContaining("DIGEST-MD5");
            }
        }
        assertThat(echo.callers()).isEmpty();
    }

    @Test
    void shouldRefuseATokenThatCannotBeRead() throws Exception {
        try (CompatServer server = tokenOnly()) {
            Token<AMRMTokenIdentifier> garbled = new Token<>(
                    new byte[] {(byte) 0xff, 1, 2}, new byte[20], AMRMTokenIdentifier.KIND_NAME, new Text());
            SecurityUtil.setTokenService(garbled, server.address());
            UserGroupInformation user = UserGroupInformation.createRemoteUser("garbled");
            user.addToken(garbled);
            try (StockClient<ApplicationMasterProtocol> client = masterAs(user, server.address())) {
                assertThatThrownBy(() -> EchoService.sayAsMaster(client, "hello"))
                        .isInstanceOf(IOException.class);
            }
        }
        assertThat(echo.callers()).isEmpty();
    }

    @Test
    void shouldTellAClientWhyItsTokenIsInvalid() throws Exception {
        masters.fail(new InvalidToken("this token expired yesterday"));
        assertRefused(InvalidToken.class, "this token expired yesterday");
    }

    @Test
    void shouldTellAClientThatTheServerIsStandby() throws Exception {
        masters.fail(new StandbyException("the other one is active"));
        assertRefused(StandbyException.class, "the other one is active");
    }

    @Test
    void shouldTellAClientToComeAgain() throws Exception {
        masters.fail(new RetriableException("keys are still being read"));
        assertRefused(RetriableException.class, "keys are still being read");
    }

    @Test
    void shouldTellAClientTheCauseThatAnInvalidTokenHides() throws Exception {
        InvalidToken wrapper = new InvalidToken("wrapper");
        wrapper.initCause(new StandbyException("the other one is active"));
        masters.fail(wrapper);
        assertRefused(StandbyException.class, "the other one is active");
    }

    private void assertRefused(Class<? extends IOException> type, String message) throws Exception {
        try (CompatServer server = tokenOnly();
                StockClient<ApplicationMasterProtocol> client =
                        masterAs(masters.holder(MASTER, server.address()), server.address())) {
            assertThatThrownBy(() -> EchoService.sayAsMaster(client, "hello"))
                    .isExactlyInstanceOf(type)
                    .hasMessage(message)
                    .hasCauseInstanceOf(RemoteException.class);
        }
        assertThat(echo.callers()).isEmpty();
    }

    @Test
    void shouldRefuseAClientWithoutATokenWhereOnlyATokenWillDo() throws Exception {
        try (CompatServer server = tokenOnly();
                StockClient<ApplicationMasterProtocol> client = masterAs(STRANGER, server.address())) {
            assertThatThrownBy(() -> EchoService.sayAsMaster(client, "hello"))
                    .isExactlyInstanceOf(AccessControlException.class)
                    .hasMessageContainingAll("SIMPLE authentication is not enabled", "[TOKEN]");
        }
        assertThat(echo.callers()).isEmpty();
    }

    @Test
    void shouldOfferNothingButTokensToAClientThatHoldsAnother() throws Exception {
        try (CompatServer server = tokenOnly();
                StockClient<ApplicationMasterProtocol> client =
                        masterAs(clients.holder(delegation("some-user", null), server.address()), server.address())) {
            assertThatThrownBy(() -> EchoService.sayAsMaster(client, "hello"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Client cannot authenticate via:[TOKEN]");
        }
        assertThat(echo.callers()).isEmpty();
    }

    @Test
    void shouldLetEitherATokenOrNoneInWhereBothWillDo() throws Exception {
        RMDelegationTokenIdentifier identifier = delegation("some-user", null);
        try (CompatServer server = CompatServer.withSecrets(configuration, clients, echo.ofClients());
                StockClient<ApplicationClientProtocol> holder =
                        clientAs(clients.holder(identifier, server.address()), server.address());
                StockClient<ApplicationClientProtocol> simple = clientAs(STRANGER, server.address());
                StockClient<ApplicationClientProtocol> other =
                        clientAs(masters.holder(MASTER, server.address()), server.address())) {
            assertThat(EchoService.say(holder, "with a token")).isEqualTo("with a token");
            assertThat(EchoService.say(simple, "without")).isEqualTo("without");
            assertThat(EchoService.say(other, "with another")).isEqualTo("with another");
        }
        assertThat(echo.callers()).hasSize(3);
        assertThat(echo.callers().get(0).user()).isEqualTo("some-user");
        assertThat(echo.callers().get(0).token()).isEqualTo(identifier);
        assertThat(echo.callers().get(1).user()).isEqualTo("stranger");
        assertThat(echo.callers().get(1).token()).isNull();
        assertThat(echo.callers().get(2).user()).isEqualTo("holder");
        assertThat(echo.callers().get(2).token()).isNull();
    }

    @Test
    void shouldTurnToNoAuthenticationWithAClientThatHoldsATokenForNothing() throws Exception {
        try (CompatServer server = CompatServer.start(configuration, echo.ofMasters());
                StockClient<ApplicationMasterProtocol> client =
                        masterAs(masters.holder(MASTER, server.address()), server.address())) {
            assertThat(EchoService.sayAsMaster(client, "hello")).isEqualTo("hello");
        }
        assertThat(echo.callers().get(0).user()).isEqualTo("holder");
        assertThat(echo.callers().get(0).token()).isNull();
    }

    @Test
    void shouldTakeTheEffectiveUserFromATokenThatNamesARealOneToo() throws Exception {
        RMDelegationTokenIdentifier identifier = delegation("some-user", "a-service");
        try (CompatServer server = CompatServer.withSecrets(configuration, clients, echo.ofClients());
                StockClient<ApplicationClientProtocol> client =
                        clientAs(clients.holder(identifier, server.address()), server.address())) {
            assertThat(EchoService.say(client, "hello")).isEqualTo("hello");
        }
        assertThat(echo.callers().get(0).user()).isEqualTo("some-user");
        assertThat(echo.callers().get(0).token()).isEqualTo(identifier);
    }

    private static RMDelegationTokenIdentifier delegation(String owner, @Nullable String real) {
        return new RMDelegationTokenIdentifier(
                new Text(owner), new Text("renewer"), real == null ? new Text() : new Text(real));
    }
}
