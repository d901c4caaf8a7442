package dev.heddle.nm.directories;

import java.util.Optional;

/**
 * From where on a disk counts as full, and how many must be good. The meanings are YARN's.
 *
 * @param utilization empty where the used share does not matter
 * @param freeSpace empty where the amount that is free does not matter
 * @param contents whether every file below a directory must be readable, which costs a walk over all of them
 * @param minHealthyShare how many of the local directories, and of the log directories, must be good, from 0 to 1
 */
public record DiskLimits(
        Optional<Utilization> utilization, Optional<FreeSpace> freeSpace, boolean contents, float minHealthyShare) {
    /** Every disk with room for one more byte is good, and one good disk is enough. */
    public static final DiskLimits NONE = new DiskLimits(Optional.empty(), Optional.empty(), false, 0);

    /**
     * The used share of a disk.
     *
     * @param maxPercent a good disk above it is full
     * @param returnPercent a full disk above it stays full
     */
    public record Utilization(float maxPercent, float returnPercent) {}

    /**
     * What is free on a disk.
     *
     * @param minMb a good disk below it is full
     * @param returnMb a full disk below it stays full
     */
    public record FreeSpace(long minMb, long returnMb) {}
}
