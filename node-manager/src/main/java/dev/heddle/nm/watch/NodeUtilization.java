package dev.heddle.nm.watch;

/** What all containers use together, and what the machine does. Immutable. */
public record NodeUtilization(Share containers, Share node) {
    static final NodeUtilization UNKNOWN = new NodeUtilization(Share.NOTHING, Share.NOTHING);

    /**
     * A part of the machine, or all of it.
     *
     * @param vcores of containers in the node's virtual cores, of the machine in its own cores, as YARN counts them
     */
    public record Share(int memoryMb, int virtualMemoryMb, double vcores) {
        static final Share NOTHING = new Share(0, 0, 0);
    }
}
