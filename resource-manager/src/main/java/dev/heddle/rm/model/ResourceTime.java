package dev.heddle.rm.model;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import java.util.Map;
import java.util.TreeMap;

/**
 * What has been used for how long: the area under an amount that changes in steps. Immutable. An amount that is held from
 * one moment on and given up at another adds itself times the time between; while it is held, it grows by itself.
 *
 * @param originMs times count from here, so that products stay small
 * @param memoryMbMs the area up to the origin's moment, as if what is held had been held since then
 * @param furtherMs the same of each further kind that was ever held; not whole numbers, as there may be very many of them
 * @param held what is held now
 */
public record ResourceTime(
        long originMs, long memoryMbMs, long vcoreMs, Map<ResourceKind, Double> furtherMs, Resource held) {
    private static final long MS_PER_SECOND = 1_000;

    public ResourceTime {
        furtherMs = Map.copyOf(furtherMs);
    }

    /** Nothing used yet. */
    public static ResourceTime from(long originMs) {
        return new ResourceTime(originMs, 0, 0, Map.of(), Resource.NONE);
    }

    /** An amount is held from now on. */
    public ResourceTime take(Resource amount, long nowMs) {
        long sinceMs = nowMs - originMs;
        return new ResourceTime(
                originMs,
                memoryMbMs - amount.memoryMb() * sinceMs,
                vcoreMs - amount.vcores() * sinceMs,
                further(amount.further(), -sinceMs),
                held.plus(amount));
    }

    /** An amount is held no longer. */
    public ResourceTime giveBack(Resource amount, long nowMs) {
        long sinceMs = nowMs - originMs;
        return new ResourceTime(
                originMs,
                memoryMbMs + amount.memoryMb() * sinceMs,
                vcoreMs + amount.vcores() * sinceMs,
                further(amount.further(), sinceMs),
                held.minus(amount));
    }

    private Map<ResourceKind, Double> further(FurtherKinds amounts, long sinceMs) {
        if (amounts.isEmpty()) {
            return furtherMs;
        }
        Map<ResourceKind, Double> sums = new TreeMap<>(furtherMs);
        for (int i = 0; i < amounts.size(); i++) {
            sums.merge(amounts.kind(i), (double) amounts.amount(i) * sinceMs, Double::sum);
        }
        return sums;
    }

    /** In MB times seconds, up to a moment. */
    public long memoryMbSeconds(long nowMs) {
        return (memoryMbMs + held.memoryMb() * (nowMs - originMs)) / MS_PER_SECOND;
    }

    /** In cores times seconds, up to a moment. */
    public long vcoreSeconds(long nowMs) {
        return (vcoreMs + held.vcores() * (nowMs - originMs)) / MS_PER_SECOND;
    }

    /** Of each further kind that was ever held, in its unit times seconds, up to a moment. */
    public Map<ResourceKind, Long> furtherSeconds(long nowMs) {
        Map<ResourceKind, Long> seconds = new TreeMap<>();
        furtherMs.forEach((kind, ms) ->
                seconds.put(kind, (long) ((ms + (double) held.amount(kind) * (nowMs - originMs)) / MS_PER_SECOND)));
        return seconds;
    }
}
