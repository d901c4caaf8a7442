package dev.heddle.nm.container;

import org.apache.hadoop.yarn.api.records.ApplicationId;

/** Hears what changes on the node. Called by the writer thread, and must not block it. */
public interface NodeListener {
    /** A container has begun to run or has ended: worth telling the resource manager at once. */
    void containersChanged();

    /** Nothing of an application is left on this node. */
    void applicationEnded(ApplicationId application);
}
