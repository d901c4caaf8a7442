package dev.heddle.common.rpc.wire;

import java.util.concurrent.atomic.AtomicLong;

/** How many bytes all connections of a server may hold in buffers together. For all threads. */
public final class BufferBudget {
    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();

    public BufferBudget(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Takes this many bytes, or none and answers false where the limit would be passed. */
    public boolean take(long bytes) {
        if (usedBytes.addAndGet(bytes) > limitBytes) {
            usedBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Gives back what was taken. */
    public void give(long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    public long usedBytes() {
        return usedBytes.get();
    }
}
