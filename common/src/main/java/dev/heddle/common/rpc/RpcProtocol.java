package dev.heddle.common.rpc;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.ServiceDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.jspecify.annotations.Nullable;

/**
 * A protocol that a server offers: the methods that are answered, by the names that the wire gives them. A method of the
 * protocol that is not answered is refused as Hadoop refuses an unknown one ({@code RpcNoSuchMethodException}).
 * Immutable.
 */
public final class RpcProtocol {
    /** A method with the request it takes. */
    record Entry<Q extends Message, R extends Message>(Q requestPrototype, RpcMethod<Q, R> method) {}

    private final Class<?> annotatedInterface;
    private final ServiceDescriptor descriptor;
    private final Map<String, Entry<?, ?>> methods;

    private RpcProtocol(Class<?> annotatedInterface, ServiceDescriptor descriptor, Map<String, Entry<?, ?>> methods) {
        this.annotatedInterface = annotatedInterface;
        this.descriptor = descriptor;
        this.methods = Map.copyOf(methods);
    }

    /**
     * Begins a protocol that answers nothing yet.
     *
     * @param annotatedInterface Hadoop's interface whose {@code ProtocolInfo} annotation carries name and version
     * @param descriptor of the protobuf service
     */
    public static Builder builder(Class<?> annotatedInterface, ServiceDescriptor descriptor) {
        return new Builder(annotatedInterface, descriptor);
    }

    Class<?> annotatedInterface() {
        return annotatedInterface;
    }

    ServiceDescriptor descriptor() {
        return descriptor;
    }

    @Nullable
    Entry<?, ?> method(String name) {
        return methods.get(name);
    }

    /** Collects the methods of a protocol. */
    public static final class Builder {
        private final Class<?> annotatedInterface;
        private final ServiceDescriptor descriptor;
        private final Map<String, Entry<?, ?>> methods = new HashMap<>();

        private Builder(Class<?> annotatedInterface, ServiceDescriptor descriptor) {
            this.annotatedInterface = annotatedInterface;
            this.descriptor = descriptor;
        }

        /**
         * Answers a method.
         *
         * @param name as in the protobuf service
         * @param requestPrototype the default instance of its request
         * @throws IllegalArgumentException if the service has no such method or it takes another request
         */
        public <Q extends Message, R extends Message> Builder on(
                String name, Q requestPrototype, RpcMethod<Q, R> method) {
            var declared = descriptor.findMethodByName(name);
            if (declared == null || !declared.getInputType().equals(requestPrototype.getDescriptorForType())) {
                throw new IllegalArgumentException(descriptor.getFullName() + " has no method " + name + " that takes "
                        + requestPrototype.getDescriptorForType().getFullName());
            }
            methods.put(name, new Entry<>(requestPrototype, method));
            return this;
        }

        public RpcProtocol build() {
            return new RpcProtocol(annotatedInterface, descriptor, methods);
        }
    }
}
