package dev.heddle.nm.isolation;

import org.jspecify.annotations.Nullable;

/**
 * What is limited by cgroups on this node, and how. Immutable.
 *
 * @param hierarchy the cgroup below which the containers' are, without a slash at its ends
 * @param memory null where memory is not
 * @param cpu null where CPU time is not
 * @param maxProcesses and threads of one container; 0 where they are not limited
 * @param ioWeight of one container against others, from 10 to 1,000; 0 where there is none
 * @param exclusiveCores whether guaranteed containers that are worth whole cores get these for themselves
 */
record CgroupTerms(
        String hierarchy,
        @Nullable Memory memory,
        @Nullable Cpu cpu,
        int maxProcesses,
        int ioWeight,
        boolean exclusiveCores,
        Removal removal) {
    /**
     * Limits of memory.
     *
     * @param enforced whether the kernel ends what goes over the limit
     * @param swappiness from 0, never swap, to 100
     * @param softLimitPercent how much of its limit a container may keep when memory gets scarce
     */
    record Memory(boolean enforced, int swappiness, double softLimitPercent) {
        long softLimitBytes(Allocation allocation) {
            return allocation.guaranteed() ? (long) (allocation.memoryBytes() * softLimitPercent / 100) : 0;
        }
    }

    /**
     * Limits of CPU time.
     *
     * @param strict whether containers get no more than their share even where there is more
     * @param machineCores of the machine
     * @param cores for containers, all together
     * @param vcores that the node offers for these cores
     */
    record Cpu(boolean strict, int machineCores, double cores, int vcores) {
        /** The kernel's usual one; a longer one would have containers stand still for longer. */
        static final long PERIOD_US = 100_000;

        private static final long MIN_QUOTA_US = 1_000;

        /** How many cores a container is worth. */
        double coresOf(Allocation allocation) {
            return allocation.vcores() * cores / vcores;
        }

        /** How much CPU time this many cores are in a period. */
        static long quotaUs(double cores) {
            return Math.max(MIN_QUOTA_US, Math.round(cores * PERIOD_US));
        }

        /** Whether all containers together get less than the machine. */
        boolean isCapped() {
            return cores < machineCores;
        }
    }

    /** How long it is tried to remove a cgroup whose last process is still on its way out. */
    record Removal(long limitMs, long pauseMs) {}
}
