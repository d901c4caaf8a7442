package dev.heddle.common.rpc.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.ProtobufRpcEngine2;
import org.apache.hadoop.ipc.ProtobufRpcEngineCallback2;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.Server;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.apache.hadoop.thirdparty.protobuf.BlockingService;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.MethodDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.ServiceDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.thirdparty.protobuf.RpcController;
import org.apache.hadoop.thirdparty.protobuf.ServiceException;
import org.apache.hadoop.yarn.proto.ApplicationClientProtocol.ApplicationClientProtocolService;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueInfoProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.jspecify.annotations.Nullable;

/** Hadoop's own RPC server with one method that answers a name when the test says so. */
final class GreetingServer implements AutoCloseable {
    private static final ServiceDescriptor SERVICE = ApplicationClientProtocolService.getDescriptor();

    static final RpcCall<GetQueueInfoRequestProto, GetQueueInfoResponseProto> GREET = RpcCall.of(
            SERVICE,
            "getQueueInfo",
            GetQueueInfoRequestProto.getDefaultInstance(),
            GetQueueInfoResponseProto.getDefaultInstance());

    private static final int HANDLERS = 4;

    /** Answers a greeting, now or later. */
    interface Greeter {
        CompletionStage<String> greet(String name) throws Exception;
    }

    private final RPC.Server server;
    private final ConcurrentLinkedQueue<UserGroupInformation> callers = new ConcurrentLinkedQueue<>();

    private GreetingServer(
            Configuration configuration,
            int port,
            @Nullable SecretManager<? extends TokenIdentifier> secrets,
            Greeter greeter)
            throws IOException {
        RPC.setProtocolEngine(configuration, GreetingPB.class, ProtobufRpcEngine2.class);
        this.server = new RPC.Builder(configuration)
                .setProtocol(GreetingPB.class)
                .setInstance(new Service(greeter, callers))
                .setBindAddress(InetAddress.getLoopbackAddress().getHostAddress())
                .setPort(port)
                .setNumHandlers(HANDLERS)
                .setVerbose(false)
                .setSecretManager(secrets)
                .build();
    }

    static GreetingServer start(Configuration configuration, Greeter greeter) {
        return start(configuration, 0, null, greeter);
    }

    static GreetingServer start(
            Configuration configuration,
            int port,
            @Nullable SecretManager<? extends TokenIdentifier> secrets,
            Greeter greeter) {
        try {
            GreetingServer started = new GreetingServer(new Configuration(configuration), port, secrets, greeter);
            started.server.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static GetQueueInfoRequestProto request(String name) {
        return GetQueueInfoRequestProto.newBuilder().setQueueName(name).build();
    }

    static GetQueueInfoResponseProto response(String greeting) {
        return GetQueueInfoResponseProto.newBuilder()
                .setQueueInfo(QueueInfoProto.newBuilder().setQueueName(greeting))
                .build();
    }

    InetSocketAddress address() {
        return server.getListenerAddress();
    }

    /** Who made the calls so far, in their order. */
    ConcurrentLinkedQueue<UserGroupInformation> callers() {
        return callers;
    }

    @Override
    public void close() {
        server.stop();
        try {
            server.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Service(Greeter greeter, ConcurrentLinkedQueue<UserGroupInformation> callers)
            implements BlockingService {
        @Override
        public ServiceDescriptor getDescriptorForType() {
            return SERVICE;
        }

        @Override
        public @Nullable Message callBlockingMethod(MethodDescriptor method, RpcController controller, Message request)
                throws ServiceException {
            try {
                callers.add(Server.getRemoteUser());
                CompletionStage<String> answer = greeter.greet(((GetQueueInfoRequestProto) request).getQueueName());
                ProtobufRpcEngineCallback2 callback = ProtobufRpcEngine2.Server.registerForDeferredResponse2();
                answer.whenComplete((greeting, failure) -> {
                    if (failure == null) {
                        callback.setResponse(response(greeting));
                    } else {
                        callback.error(failure);
                    }
                });
                return null;
            } catch (Exception e) {
                throw new ServiceException(e);
            }
        }

        @Override
        public Message getRequestPrototype(MethodDescriptor method) {
            return GetQueueInfoRequestProto.getDefaultInstance();
        }

        @Override
        public Message getResponsePrototype(MethodDescriptor method) {
            return GetQueueInfoResponseProto.getDefaultInstance();
        }
    }
}
