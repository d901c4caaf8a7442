package dev.heddle.common.rpc.client;

import org.apache.hadoop.thirdparty.protobuf.Descriptors.MethodDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Descriptors.ServiceDescriptor;
import org.apache.hadoop.thirdparty.protobuf.Message;

/**
 * A method that can be called: its name on the wire and what comes back. Made once for each method and kept as a constant.
 *
 * @param <Q> the request
 * @param <R> the response
 */
public final class RpcCall<Q extends Message, R extends Message> {
    private final String method;
    private final Q requestPrototype;
    private final R responsePrototype;

    private RpcCall(String method, Q requestPrototype, R responsePrototype) {
        this.method = method;
        this.requestPrototype = requestPrototype;
        this.responsePrototype = responsePrototype;
    }

    /**
     * Names a method of a service.
     *
     * @param requestPrototype the default instance of what the method takes
     * @param responsePrototype the default instance of what it answers
     * @throws IllegalArgumentException if the service has no such method, or it takes or answers something else
     */
    public static <Q extends Message, R extends Message> RpcCall<Q, R> of(
            ServiceDescriptor service, String method, Q requestPrototype, R responsePrototype) {
        MethodDescriptor declared = service.findMethodByName(method);
        if (declared == null
                || !declared.getInputType().equals(requestPrototype.getDescriptorForType())
                || !declared.getOutputType().equals(responsePrototype.getDescriptorForType())) {
            throw new IllegalArgumentException(service.getFullName() + " has no method " + method + " from "
                    + requestPrototype.getDescriptorForType().getFullName() + " to "
                    + responsePrototype.getDescriptorForType().getFullName());
        }
        return new RpcCall<>(method, requestPrototype, responsePrototype);
    }

    /** As the protobuf service names it. */
    public String method() {
        return method;
    }

    /** The default instance of what the method takes. */
    public Q requestPrototype() {
        return requestPrototype;
    }

    R responsePrototype() {
        return responsePrototype;
    }

    @Override
    public String toString() {
        return method;
    }
}
