package dev.heddle.common.rpc;

import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.ServiceDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.jspecify.annotations.Nullable;

/**
 * A protocol that a server offers: the methods that are answered, by the names that the wire gives them. A method of the
 * protocol that is not answered is refused as Hadoop refuses an unknown one ({@code RpcNoSuchMethodException}).
 * Immutable.
 */
public final class RpcProtocol {
    /**
     * A method with the request it takes.
     *
     * @param requestPrototype the default instance of its request
     */
    public record Answer<Q extends Message, R extends Message>(Q requestPrototype, RpcMethod<Q, R> method) {}

    private final Class<?> annotatedInterface;
    private final @Nullable String policyKey;
    private final Map<String, Answer<?, ?>> answers;

    private RpcProtocol(Class<?> annotatedInterface, @Nullable String policyKey, Map<String, Answer<?, ?>> answers) {
        this.annotatedInterface = annotatedInterface;
        this.policyKey = policyKey;
        this.answers = Map.copyOf(answers);
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

    /** Hadoop's interface, which carries the protocol's name, version and Kerberos principals as annotations. */
    public Class<?> annotatedInterface() {
        return annotatedInterface;
    }

    /** As the wire names it. */
    public String name() {
        return RPC.getProtocolName(annotatedInterface);
    }

    public long version() {
        return RPC.getProtocolVersion(annotatedInterface);
    }

    /** The key in {@code hadoop-policy.xml} that says who may use it, or null where nobody may once that is asked. */
    public @Nullable String policyKey() {
        return policyKey;
    }

    /** The methods that are answered, by name. */
    public Map<String, Answer<?, ?>> answers() {
        return answers;
    }

    /** Collects the methods of a protocol. */
    public static final class Builder {
        private final Class<?> annotatedInterface;
        private final ServiceDescriptor descriptor;
        private final Map<String, Answer<?, ?>> answers = new HashMap<>();
        private @Nullable String policyKey;

        private Builder(Class<?> annotatedInterface, ServiceDescriptor descriptor) {
            this.annotatedInterface = annotatedInterface;
            this.descriptor = descriptor;
        }

        /**
         * Names the key in {@code hadoop-policy.xml} that says who may use the protocol where
         * {@code hadoop.security.authorization} is switched on, such as {@code security.resourcetracker.protocol.acl}.
         */
        public Builder authorizedBy(String key) {
            policyKey = key;
            return this;
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
            answers.put(name, new Answer<>(requestPrototype, method));
            return this;
        }

        public RpcProtocol build() {
            return new RpcProtocol(annotatedInterface, policyKey, answers);
        }
    }
}
