package dev.heddle.bench.rpc;

import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.server.RpcServer;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.ProtobufRpcEngine2;
import org.apache.hadoop.ipc.ProtobufRpcEngineCallback2;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.thirdparty.protobuf.BlockingService;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.MethodDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.ServiceDescriptor;
import org.apache.hadoop.thirdparty.protobuf.DynamicMessage;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.apache.hadoop.thirdparty.protobuf.RpcController;
import org.apache.hadoop.thirdparty.protobuf.ServiceException;
import org.jspecify.annotations.Nullable;

/** Builds the servers that are compared: the same work behind either transport. */
final class Servers {
    /** Whose transport. */
    enum Kind {
        HADOOP,
        HEDDLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Which thread answers a call. */
    enum Answer {
        /** The one that was given the call, before it returns. */
        DIRECT,
        /** One other thread for all calls, as an RM with a single writer does it. */
        OTHER_THREAD;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private final Workload.Name workload;
    private final Answer answer;
    private final LongAdder calls;
    private final Executor otherThread = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "answering");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Servers of one workload.
     *
     * @param calls counts the calls that were handled
     */
    Servers(Workload.Name workload, Answer answer, LongAdder calls) {
        this.workload = workload;
        this.answer = answer;
        this.calls = calls;
    }

    /**
     * Serves at a free port of the loopback interface until the process ends.
     *
     * @param handlers handler threads of Hadoop's server; Heddle's has none
     * @return the port
     */
    int start(Kind kind, int handlers) throws IOException {
        return switch (kind) {
            case HADOOP -> startHadoop(workload.workload(), handlers);
            case HEDDLE -> startHeddle(workload.workload());
        };
    }

    private <Q extends Message, R extends Message> int startHeddle(Workload<Q, R> served) {
        RpcServer server = RpcServer.start(
                RpcThreads.start(new Configuration()),
                new Configuration(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "the benchmark's address",
                RpcServer.Authentication.CONFIGURED,
                null,
                RpcProtocol.builder(served.annotatedInterface(), served.service())
                        .on(served.method(), served.prototype(), (caller, request) -> {
                            calls.increment();
                            return switch (answer) {
                                case DIRECT -> CompletableFuture.completedFuture(served.respond(request));
                                case OTHER_THREAD ->
                                    CompletableFuture.supplyAsync(() -> served.respond(request), otherThread);
                            };
                        })
                        .build());
        return server.port();
    }

    private int startHadoop(Workload<?, ?> served, int handlers) throws IOException {
        Configuration configuration = new Configuration();
        RPC.setProtocolEngine(configuration, served.annotatedInterface(), ProtobufRpcEngine2.class);
        RPC.Server server = new RPC.Builder(configuration)
                .setProtocol(served.annotatedInterface())
                .setInstance(new HadoopService<>(served))
                .setBindAddress(InetAddress.getLoopbackAddress().getHostAddress())
                .setPort(0)
                .setNumHandlers(handlers)
                .setVerbose(false)
                .build();
        server.start();
        return server.getListenerAddress().getPort();
    }

    /** The one method of a workload, as Hadoop's engine calls it. */
    private final class HadoopService<Q extends Message, R extends Message> implements BlockingService {
        private final Workload<Q, R> served;

        HadoopService(Workload<Q, R> served) {
            this.served = served;
        }

        @Override
        public ServiceDescriptor getDescriptorForType() {
            return served.service();
        }

        @Override
        @SuppressWarnings("unchecked") // The engine parsed the request from this method's own prototype.
        public @Nullable Message callBlockingMethod(MethodDescriptor method, RpcController controller, Message request)
                throws ServiceException {
            if (!method.getName().equals(served.method())) {
                throw new ServiceException("the benchmark does not answer " + method.getFullName());
            }
            calls.increment();
            return switch (answer) {
                case DIRECT -> served.respond((Q) request);
                case OTHER_THREAD -> {
                    ProtobufRpcEngineCallback2 callback = ProtobufRpcEngine2.Server.registerForDeferredResponse2();
                    otherThread.execute(() -> callback.setResponse(served.respond((Q) request)));
                    yield null;
                }
            };
        }

        @Override
        public Message getRequestPrototype(MethodDescriptor method) {
            return method.getName().equals(served.method())
                    ? served.prototype()
                    : DynamicMessage.getDefaultInstance(method.getInputType());
        }

        @Override
        public Message getResponsePrototype(MethodDescriptor method) {
            return DynamicMessage.getDefaultInstance(method.getOutputType());
        }
    }
}
