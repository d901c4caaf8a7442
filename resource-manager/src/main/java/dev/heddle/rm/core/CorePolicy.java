package dev.heddle.rm.core;

import dev.heddle.common.resources.Resource;

/**
 * The numbers that the core decides by.
 *
 * @param minimumAllocation the smallest container; larger asks are rounded up to a multiple of its memory
 * @param maximumAllocation the largest container
 * @param maxAttempts how often an application's master may be tried at most
 * @param nodeExpiryMs how long a node may be silent
 * @param masterExpiryMs how long a master may be silent
 * @param grantExpiryMs how long a container may wait to be started
 * @param placementsPerPass how many containers one command may place before others get their turn
 * @param completedApplications how many ended applications are remembered
 */
public record CorePolicy(
        Resource minimumAllocation,
        Resource maximumAllocation,
        int maxAttempts,
        long nodeExpiryMs,
        long masterExpiryMs,
        long grantExpiryMs,
        int placementsPerPass,
        int completedApplications) {
    /**
     * Rounds an ask up as YARN does: at least the minimum, and a multiple of the minimum's memory.
     *
     * @return the size that is granted; it may be over the maximum
     */
    Resource normalize(Resource asked) {
        Resource atLeast = asked.max(minimumAllocation);
        long step = Math.max(1, minimumAllocation.memoryMb());
        long memoryMb = (atLeast.memoryMb() + step - 1) / step * step;
        return new Resource(memoryMb, atLeast.vcores());
    }
}
