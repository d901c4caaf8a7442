package dev.heddle.rm.model;

import dev.heddle.common.resources.Resource;

/**
 * What has been used for how long: the area under an amount that changes in steps. Immutable. An amount that is held from
 * one moment on and given up at another adds itself times the time between; while it is held, it grows by itself.
 *
 * @param originMs times count from here, so that products stay small
 * @param memoryMbMs the area up to the origin's moment, as if what is held had been held since then
 * @param held what is held now
 */
public record ResourceTime(long originMs, long memoryMbMs, long vcoreMs, Resource held) {
    private static final long MS_PER_SECOND = 1_000;

    /** Nothing used yet. */
    public static ResourceTime from(long originMs) {
        return new ResourceTime(originMs, 0, 0, Resource.NONE);
    }

    /** An amount is held from now on. */
    public ResourceTime take(Resource amount, long nowMs) {
        long sinceMs = nowMs - originMs;
        return new ResourceTime(
                originMs,
                memoryMbMs - amount.memoryMb() * sinceMs,
                vcoreMs - amount.vcores() * sinceMs,
                held.plus(amount));
    }

    /** An amount is held no longer. */
    public ResourceTime giveBack(Resource amount, long nowMs) {
        long sinceMs = nowMs - originMs;
        return new ResourceTime(
                originMs,
                memoryMbMs + amount.memoryMb() * sinceMs,
                vcoreMs + amount.vcores() * sinceMs,
                held.minus(amount));
    }

    /** In MB times seconds, up to a moment. */
    public long memoryMbSeconds(long nowMs) {
        return (memoryMbMs + held.memoryMb() * (nowMs - originMs)) / MS_PER_SECOND;
    }

    /** In cores times seconds, up to a moment. */
    public long vcoreSeconds(long nowMs) {
        return (vcoreMs + held.vcores() * (nowMs - originMs)) / MS_PER_SECOND;
    }
}
