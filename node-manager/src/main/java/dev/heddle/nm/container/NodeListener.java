package dev.heddle.nm.container;

import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/** Hears what changes on the node. Called by the writer thread, and must not block it. */
public interface NodeListener {
    /** A container has begun to run or has ended: worth telling the resource manager at once. */
    void containersChanged();

    /** A container has been accepted, or has reached another state. */
    void containerChanged(ContainerSnapshot container);

    /** A container's end need not be known here any longer. */
    void containerForgotten(ContainerId container);

    /** A container of an earlier node manager goes on, or has ended and that has not been acknowledged. */
    void containerRestored(ContainerSnapshot container);

    /**
     * An application has its first container here, or had one with an earlier node manager.
     *
     * @param first the order of such a container, or null where none is left
     */
    void applicationStarted(ApplicationId application, String user, @Nullable StartOrder first);

    /** An application has ended elsewhere, and its containers here are being killed. */
    void applicationEnding(ApplicationId application);

    /** Nothing of an application is left on this node. */
    void applicationEnded(ApplicationId application);
}
