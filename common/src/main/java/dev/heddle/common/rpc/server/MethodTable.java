package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcMethod;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.metrics.MethodMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.ipc.RpcNoSuchMethodException;
import org.apache.hadoop.ipc.RpcNoSuchProtocolException;
import org.apache.hadoop.ipc.RpcServerException;
import org.apache.hadoop.ipc.protobuf.ProtobufRpcEngine2Protos.RequestHeaderProto;
import org.apache.hadoop.thirdparty.protobuf.InvalidProtocolBufferException;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.jspecify.annotations.Nullable;

/**
 * Finds the method that a call names. Clients send protocol, method and version as the same bytes with each call, so the
 * bytes themselves are looked up, and only what is not found that way is decoded. Immutable.
 */
final class MethodTable {
    /** A method of a protocol, ready to be called. */
    static final class Target<Q extends Message, R extends Message> {
        private final RpcProtocol protocol;
        private final String name;
        private final Q prototype;
        private final RpcMethod<Q, R> method;
        private final MethodMetrics metrics;
        private final byte[] header;

        private Target(RpcProtocol protocol, String name, RpcProtocol.Answer<Q, R> answer, int threads) {
            this.protocol = protocol;
            this.name = name;
            this.prototype = answer.requestPrototype();
            this.method = answer.method();
            this.metrics = new MethodMetrics(protocol.name(), name, threads);
            this.header = RequestHeaderProto.newBuilder()
                    .setMethodName(name)
                    .setDeclaringClassProtocolName(protocol.name())
                    .setClientProtocolVersion(protocol.version())
                    .build()
                    .toByteArray();
        }

        RpcProtocol protocol() {
            return protocol;
        }

        MethodMetrics metrics() {
            return metrics;
        }

        /** Decodes the request and calls the method. */
        CompletionStage<R> call(Caller caller, byte[] bytes, int offset, int length) throws Exception {
            Message request;
            try {
                request = prototype.getParserForType().parseFrom(bytes, offset, length);
            } catch (InvalidProtocolBufferException e) {
                throw new InvalidProtocolBufferException("the request of " + name + " is no "
                        + prototype.getDescriptorForType().getName() + ": " + e.getMessage());
            }
            return method.call(caller, cast(request));
        }

        @SuppressWarnings("unchecked") // It was parsed by the prototype's own parser.
        private Q cast(Message request) {
            return (Q) request;
        }

        @Override
        public String toString() {
            return protocol.name() + "." + name;
        }

        private boolean hasHeader(byte[] bytes, int offset, int length) {
            return Arrays.equals(header, 0, header.length, bytes, offset, offset + length);
        }
    }

    private final Map<String, RpcProtocol> protocols = new HashMap<>();
    private final Map<String, Target<?, ?>> byName = new HashMap<>();
    private final List<Target<?, ?>> all = new ArrayList<>();
    private final @Nullable Target<?, ?>[] byHeader;

    /**
     * @param threads how many I/O threads count calls
     * @throws IllegalArgumentException if there is no protocol, or two have the same name
     */
    MethodTable(List<RpcProtocol> served, int threads) {
        if (served.isEmpty()) {
            throw new IllegalArgumentException("no protocol to serve");
        }
        for (RpcProtocol protocol : served) {
            if (protocols.put(protocol.name(), protocol) != null) {
                throw new IllegalArgumentException("two protocols are named " + protocol.name());
            }
            protocol.answers().forEach((name, answer) -> {
                Target<?, ?> target = new Target<>(protocol, name, answer, threads);
                byName.put(target.toString(), target);
                all.add(target);
            });
        }
        byHeader = new Target<?, ?>[Integer.highestOneBit(all.size() * 4)];
        for (Target<?, ?> target : all) {
            int slot = hash(target.header, 0, target.header.length);
            while (byHeader[slot & (byHeader.length - 1)] != null) {
                slot++;
            }
            byHeader[slot & (byHeader.length - 1)] = target;
        }
    }

    List<Target<?, ?>> all() {
        return all;
    }

    /** The protocol of this name, or null. */
    @Nullable
    RpcProtocol protocol(String name) {
        return protocols.get(name);
    }

    /**
     * Finds the method that an encoded {@code RequestHeaderProto} names.
     *
     * @throws RpcServerException if there is no such method, protocol, or version of it
     */
    Target<?, ?> find(byte[] bytes, int offset, int length) throws RpcServerException {
        int slot = hash(bytes, offset, length);
        for (Target<?, ?> target = byHeader[slot & (byHeader.length - 1)];
                target != null;
                target = byHeader[++slot & (byHeader.length - 1)]) {
            if (target.hasHeader(bytes, offset, length)) {
                return target;
            }
        }
        return decode(bytes, offset, length);
    }

    private Target<?, ?> decode(byte[] bytes, int offset, int length) throws RpcServerException {
        RequestHeaderProto header;
        try {
            header = RequestHeaderProto.parser().parseFrom(bytes, offset, length);
        } catch (InvalidProtocolBufferException e) {
            throw new RpcServerException("the name of the method cannot be read: " + e.getMessage());
        }
        RpcProtocol protocol = protocols.get(header.getDeclaringClassProtocolName());
        if (protocol == null) {
            throw new RpcNoSuchProtocolException("Protocol " + header.getDeclaringClassProtocolName()
                    + " is not served at this port, which serves " + protocols.keySet() + ".");
        }
        if (protocol.version() != header.getClientProtocolVersion()) {
            throw new RPC.VersionMismatch(protocol.name(), header.getClientProtocolVersion(), protocol.version());
        }
        Target<?, ?> target = byName.get(protocol.name() + "." + header.getMethodName());
        if (target == null) {
            throw new RpcNoSuchMethodException(
                    "Method " + header.getMethodName() + " of " + protocol.name() + " is not answered by this server.");
        }
        return target;
    }

    private static int hash(byte[] bytes, int offset, int length) {
        int hash = length;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash ^ (hash >>> 15);
    }
}
