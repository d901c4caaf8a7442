package dev.heddle.common.rpc.client;

import java.io.IOException;

/** The connection ended after a call was sent and before its answer came: it may or may not have been carried out. */
public final class OutcomeUnknownException extends IOException {
    private static final long serialVersionUID = 1L;

    OutcomeUnknownException(String message, Throwable cause) {
        super(message, cause);
    }
}
