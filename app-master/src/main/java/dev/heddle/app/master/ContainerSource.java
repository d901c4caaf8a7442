package dev.heddle.app.master;

import org.apache.hadoop.yarn.api.records.ContainerId;

/** Where containers come from. Its methods return at once; what comes of them is told to {@link ContainerEvents}. */
interface ContainerSource {
    /** How many containers to hold; more are asked for, and none is taken away. */
    void setTarget(int containers);

    /** Gives a container back; it does not count any more. */
    void release(ContainerId container);

    /** The container is of no use any more, though it may take a while to end: it does not count any more. */
    void disregard(ContainerId container);
}
