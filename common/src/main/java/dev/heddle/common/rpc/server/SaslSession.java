package dev.heddle.common.rpc.server;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.PrivilegedExceptionAction;
import java.util.Base64;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslAuth;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslState;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.SaslMechanismFactory;
import org.apache.hadoop.security.SaslRpcServer;
import org.apache.hadoop.security.SaslRpcServer.AuthMethod;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * The SASL conversation of one connection, as Hadoop's {@code ipc.Server} leads it: the client asks what is offered, picks
 * a method, and challenges and responses follow until it is proven who the client is. May wait (for Kerberos, for a secret
 * manager), so it runs on a slow thread; one thread at a time.
 */
final class SaslSession {
    private final ServerSecurity security;
    private final InetAddress peer;
    private final int port;
    private boolean sentNegotiation;
    private boolean complete;
    private boolean switchedToSimple;
    private @Nullable AuthMethod method;
    private @Nullable SaslServer server;
    private @Nullable UserGroupInformation user;

    SaslSession(ServerSecurity security, InetAddress peer, int port) {
        this.security = security;
        this.peer = peer;
        this.port = port;
    }

    /** Whether it is proven who the client is. */
    boolean complete() {
        return complete;
    }

    /** Whether nobody need prove anything after all, and the conversation is over. */
    boolean switchedToSimple() {
        return switchedToSimple;
    }

    /** Who the client is, once complete. */
    @Nullable
    UserGroupInformation user() {
        return user;
    }

    /** How that was proven, once complete. */
    @Nullable
    AuthMethod method() {
        return method;
    }

