package dev.heddle.app.transport;

/**
 * The limits of a connection between driver and executor.
 *
 * @param heartbeatIntervalMs silence after which a side says that it lives
 * @param timeoutMs silence after which a side takes the other for lost
 * @param maxPayloadBytes the largest serialized task or result
 */
public record TransportLimits(long heartbeatIntervalMs, long timeoutMs, int maxPayloadBytes) {
    /** What a message may have besides its payload: texts of failures, ids. */
    private static final int ENVELOPE_BYTES = 1 << 20;

    /** The largest frame on the wire. */
    int maxFrameBytes() {
        return maxPayloadBytes + ENVELOPE_BYTES;
    }
}
