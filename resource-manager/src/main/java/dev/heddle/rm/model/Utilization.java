package dev.heddle.rm.model;

/**
 * What is really used, as a node measures it.
 *
 * @param physicalMemoryMb in MiB
 * @param virtualMemoryMb in MiB
 * @param cpu 1 for a core that is busy all the time
 */
public record Utilization(int physicalMemoryMb, int virtualMemoryMb, float cpu) {
    public static final Utilization NONE = new Utilization(0, 0, 0);
}
