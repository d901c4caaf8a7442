package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.wire.WireConstants;
import java.net.InetAddress;
import java.util.concurrent.RejectedExecutionException;
import javax.security.sasl.SaslException;
import org.apache.hadoop.ipc.IpcException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.protobuf.IpcConnectionContextProtos.IpcConnectionContextProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslState;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.SaslRpcServer.AuthMethod;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.AuthorizationException;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.apache.hadoop.thirdparty.protobuf.InvalidProtocolBufferException;
import org.apache.hadoop.util.ProtoUtil;
import org.jspecify.annotations.Nullable;

/**
 * How a connection begins: the SASL conversation where there is one, then the context, which names the protocol and the
 * user. Belongs to the connection's I/O thread; what may wait runs on a slow thread, and the connection takes no frames
 * until it is done.
 */
final class Handshake {
    private final Service service;
    private final ServerConnection connection;
    private final InetAddress peer;
    private final @Nullable SaslSession session;

    /**
     * @param port of this server
     * @param authentication how the peer wants to begin
     * @throws FatalRpcException if that is not enough here
     */
    Handshake(Service service, ServerConnection connection, InetAddress peer, int port, byte authentication)
            throws FatalRpcException {
        this.service = service;
        this.connection = connection;
        this.peer = peer;
        switch (authentication) {
            case WireConstants.AUTHENTICATION_NONE -> {
                if (!service.security().offers(AuthMethod.SIMPLE)) {
                    throw new FatalRpcException(
                            RpcErrorCodeProto.FATAL_UNAUTHORIZED,
                            new AccessControlException("SIMPLE authentication is not enabled.  Available:"
                                    + service.security().methods()));
                }
                session = null;
            }
            case WireConstants.AUTHENTICATION_SASL -> session = new SaslSession(service.security(), peer, port);
            default ->
                throw new FatalRpcException(
                        RpcErrorCodeProto.FATAL_UNAUTHORIZED,
                        new IpcException("an unknown way of authentication: " + authentication));
        }
    }

    /** Takes a message of the SASL conversation. */
    void sasl(CallHeader id, byte[] bytes, int offset, int end) throws FatalRpcException {
        SaslSession conversation = session;
        if (conversation == null) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, "a SASL message where the client announced none");
        }
        RpcSaslProto message;
        try {
            message = SaslMessages.read(bytes, offset, end);
        } catch (InvalidProtocolBufferException e) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_DESERIALIZING_REQUEST,
                    e.getMessage() == null ? e.toString() : e.getMessage());
        }
        if (message.getState() == SaslState.WRAP) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, new SaslException("this server is not wrapping data"));
        }
        slowly(id, () -> {
            RpcSaslProto answer = conversation.take(message);
            return () -> taken(conversation, answer);
        });
    }

    private void taken(SaslSession conversation, @Nullable RpcSaslProto answer) {
        if (answer != null) {
            CallHeader saslId = CallHeader.noCall(WireConstants.SASL_CALL_ID);
            connection
                    .loop()
                    .encoder()
                    .success(
                            connection.outbox().buffer(),
                            saslId.callId(),
                            saslId.clientId(),
                            saslId.retryCount(),
                            answer);
            // Before anything is wrapped: the client unwraps only what comes after this answer.
            connection.flush();
        }
        if (conversation.wraps()) {
            connection.protect(conversation);
        } else if (conversation.complete()) {
            conversation.dispose();
        }
    }

    /** Takes the context, after which calls may come. */
    void context(CallHeader id, byte[] bytes, int offset, int end) throws FatalRpcException {
        SaslSession conversation = session;
        if (conversation != null && !conversation.complete() && !conversation.switchedToSimple()) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, "the context before the end of the SASL conversation");
        }
        IpcConnectionContextProto context;
        try {
            context = SaslMessages.delimited(IpcConnectionContextProto.getDefaultInstance(), bytes, offset, end);
        } catch (InvalidProtocolBufferException e) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_DESERIALIZING_REQUEST,
                    e.getMessage() == null ? e.toString() : e.getMessage());
        }
        String protocol = context.hasProtocol() ? context.getProtocol() : null;
        UserGroupInformation user = user(context);
        AuthMethod method = method();
        if (service.security().authorizationMayWait(user)) {
            slowly(id, () -> {
                authorize(user, method, protocol);
                return () -> connection.begin(caller(user), protocol);
            });
        } else {
            authorize(user, method, protocol);
            connection.begin(caller(user), protocol);
        }
    }

    private AuthMethod method() {
        SaslSession conversation = session;
        AuthMethod proven = conversation == null || !conversation.complete() ? null : conversation.method();
        return proven == null ? AuthMethod.SIMPLE : proven;
    }

    private UserGroupInformation user(IpcConnectionContextProto context) throws FatalRpcException {
        try {
            UserGroupInformation claimed = ProtoUtil.getUgi(context);
            UserGroupInformation proven = session == null ? null : session.user();
            if (proven == null) {
                if (claimed == null) {
                    throw unauthorized("the context of the connection names no user");
                }
                return claimed;
            }
            if (claimed == null || claimed.getUserName().equals(proven.getUserName())) {
                return proven;
            }
            if (method() == AuthMethod.TOKEN) {
                throw unauthorized("the token is of " + proven.getUserName() + ", and its bearer claims to be "
                        + claimed.getUserName());
            }
            return UserGroupInformation.createProxyUser(claimed.getUserName(), proven);
        } catch (IllegalArgumentException e) {
            throw unauthorized("the user's name cannot be used: " + e.getMessage());
        }
    }

    private void authorize(UserGroupInformation user, AuthMethod method, @Nullable String protocol)
            throws FatalRpcException {
        try {
            service.security().authorize(user, method, protocol, peer);
        } catch (AuthorizationException e) {
            throw new FatalRpcException(RpcErrorCodeProto.FATAL_UNAUTHORIZED, e);
        }
    }

    private static FatalRpcException unauthorized(String reason) {
        return new FatalRpcException(RpcErrorCodeProto.FATAL_UNAUTHORIZED, new AccessControlException(reason));
    }

    private Caller caller(UserGroupInformation user) {
        TokenIdentifier token = null;
        for (TokenIdentifier identifier : user.getTokenIdentifiers()) {
            token = identifier;
        }
        return new Caller(user.getShortUserName(), peer.getHostAddress(), user, token);
    }

    /** A step that may wait, and gives what is to be done after it on the I/O thread. */
    @FunctionalInterface
    private interface Step {
        Runnable take() throws FatalRpcException;
    }

    private void slowly(CallHeader id, Step step) throws FatalRpcException {
        connection.pause();
        try {
            service.slow().execute(() -> {
                Runnable next = take(id, step);
                connection.loop().execute(() -> {
                    try {
                        if (!connection.closing()) {
                            next.run();
                        }
                    } finally {
                        connection.goOn();
                    }
                });
            });
        } catch (RejectedExecutionException e) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_UNAUTHORIZED, new RetriableException("Server too busy"));
        }
    }

    private Runnable take(CallHeader id, Step step) {
        try {
            return step.take();
        } catch (FatalRpcException e) {
            return () -> connection.fail(id, e);
        } catch (RuntimeException | LinkageError e) {
            service.defects().found("the handshake with " + connection.name() + " failed", e);
            return () -> connection.fail(
                    id, new FatalRpcException(RpcErrorCodeProto.FATAL_UNAUTHORIZED, "this server failed: " + e));
        }
    }

    /** Forgets keys; not while a step is under way. */
    void close() {
        if (session != null) {
            session.dispose();
        }
    }
}
