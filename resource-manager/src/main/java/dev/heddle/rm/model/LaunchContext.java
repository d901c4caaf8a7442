package dev.heddle.rm.model;

import java.util.Arrays;

/**
 * How an application's master is started: an encoded {@code ContainerLaunchContextProto}, which the core passes on and
 * never reads. It holds credentials, so it never prints itself.
 */
public final class LaunchContext {
    private final byte[] encoded;

    public LaunchContext(byte[] encoded) {
        this.encoded = encoded.clone();
    }

    /** A copy of the encoded message. */
    public byte[] encoded() {
        return encoded.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LaunchContext that && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return "LaunchContext[" + encoded.length + " bytes]";
    }
}
