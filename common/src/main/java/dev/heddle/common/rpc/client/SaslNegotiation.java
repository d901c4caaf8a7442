package dev.heddle.common.rpc.client;

import java.io.IOException;
import java.net.InetAddress;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.Map;
import javax.security.auth.kerberos.KerberosPrincipal;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.fs.GlobPattern;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslAuth;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslState;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.FastSaslClientFactory;
import org.apache.hadoop.security.KerberosInfo;
import org.apache.hadoop.security.SaslPropertiesResolver;
import org.apache.hadoop.security.SaslRpcServer.AuthMethod;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of one authentication: takes what the server says and gives the reply. The server names the methods
 * it takes, in its order of preference; the first for which the identity has what it needs is used. A step may wait (for a
 * Kerberos ticket, for the name service), and steps come one after the other.
 */
final class SaslNegotiation {
    static final RpcSaslProto BEGIN =
            RpcSaslProto.newBuilder().setState(SaslState.NEGOTIATE).build();

    private static final FastSaslClientFactory FACTORY = new FastSaslClientFactory(null);

    private final Configuration configuration;
    private final ClientSettings settings;
    private final Class<?> protocol;
    private final RpcIdentity identity;
    private final InetAddress server;
    private @Nullable SaslClient client;
    private @Nullable AuthMethod method;
    private boolean done;

    /**
     * Begins.
     *
     * @param server the address that was connected to
     */
    SaslNegotiation(
            Configuration configuration,
            ClientSettings settings,
            Class<?> protocol,
            RpcIdentity identity,
            InetAddress server) {
        this.configuration = configuration;
        this.settings = settings;
        this.protocol = protocol;
        this.identity = identity;
        this.server = server;
    }

    /** Whether both sides are content and calls may follow, after the last reply if there is one. */
    boolean done() {
        return done;
    }

    /** The method that was agreed on. */
    AuthMethod method() {
        return method == null ? AuthMethod.SIMPLE : method;
    }

    /**
     * Takes a message of the server.
     *
     * @return what to send back; null for nothing
     * @throws AccessControlException if the two have no method in common, or the only one is no authentication at all where
     *     that is not allowed
     * @throws SaslException if a token or ticket is not as it should be, or the server's principal is not the expected one
     * @throws ProtocolViolationException if the message has no place here
     */
    @Nullable
    RpcSaslProto step(RpcSaslProto message) throws IOException, InterruptedException {
        UserGroupInformation login = identity.kerberosLogin();
        if (login == null) {
            return answer(message);
        }
        return login.doAs((PrivilegedExceptionAction<@Nullable RpcSaslProto>) () -> answer(message));
    }

    private @Nullable RpcSaslProto answer(RpcSaslProto message) throws IOException {
        return switch (message.getState()) {
            case NEGOTIATE -> choose(message.getAuthsList());
            case CHALLENGE -> {
                if (client == null || !message.hasToken()) {
                    throw new ProtocolViolationException("a challenge out of turn or without a token");
                }
                yield reply(SaslState.RESPONSE, client.evaluateChallenge(token(message)));
            }
            case SUCCESS -> {
                succeed(message);
                yield null;
            }
            case INITIATE, RESPONSE, WRAP ->
                throw new ProtocolViolationException(
                        "the state " + message.getState() + ", which is none of a server that authenticates");
        };
    }

    private RpcSaslProto choose(List<SaslAuth> offers) throws IOException {
        if (method != null) {
            throw new ProtocolViolationException("a second offer of authentication methods");
        }
        for (SaslAuth offer : offers) {
            AuthMethod offered = known(offer);
            if (offered == AuthMethod.SIMPLE) {
                checkSimpleAllowed();
                method = AuthMethod.SIMPLE;
                done = true;
                return reply(SaslState.INITIATE, null).toBuilder()
                        .addAuths(offer)
                        .build();
            }
            SaslClient made = offered == null ? null : begin(offered, offer);
            if (made != null) {
                client = made;
                method = offered;
                return initiate(made, offer);
            }
        }
        throw new AccessControlException("the server takes "
                + offers.stream().map(SaslAuth::getMethod).toList() + ", and " + identity + " has none of these");
    }

    /** The reply that names the chosen method; the challenge, if it came with the offer, is answered with it. */
    private static RpcSaslProto initiate(SaslClient client, SaslAuth offer) throws SaslException {
        byte[] token = new byte[0];
        if (offer.hasChallenge()) {
            token = client.evaluateChallenge(offer.getChallenge().toByteArray());
        } else if (client.hasInitialResponse()) {
            token = client.evaluateChallenge(token);
        }
        return reply(SaslState.INITIATE, token).toBuilder()
                .addAuths(offer.toBuilder().clearChallenge())
                .build();
    }

