package dev.heddle.rm.model.constraint;

import java.util.Arrays;

/**
 * A constraint as it was sent: an encoded {@code PlacementConstraintProto}, or nothing. The core never reads it; a request
 * that is given back carries it again.
 */
public final class SentConstraint {
    /** No constraint was sent. */
    public static final SentConstraint NONE = new SentConstraint(new byte[0]);

    private final byte[] encoded;

    public SentConstraint(byte[] encoded) {
        this.encoded = encoded.clone();
    }

    /** A copy of the encoded message; empty where there was none. */
    public byte[] encoded() {
        return encoded.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SentConstraint that && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "SentConstraint[" + encoded.length + " bytes]";
    }
}
