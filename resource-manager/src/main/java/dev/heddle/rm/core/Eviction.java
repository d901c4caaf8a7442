package dev.heddle.rm.core;

import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ExitStatus;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;

/** Ends containers whose room others need, as preempted; what was theirs is not held against their masters. */
record Eviction(ClusterState state, ContainerControl containers, ApplicationControl applications) {
    /** As in YARN. */
    static final String WHY = "Container preempted by scheduler";

    void evict(Container container) {
        if (state.container(container.id()) == null) {
            // Its master, just before, was the end of it.
            return;
        }
        containers.stop(container, ExitStatus.PREEMPTED, WHY);
        Attempt attempt = state.attempt(container.id().attempt());
        boolean gone = state.container(container.id()) == null;
        if (container.isMaster() && gone && attempt != null) {
            applications.masterEnded(attempt, new ContainerExit(container.id(), ExitStatus.PREEMPTED, WHY));
        }
    }
}
