package dev.heddle.common.rpc;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.ipc.ProtobufRpcEngine2;
import org.apache.hadoop.ipc.ProtobufRpcEngineCallback2;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.RpcNoSuchMethodException;
import org.apache.hadoop.ipc.Server;
import org.apache.hadoop.security.SaslRpcServer.AuthMethod;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.apache.hadoop.thirdparty.protobuf.BlockingService;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.MethodDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.ServiceDescriptor;
import org.apache.hadoop.thirdparty.protobuf.DynamicMessage;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.thirdparty.protobuf.RpcController;
import org.apache.hadoop.thirdparty.protobuf.ServiceException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@link RpcProtocol}s at one port. The transport underneath is Hadoop's {@code RPC.Server} with deferred
 * responses: its handler threads hand a call on and never wait for the answer.
 */
public final class RpcServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RpcServer.class);

    private static final int HANDLERS = 2;

    /** How a server knows who calls. */
    public enum Authentication {
        /** As {@code hadoop.security.authentication} says, and tokens where there is a secret manager. */
        CONFIGURED,
        /** Only a token will do, also in a cluster without Kerberos: the AM's and the NM's ports. */
        TOKEN_ONLY
    }

    private final RPC.Server server;
    private final ExecutorService responder;
    private final InetSocketAddress address;

    private RpcServer(RPC.Server server, ExecutorService responder, InetSocketAddress address) {
        this.server = server;
        this.responder = responder;
        this.address = address;
    }

    /**
     * Binds the port and serves.
     *
     * @param bind where to listen; port 0 takes a free one
     * @param addressKey the setting that a person changes when the port is taken
     * @param secrets verifies tokens, or null where no token is accepted
     * @throws UserException if the port cannot be bound
     */
    public static RpcServer start(
            Configuration configuration,
            InetSocketAddress bind,
            String addressKey,
            Authentication authentication,
            @Nullable SecretManager<? extends TokenIdentifier> secrets,
            RpcProtocol... protocols) {
        Configuration serverConfiguration = new Configuration(configuration);
        if (authentication == Authentication.TOKEN_ONLY) {
            serverConfiguration.set(
                    CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHENTICATION, AuthMethod.TOKEN.toString());
        }
        ExecutorService responder = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "rpc-responder " + addressKey);
            thread.setDaemon(true);
            return thread;
        });
        try {
            RPC.Server server = null;
            for (RpcProtocol protocol : List.of(protocols)) {
                RPC.setProtocolEngine(serverConfiguration, protocol.annotatedInterface(), ProtobufRpcEngine2.class);
                Adapter adapter = new Adapter(protocol, responder);
                if (server == null) {
                    server = new RPC.Builder(serverConfiguration)
                            .setProtocol(protocol.annotatedInterface())
                            .setInstance(adapter)
                            .setBindAddress(bind.getHostString())
                            .setPort(bind.getPort())
                            .setNumHandlers(HANDLERS)
                            .setVerbose(false)
                            .setSecretManager(secrets)
                            .build();
                } else {
                    server.addProtocol(RPC.RpcKind.RPC_PROTOCOL_BUFFER, protocol.annotatedInterface(), adapter);
                }
            }
            if (server == null) {
                throw new IllegalArgumentException("no protocol to serve");
            }
            server.start();
            InetSocketAddress listener = server.getListenerAddress();
            return new RpcServer(server, responder, listener);
        } catch (BindException e) {
            responder.shutdownNow();
            throw new UserException(
                    "cannot listen on " + bind.getHostString() + ":" + bind.getPort() + " (" + reason(e)
                            + "): stop the process that holds it or set " + addressKey + " to another address",
                    e);
        } catch (IOException e) {
            responder.shutdownNow();
            throw new UserException(
                    "cannot listen on " + bind.getHostString() + ":" + bind.getPort() + " (" + e.getMessage()
                            + "): check " + addressKey,
                    e);
        }
    }

    private static String reason(BindException e) {
        Throwable cause = e.getCause();
        return cause != null && cause.getMessage() != null ? cause.getMessage() : "address in use";
    }

    /** Where this server listens, with the port that was really taken. */
    public InetSocketAddress address() {
        return address;
    }

    public int port() {
        return address.getPort();
    }

    @Override
    public void close() {
        server.stop();
        responder.shutdown();
    }

    /** Lets Hadoop's engine call a {@link RpcProtocol}. */
    private static final class Adapter implements BlockingService {
        private final RpcProtocol protocol;
        private final ExecutorService responder;

        Adapter(RpcProtocol protocol, ExecutorService responder) {
            this.protocol = protocol;
            this.responder = responder;
        }

        @Override
        public ServiceDescriptor getDescriptorForType() {
            return protocol.descriptor();
        }

        @Override
        public @Nullable Message callBlockingMethod(MethodDescriptor method, RpcController controller, Message request)
                throws ServiceException {
            try {
                RpcProtocol.Entry<?, ?> entry = entry(method);
                Caller caller = caller();
                var answer = call(entry, caller, request);
                ProtobufRpcEngineCallback2 callback = ProtobufRpcEngine2.Server.registerForDeferredResponse2();
                answer.whenCompleteAsync(
                        (response, failure) -> {
                            if (failure == null) {
                                callback.setResponse(response);
                            } else {
                                callback.error(unwrap(method, failure));
                            }
                        },
                        responder);
                return null;
            } catch (Exception e) {
                throw new ServiceException(unwrap(method, e));
            }
        }

        @SuppressWarnings("unchecked") // The request was parsed from this entry's own prototype.
        private static <Q extends Message, R extends Message> CompletionStage<R> call(
                RpcProtocol.Entry<Q, R> entry, Caller caller, Message request) throws Exception {
            return entry.method().call(caller, (Q) request);
        }

        private RpcProtocol.Entry<?, ?> entry(MethodDescriptor method) throws RpcNoSuchMethodException {
            RpcProtocol.Entry<?, ?> entry = protocol.method(method.getName());
            if (entry == null) {
                throw new RpcNoSuchMethodException("Method " + method.getName() + " of "
                        + protocol.descriptor().getFullName() + " is not answered by this server.");
            }
            return entry;
        }

        /** Exceptions go to clients as they are; whatever else went wrong in a handler is logged as a defect. */
        private static Exception unwrap(MethodDescriptor method, Throwable failure) {
            Throwable cause = failure;
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            if (cause instanceof RuntimeException || cause instanceof Error) {
                log.error("{} failed", method.getFullName(), cause);
            }
            Exception exception = cause instanceof Exception e ? e : new IOException(cause);
            // The wire carries the stack trace as part of the message, where people would have to read it.
            exception.setStackTrace(new StackTraceElement[0]);
            return exception;
        }

        private static Caller caller() throws IOException {
            UserGroupInformation user = Server.getRemoteUser();
            InetAddress peer = Server.getRemoteIp();
            if (user == null || peer == null) {
                throw new IOException("a call without a caller");
            }
            TokenIdentifier token = null;
            for (TokenIdentifier identifier : user.getTokenIdentifiers()) {
                token = identifier;
            }
            return new Caller(user.getShortUserName(), peer.getHostAddress(), token);
        }

        @Override
        public Message getRequestPrototype(MethodDescriptor method) {
            RpcProtocol.Entry<?, ?> entry = protocol.method(method.getName());
            return entry == null ? DynamicMessage.getDefaultInstance(method.getInputType()) : entry.requestPrototype();
        }

        @Override
        public Message getResponsePrototype(MethodDescriptor method) {
            throw new UnsupportedOperationException("Hadoop's server never asks for it");
        }
    }
}
