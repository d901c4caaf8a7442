package dev.heddle.nm.wire;

import org.jspecify.annotations.Nullable;

/**
 * Which life of which resource manager this node is registered with. Written by the thread that talks to the resource
 * manager, read by all.
 */
public final class Registration {
    private volatile @Nullable Long identifier;

    void registered(long resourceManagerIdentifier) {
        identifier = resourceManagerIdentifier;
    }

    /** The identifier that the resource manager gave at the last registration, or null before the first one. */
    @Nullable
    Long identifier() {
        return identifier;
    }

    public boolean isRegistered() {
        return identifier != null;
    }
}
