package dev.heddle.nm.watch;

import java.util.List;

/**
 * What a container used when it was last looked at. Immutable.
 *
 * @param residentBytes of its processes in memory
 * @param virtualBytes of their address spaces
 * @param peakResidentBytes the most at any look so far
 * @param cores used on average since the look before
 * @param cpuMillis used so far
 * @param readBytes from disks, by the processes that live
 * @param writtenBytes to disks, by the processes that live
 * @param openFiles of the processes that were counted; the largest nodes are counted in part
 * @param holders of the memory, the largest first; from the last time that it was scarce, or of now
 */
public record ContainerUsage(
        long residentBytes,
        long virtualBytes,
        long peakResidentBytes,
        double cores,
        long cpuMillis,
        long readBytes,
        long writtenBytes,
        int openFiles,
        int processes,
        List<Holder> holders) {
    static final ContainerUsage NOTHING = new ContainerUsage(0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

    public ContainerUsage {
        holders = List.copyOf(holders);
    }

    /**
     * A process that holds memory.
     *
     * @param command its command line without what may be secret, cut where it is long
     * @param framework whose process it is
     */
    public record Holder(long pid, long residentBytes, String command, Framework framework) {}
}
