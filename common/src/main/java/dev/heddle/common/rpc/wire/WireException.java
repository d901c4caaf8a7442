package dev.heddle.common.rpc.wire;

import java.io.IOException;

/** Bytes that are not what the protocol allows at this place. Without a stack trace: the peer's doing, and cheap. */
public final class WireException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    public WireException(String reason) {
        super(reason);
        this.reason = reason;
    }

    /** What is wrong with the bytes. */
    public String reason() {
        return reason;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