    /**
     * Takes one message of the client.
     *
     * @return what to answer, or null for nothing
     * @throws FatalRpcException if the client is refused, which ends the connection
     */
    @Nullable
    RpcSaslProto take(RpcSaslProto message) throws FatalRpcException {
        if (complete || switchedToSimple) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, new SaslException("the negotiation is over already"));
        }
        try {
            RpcSaslProto answer = answer(message);
            SaslServer current = server;
            if (current != null && current.isComplete()) {
                user = authorized(current.getAuthorizationID());
                complete = true;
            }
            return answer;
        } catch (IOException e) {
            throw new FatalRpcException(RpcErrorCodeProto.FATAL_UNAUTHORIZED, trueCause(e));
        } catch (RuntimeException e) {
            // A mechanism that stumbles over bytes that it did not expect has not authenticated anybody.
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_UNAUTHORIZED,
                    new SaslException("the token of the SASL conversation cannot be understood"));
        }
    }

    private @Nullable RpcSaslProto answer(RpcSaslProto message) throws IOException {
        return switch (message.getState()) {
            case NEGOTIATE -> {
                if (sentNegotiation) {
                    throw new AccessControlException("the client has already attempted a negotiation");
                }
                RpcSaslProto offer = negotiation();
                switchedToSimple = offer.getState() == SaslState.SUCCESS;
                yield offer;
            }
            case INITIATE -> initiate(message);
            case RESPONSE -> respond(message);
            case SUCCESS, CHALLENGE, WRAP -> throw new SaslException("a client does not say " + message.getState());
        };
    }

    private @Nullable RpcSaslProto initiate(RpcSaslProto message) throws IOException {
        if (message.getAuthsCount() != 1) {
            throw new SaslException("the client's choice is malformed: it picks " + message.getAuthsCount()
                    + " methods instead of one");
        }
        SaslAuth picked = message.getAuths(0);
        if (!security.negotiation().getAuthsList().contains(picked)) {
            if (sentNegotiation) {
                throw new AccessControlException(
                        picked.getMethod() + " authentication is not enabled.  Available:" + security.methods());
            }
            return negotiation();
        }
        AuthMethod picks = AuthMethod.valueOf(picked.getMethod());
        method = picks;
        if (picks == AuthMethod.SIMPLE) {
            dispose();
            switchedToSimple = true;
            return null;
        }
        // The one for tokens may exist: its challenge went out with the offer.
        if (server == null || picks != AuthMethod.TOKEN) {
            dispose();
            server = create(picks);
        }
        return respond(message);
    }

    private RpcSaslProto respond(RpcSaslProto message) throws IOException {
        SaslServer current = server;
        if (!message.hasToken()) {
            throw new SaslException("the client sends no token");
        }
        if (current == null || method == null) {
            throw new SaslException("the client answers before it has picked a method");
        }
        byte[] reply = current.evaluateResponse(message.getToken().toByteArray());
        RpcSaslProto.Builder answer =
                RpcSaslProto.newBuilder().setState(current.isComplete() ? SaslState.SUCCESS : SaslState.CHALLENGE);
        if (reply != null) {
            answer.setToken(ByteString.copyFrom(reply));
        }
        return answer.build();
    }

    /** What is offered, with the first challenge of a token's mechanism, which saves a round trip. */
    private RpcSaslProto negotiation() throws IOException {
        sentNegotiation = true;
        if (!security.offers(AuthMethod.TOKEN)
                || !SaslMechanismFactory.isDigestMechanism(AuthMethod.TOKEN.getMechanismName())) {
            return security.negotiation();
        }
        SaslServer tokens = create(AuthMethod.TOKEN);
        server = tokens;
        RpcSaslProto.Builder offer = RpcSaslProto.newBuilder(security.negotiation());
        offer.getAuthsBuilder(security.methods().indexOf(AuthMethod.TOKEN))
                .setChallenge(ByteString.copyFrom(tokens.evaluateResponse(new byte[0])));
        return offer.build();
    }

    private SaslServer create(AuthMethod picked) throws IOException {
        SaslRpcServer names = new SaslRpcServer(picked);
        Map<String, String> properties = security.saslProperties(peer, port);
        SaslServer created;
        if (picked == AuthMethod.KERBEROS) {
            if (names.serverId.isEmpty()) {
                throw new AccessControlException("the Kerberos principal of this server ("
                        + UserGroupInformation.getLoginUser().getUserName() + ") names no host");
            }
            try {
                created = UserGroupInformation.getLoginUser()
                        .doAs((PrivilegedExceptionAction<@Nullable SaslServer>) () -> Sasl.createSaslServer(
                                names.mechanism, names.protocol, names.serverId, properties, new KerberosCallbacks()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        } else {
            SecretManager<TokenIdentifier> secrets = security.secrets();
            if (secrets == null) {
                throw new AccessControlException(picked + " authentication is not enabled.");
            }
            created = Sasl.createSaslServer(
                    names.mechanism, names.protocol, names.serverId, properties, new TokenCallbacks(secrets));
        }
        if (created == null) {
            throw new AccessControlException("this JVM has no SASL mechanism " + names.mechanism);
        }
        return created;
    }

    private UserGroupInformation authorized(String authorizationId) throws IOException {
        AuthMethod proven = method;
        if (proven == AuthMethod.TOKEN) {
            SecretManager<TokenIdentifier> secrets = security.secrets();
            if (secrets == null) {
                throw new AccessControlException("tokens are not taken");
            }
            TokenIdentifier identifier = SaslRpcServer.getIdentifier(authorizationId, secrets);
            UserGroupInformation owner = identifier.getUser();
            if (owner == null) {
                throw new AccessControlException("the token names no user");
            }
            owner.addTokenIdentifier(identifier);
            owner.setAuthenticationMethod(proven);
            return owner;
        }
        UserGroupInformation remote = UserGroupInformation.createRemoteUser(authorizationId, proven);
        return remote;
    }

    /**
     * The exception that the client is to see: secret managers may only throw {@link InvalidToken}, so others travel as its
     * cause, and SASL's mechanisms wrap it once more.
     */
    private static IOException trueCause(IOException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RetriableException || cause instanceof StandbyException) {
                return (IOException) cause;
            }
            if (cause instanceof InvalidToken) {
                return cause.getCause() instanceof IOException inner ? inner : (IOException) cause;
            }
        }
        return failure;
    }

    /** Whether what follows is to be wrapped: integrity or privacy were agreed. */
    boolean wraps() {
        SaslServer current = server;
        if (!complete || current == null) {
            return false;
        }
        Object quality = current.getNegotiatedProperty(Sasl.QOP);
        return quality != null && !"auth".equalsIgnoreCase(quality.toString());
    }

    byte[] wrap(byte[] bytes, int offset, int length) throws SaslException {
        return agreed().wrap(bytes, offset, length);
    }

    byte[] unwrap(byte[] bytes) throws SaslException {
        return agreed().unwrap(bytes, 0, bytes.length);
    }

    private SaslServer agreed() throws SaslException {
        SaslServer current = server;
        if (current == null) {
            throw new SaslException("nothing is wrapped on this connection");
        }
        return current;
    }

    /** Forgets keys. */
    void dispose() {
        SaslServer current = server;
        server = null;
        if (current != null) {
            try {
                current.dispose();
            } catch (SaslException e) {
                // Nothing is left to be done for it.
            }
        }
    }

    /** Gives the password that belongs to a token's identifier. */
    private record TokenCallbacks(SecretManager<TokenIdentifier> secrets) implements CallbackHandler {
        @Override
        public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
            String name = null;
            PasswordCallback password = null;
            for (Callback callback : callbacks) {
                if (callback instanceof NameCallback asked) {
                    name = asked.getDefaultName();
                } else if (callback instanceof PasswordCallback asked) {
                    password = asked;
                } else if (callback instanceof AuthorizeCallback asked) {
                    permitOneself(asked);
                } else if (!(callback instanceof RealmCallback)) {
                    throw new UnsupportedCallbackException(callback);
                }
            }
            if (password != null) {
                if (name == null) {
                    throw new InvalidToken("the client names no token");
                }
                TokenIdentifier identifier = SaslRpcServer.getIdentifier(name, secrets);
                byte[] encoded = Base64.getEncoder().encode(secrets.retriableRetrievePassword(identifier));
                password.setPassword(new String(encoded, StandardCharsets.US_ASCII).toCharArray());
            }
        }
    }

    private static final class KerberosCallbacks implements CallbackHandler {
        @Override
        public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
            for (Callback callback : callbacks) {
                if (!(callback instanceof AuthorizeCallback asked)) {
                    throw new UnsupportedCallbackException(callback);
                }
                permitOneself(asked);
            }
        }
    }

    /** Acting for somebody else is not SASL's matter here: the connection's context says so, and other rules decide. */
    private static void permitOneself(AuthorizeCallback asked) {
        boolean same = asked.getAuthenticationID().equals(asked.getAuthorizationID());
        asked.setAuthorized(same);
        if (same) {
            asked.setAuthorizedID(asked.getAuthorizationID());
        }
    }
}