    private void succeed(RpcSaslProto message) throws IOException {
        SaslClient negotiated = client;
        if (negotiated == null) {
            // A server that takes no other method says so by its success.
            checkSimpleAllowed();
            method = AuthMethod.SIMPLE;
        } else {
            byte[] rest = message.hasToken() ? negotiated.evaluateChallenge(token(message)) : null;
            if (!negotiated.isComplete() || rest != null) {
                throw new ProtocolViolationException("an authentication that it calls done before it is");
            }
        }
        done = true;
    }

    private void checkSimpleAllowed() throws AccessControlException {
        boolean secure = settings.secure() || identity.kerberosLogin() != null;
        if (secure && !settings.fallbackToSimple()) {
            throw new AccessControlException(
                    "the server wants no authentication, which this cluster's security does not allow; "
                            + CommonConfigurationKeys.IPC_CLIENT_FALLBACK_TO_SIMPLE_AUTH_ALLOWED_KEY
                            + "=true would allow it");
        }
    }

    private static @Nullable AuthMethod known(SaslAuth offer) {
        for (AuthMethod candidate : AuthMethod.values()) {
            if (candidate.toString().equals(offer.getMethod())
                    && candidate.getMechanismName().equals(offer.getMechanism())) {
                return candidate;
            }
        }
        return null;
    }

    /** Begins with a method, or answers null if the identity lacks what it needs. */
    private @Nullable SaslClient begin(AuthMethod offered, SaslAuth offer) throws IOException {
        Map<String, String> properties =
                SaslPropertiesResolver.getInstance(configuration).getClientProperties(server);
        String[] mechanisms = {offered.getMechanismName()};
        Token<?> token = identity.token();
        if (offered == AuthMethod.TOKEN && token != null) {
            return FACTORY.createSaslClient(
                    mechanisms, null, offer.getProtocol(), offer.getServerId(), properties, new TokenCallbacks(token));
        }
        KerberosInfo kerberos = SecurityUtil.getKerberosInfo(protocol, configuration);
        if (offered == AuthMethod.KERBEROS && kerberos != null && identity.kerberosLogin() != null) {
            checkPrincipal(offer, kerberos.serverPrincipal());
            return FACTORY.createSaslClient(
                    mechanisms, null, offer.getProtocol(), offer.getServerId(), properties, null);
        }
        return null;
    }

    /**
     * The principal that the server claims must be the configured one, or match the configured pattern: a ticket for
     * another service of the realm proves nothing.
     */
    private void checkPrincipal(SaslAuth offer, String key) throws IOException {
        try {
            String claimed = new KerberosPrincipal(
                            offer.getProtocol() + "/" + offer.getServerId(), KerberosPrincipal.KRB_NT_SRV_HST)
                    .getName();
            String pattern = configuration.get(key + ".pattern", "");
            if (!pattern.isEmpty()) {
                if (!new GlobPattern(pattern).matches(claimed)) {
                    throw new SaslException("the server claims to be " + claimed + ", and " + key + ".pattern allows "
                            + pattern + " only");
                }
                return;
            }
            String configured = configuration.get(key, "");
            String expected = configured.isEmpty() ? "" : SecurityUtil.getServerPrincipal(configured, server);
            if (!claimed.equals(expected)) {
                throw new SaslException("the server claims to be " + claimed + ", and " + key + " expects "
                        + (expected.isEmpty() ? "nobody, since it is not set" : expected));
            }
        } catch (IllegalArgumentException e) {
            throw new SaslException("the principal of the server cannot be checked against " + key, e);
        }
    }

    private static byte[] token(RpcSaslProto message) {
        return message.getToken().toByteArray();
    }

    private static RpcSaslProto reply(SaslState state, byte @Nullable [] token) {
        RpcSaslProto.Builder reply = RpcSaslProto.newBuilder().setState(state);
        if (token != null) {
            reply.setToken(ByteString.copyFrom(token));
        }
        return reply.build();
    }

    /**
     * What protects the frames from here on; null where only the beginning of the connection was authenticated. Once done.
     *
     * @throws SaslException if what was agreed on makes no sense
     */
    @Nullable
    SaslWrapping wrapping() throws SaslException {
        SaslClient negotiated = client;
        if (negotiated == null) {
            return null;
        }
        Object quality = negotiated.getNegotiatedProperty(Sasl.QOP);
        if (quality == null || quality.equals("auth")) {
            dispose();
            return null;
        }
        client = null;
        return new SaslWrapping(negotiated);
    }

    /** Forgets the secrets of an authentication that came to nothing. */
    void dispose() {
        SaslClient negotiated = client;
        client = null;
        if (negotiated != null) {
            try {
                negotiated.dispose();
            } catch (SaslException e) {
                // There is nothing left that could be done about it.
                done = false;
            }
        }
    }
}
