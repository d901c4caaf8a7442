package dev.heddle.common.rpc.client;

import java.io.IOException;

/** A server sent what the protocol does not have. The message names what was sent, without the sender. */
final class ProtocolViolationException extends IOException {
    private static final long serialVersionUID = 1L;

    ProtocolViolationException(String message) {
        super(message);
    }

    ProtocolViolationException(String message, Throwable cause) {
        super(message, cause);
    }
}
