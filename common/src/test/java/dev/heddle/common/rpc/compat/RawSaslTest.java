package dev.heddle.common.rpc.compat;

import static dev.heddle.common.rpc.compat.RawAnswers.assertFatal;
import static dev.heddle.common.rpc.compat.RawAnswers.assertInvalidHeader;
import static dev.heddle.common.rpc.compat.RawAnswers.say;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos.IpcConnectionContextProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslAuth;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslState;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The steps by which a connection is authenticated, taken rightly and wrongly. */
class RawSaslTest {
    private static final int CONTEXT = RpcConstants.CONNECTION_CONTEXT_CALL_ID;
    private static final RMDelegationTokenIdentifier TOKEN =
            new RMDelegationTokenIdentifier(new Text("owner"), new Text("renewer"), new Text());

    private final Configuration configuration = new YarnConfiguration();
    private final EchoService echo = new EchoService();
    private final TokenSecrets<RMDelegationTokenIdentifier> secrets =
            new TokenSecrets<>(RMDelegationTokenIdentifier::new);
    private CompatServer server = CompatServer.start(configuration, echo.ofClients());

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void shouldLetAClientTurnToNoAuthenticationThatAskedForSasl() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.preamble(RawConnection.VERSION, RawConnection.SASL);
            connection.sasl(state(SaslState.NEGOTIATE));
            RawConnection.Response response = connection.read();
            assertThat(response.header().getCallId()).isEqualTo(RawConnection.SASL_CALL_ID);
            assertThat(response.message(RpcSaslProto.getDefaultInstance()).getState())
                    .isEqualTo(SaslState.SUCCESS);
            connection.frame(RawConnection.header(CONTEXT).build(), RawConnection.context("some-user"));
            assertThat(say(connection, 1, "hello")).isEqualTo("hello");
        }
        assertThat(echo.callers().get(0).user()).isEqualTo("some-user");
    }

    @Test
    void shouldRefuseSaslFromAClientThatDidNotAskForIt() throws Exception {
        try (RawConnection connection = RawConnection.to(server.address())) {
            connection.preamble(RawConnection.VERSION, RawConnection.NO_AUTHENTICATION);
            connection.sasl(state(SaslState.NEGOTIATE));
            assertInvalidHeader(connection, RawConnection.SASL_CALL_ID, "SASL");
        }
    }

    private static RpcSaslProto state(SaslState state) {
        return RpcSaslProto.newBuilder().setState(state).build();
    }

    private RawConnection negotiating() throws IOException {
        server.close();
        server = CompatServer.tokenOnly(configuration, secrets, echo.ofClients());
        RawConnection connection = RawConnection.to(server.address());
        connection.preamble(RawConnection.VERSION, RawConnection.SASL);
        return connection;
    }

    private static RpcSaslProto readOffer(RawConnection connection) throws IOException {
        RpcSaslProto offer = connection.read().message(RpcSaslProto.getDefaultInstance());
        assertThat(offer.getState()).isEqualTo(SaslState.NEGOTIATE);
        return offer;
    }

    @Test
    void shouldOfferAnyoneWhatItTakes() throws Exception {
        try (RawConnection connection = negotiating()) {
            connection.sasl(state(SaslState.NEGOTIATE));
            RawConnection.Response response = connection.read();
            assertThat(response.header().getCallId()).isEqualTo(RawConnection.SASL_CALL_ID);
            assertThat(response.header().getStatus()).isEqualTo(RpcStatusProto.SUCCESS);
            RpcSaslProto offer = response.message(RpcSaslProto.getDefaultInstance());
            assertThat(offer.getState()).isEqualTo(SaslState.NEGOTIATE);
            assertThat(offer.getAuthsList()).hasSize(1);
            SaslAuth token = offer.getAuths(0);
            assertThat(token.getMethod()).isEqualTo("TOKEN");
            assertThat(token.getMechanism()).isEqualTo("DIGEST-MD5");
            assertThat(token.getProtocol()).isEmpty();
            assertThat(token.getServerId()).isEqualTo("default");
            assertThat(token.getChallenge().toStringUtf8()).contains("realm=\"default\"", "nonce=", "qop=\"auth\"");
        }
    }

    @Test
    void shouldMakeItsOfferToAClientThatBeginsWithAnother() throws Exception {
        try (RawConnection connection = negotiating()) {
            connection.sasl(RpcSaslProto.newBuilder()
                    .setState(SaslState.INITIATE)
                    .addAuths(SaslAuth.newBuilder().setMethod("KERBEROS").setMechanism("GSSAPI"))
                    .build());
            assertThat(readOffer(connection).getAuths(0).getMethod()).isEqualTo("TOKEN");
        }
    }

    @Test
    void shouldRefuseWhatItHasNotOffered() throws Exception {
        try (RawConnection connection = negotiating()) {
            connection.sasl(state(SaslState.NEGOTIATE));
            readOffer(connection);
            connection.sasl(RpcSaslProto.newBuilder()
                    .setState(SaslState.INITIATE)
                    .addAuths(SaslAuth.newBuilder().setMethod("KERBEROS").setMechanism("GSSAPI"))
                    .build());
            assertUnauthorized(connection, AccessControlException.class, "KERBEROS authentication is not enabled");
        }
    }

    private static void assertUnauthorized(RawConnection connection, Class<?> type, String... message)
            throws IOException {
        assertFatal(connection, RawConnection.SASL_CALL_ID, RpcErrorCodeProto.FATAL_UNAUTHORIZED, type, message);
    }

    @Test
    void shouldNegotiateOnlyOnce() throws Exception {
        try (RawConnection connection = negotiating()) {
            connection.sasl(state(SaslState.NEGOTIATE));
            readOffer(connection);
            connection.sasl(state(SaslState.NEGOTIATE));
            assertUnauthorized(connection, AccessControlException.class, "already");
        }
    }

    @Test
    void shouldRefuseAStepOfSaslThatNoClientTakes() throws Exception {
        try (RawConnection connection = negotiating()) {
            connection.sasl(state(SaslState.SUCCESS));
            assertUnauthorized(connection, SaslException.class, "SUCCESS");
        }
        try (RawConnection connection = negotiating()) {
            connection.sasl(state(SaslState.INITIATE));
            assertUnauthorized(connection, SaslException.class);
        }
        try (RawConnection connection = negotiating()) {
            connection.sasl(state(SaslState.RESPONSE));
            assertUnauthorized(connection, SaslException.class, "token");
        }
    }

    @Test
    void shouldRefuseWrappedBytesBeforeAuthentication() throws Exception {
        try (RawConnection connection = negotiating()) {
            connection.sasl(state(SaslState.NEGOTIATE));
            readOffer(connection);
            connection.sasl(RpcSaslProto.newBuilder()
                    .setState(SaslState.WRAP)
                    .setToken(ByteString.copyFromUtf8("wrapped"))
                    .build());
            assertFatal(
                    connection,
                    RawConnection.SASL_CALL_ID,
                    RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER,
                    SaslException.class,
                    "wrap");
        }
    }

    @Test
    void shouldRefuseAContextAndCallsBeforeAuthentication() throws Exception {
        try (RawConnection connection = negotiating()) {
            connection.frame(RawConnection.header(CONTEXT).build(), RawConnection.context("some-user"));
            assertInvalidHeader(connection, CONTEXT, "SASL");
        }
        try (RawConnection connection = negotiating()) {
            connection.frame(RawConnection.echo(RawConnection.header(1).build(), "too early"));
            assertInvalidHeader(connection, 1, "context");
        }
        assertThat(echo.texts()).isEmpty();
    }

    @Test
    void shouldRefuseAnAnswerThatItCannotRead() throws Exception {
        try (RawConnection connection = negotiating()) {
            connection.sasl(state(SaslState.NEGOTIATE));
            readOffer(connection);
            connection.sasl(RpcSaslProto.newBuilder()
                    .setState(SaslState.RESPONSE)
                    .setToken(ByteString.copyFromUtf8("an answer"))
                    .build());
            assertUnauthorized(connection, SaslException.class);
        }
    }

    /** Hadoop's server ends such a connection without an answer, which nobody needs to do as well. */
    @Test
    void shouldEndAConnectionThatAnswersBeforeItIsAsked() throws Exception {
        try (RawConnection connection = negotiating()) {
            connection.sasl(RpcSaslProto.newBuilder()
                    .setState(SaslState.RESPONSE)
                    .setToken(ByteString.copyFromUtf8("an answer"))
                    .build());
            byte[] rest = connection.readToEnd();
            assertThat(new String(rest, StandardCharsets.ISO_8859_1)).doesNotContain("nonce");
        }
    }

    @Test
    void shouldRefuseNoAuthenticationWhereOnlyATokenWillDo() throws Exception {
        try (RawConnection connection = negotiating();
                RawConnection simple = RawConnection.established(server.address())) {
            assertFatal(
                    simple,
                    -1,
                    RpcErrorCodeProto.FATAL_UNAUTHORIZED,
                    AccessControlException.class,
                    "SIMPLE authentication is not enabled",
                    "[TOKEN]");
            connection.sasl(state(SaslState.NEGOTIATE));
            readOffer(connection);
        }
    }

    @Test
    void shouldTakeATokenFromTheOffersOwnChallenge() throws Exception {
        try (RawConnection connection = negotiating()) {
            authenticate(connection);
            connection.frame(RawConnection.header(CONTEXT).build(), nobodysContext());
            assertThat(say(connection, 1, "hello")).isEqualTo("hello");
        }
        assertThat(echo.callers().get(0).user()).isEqualTo("owner");
        assertThat(echo.callers().get(0).token()).isEqualTo(TOKEN);
    }

    @Test
    void shouldNotLetTheHolderOfATokenActForAnother() throws Exception {
        try (RawConnection connection = negotiating()) {
            authenticate(connection);
            connection.frame(RawConnection.header(CONTEXT).build(), RawConnection.context("another-user"));
            assertFatal(
                    connection,
                    CONTEXT,
                    RpcErrorCodeProto.FATAL_UNAUTHORIZED,
                    AccessControlException.class,
                    "owner",
                    "another-user");
        }
        assertThat(echo.texts()).isEmpty();
    }

    @Test
    void shouldAuthenticateOnlyOnce() throws Exception {
        try (RawConnection connection = negotiating()) {
            authenticate(connection);
            connection.sasl(state(SaslState.NEGOTIATE));
            assertFatal(
                    connection,
                    RawConnection.SASL_CALL_ID,
                    RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER,
                    SaslException.class,
                    "already");
        }
    }

    private static IpcConnectionContextProto nobodysContext() {
        return RawConnection.context("").toBuilder().clearUserInfo().build();
    }

    private void authenticate(RawConnection connection) throws IOException {
        connection.sasl(state(SaslState.NEGOTIATE));
        SaslAuth offer = readOffer(connection).getAuths(0);
        SaslClient client = Sasl.createSaslClient(
                new String[] {offer.getMechanism()},
                null,
                offer.getProtocol(),
                offer.getServerId(),
                Map.of(Sasl.QOP, "auth"),
                this::answer);
        connection.sasl(RpcSaslProto.newBuilder()
                .setState(SaslState.INITIATE)
                .addAuths(offer.toBuilder().clearChallenge())
                .setToken(ByteString.copyFrom(
                        client.evaluateChallenge(offer.getChallenge().toByteArray())))
                .build());
        RpcSaslProto success = connection.read().message(RpcSaslProto.getDefaultInstance());
        assertThat(success.getState()).isEqualTo(SaslState.SUCCESS);
        assertThat(client.evaluateChallenge(success.getToken().toByteArray())).isNull();
        assertThat(client.isComplete()).isTrue();
    }

    private void answer(Callback... questions) {
        for (Callback question : questions) {
            if (question instanceof NameCallback name) {
                name.setName(Base64.getEncoder().encodeToString(TOKEN.getBytes()));
            } else if (question instanceof PasswordCallback password) {
                password.setPassword(Base64.getEncoder()
                        .encodeToString(secrets.createPassword(TOKEN))
                        .toCharArray());
            } else if (question instanceof RealmCallback realm) {
                realm.setText(realm.getDefaultText());
            }
        }
    }
}
