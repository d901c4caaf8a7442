package dev.heddle.nm.isolation;

/**
 * What the kernel has counted of a container. Immutable.
 *
 * @param memoryBytes used now, file cache included
 * @param peakMemoryBytes used at most; 0 where the kernel does not say
 * @param memoryLimitBytes {@link Long#MAX_VALUE} where there is none
 * @param outOfMemoryKills processes that the kernel has ended because the container was at its memory limit
 * @param cpuNanos used so far
 * @param processes and threads now
 * @param refusedForks how often a process or thread was refused because the container was at its limit of them
 */
public record Account(
        long memoryBytes,
        long peakMemoryBytes,
        long memoryLimitBytes,
        long outOfMemoryKills,
        long cpuNanos,
        long processes,
        long refusedForks) {
    /** Where nothing is counted, and nothing limited. */
    public static final Account NOTHING = new Account(0, 0, Long.MAX_VALUE, 0, 0, 0, 0);
}
