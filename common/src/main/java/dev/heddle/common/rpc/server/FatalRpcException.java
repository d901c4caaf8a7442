package dev.heddle.common.rpc.server;

import org.apache.hadoop.ipc.RpcServerException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;

/** Ends a connection, after its peer has been told why. Without a stack trace: the peer's doing, and cheap. */
final class FatalRpcException extends Exception {
    private static final long serialVersionUID = 1L;

    private final RpcErrorCodeProto code;

    /**
     * A refusal by an exception that clients know by its class.
     *
     * @param shown what the peer sees: class and message
     */
    FatalRpcException(RpcErrorCodeProto code, Exception shown) {
        super(shown.getMessage(), shown, false, false);
        this.code = code;
    }

    FatalRpcException(RpcErrorCodeProto code, String message) {
        this(code, new RpcServerException(message));
    }

    RpcErrorCodeProto code() {
        return code;
    }

    /** The exception that the peer sees. */
    Throwable shown() {
        Throwable cause = getCause();
        return cause == null ? this : cause;
    }
}
