package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.wire.WireConstants;

/** By what a client knows the answer to a call again. */
final class CallHeader {
    private static final byte[] NO_CLIENT = {};

    private final int callId;
    private final byte[] clientId;
    private final int retryCount;

    /**
     * @param clientId is shared; nobody changes it
     */
    CallHeader(int callId, byte[] clientId, int retryCount) {
        this.callId = callId;
        this.clientId = clientId;
        this.retryCount = retryCount;
    }

    /** An answer to what was no call. */
    static CallHeader noCall(int callId) {
        return new CallHeader(callId, NO_CLIENT, WireConstants.NO_RETRY_COUNT);
    }

    int callId() {
        return callId;
    }

    byte[] clientId() {
        return clientId;
    }

    int retryCount() {
        return retryCount;
    }
}
