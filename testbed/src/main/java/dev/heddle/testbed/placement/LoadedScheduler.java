package dev.heddle.testbed.placement;

/** A scheduler with the nodes and applications of a {@link PlacementScenario}. What is measured says so. */
public interface LoadedScheduler {
    /**
     * Some applications are to have {@link PlacementScenario#CONTAINERS_OF_AN_ASK} containers each, for which there is room.
     *
     * @param time how often all applications had their turn before
     */
    void announce(int first, int count, int time);

    /** Measured: they get them. Returns how many containers were placed. */
    int place();

    /** All containers are given back. */
    void clear();

    /** Everybody wants more than there is, and the cluster is full. */
    void saturate();

    /** The nodes' containers are with their masters. */
    void settle(int[] nodes);

    /**
     * Measured: all containers of the nodes end, and others take their room.
     *
     * @return how many containers were placed
     */
    int turnOver(int[] nodes);

    /** The containers that are placed now. */
    int held();
}
