package dev.heddle.app.master;

import dev.heddle.common.lifecycle.Lifecycle;
import java.util.Set;

/** The life of an executor, from the grant of its container on. */
enum ExecutorState {
    /** It has a container and has not connected yet. */
    STARTING,
    /** It takes tasks. */
    RUNNING,
    /** It is gone, and why is not known yet. */
    LOST,
    /** It was told to go. */
    STOPPING,
    /** Its container has ended. */
    ENDED;

    static final Lifecycle<ExecutorState> LIFECYCLE = Lifecycle.of("executor", ExecutorState.class, STARTING)
            .allow(STARTING, Set.of(RUNNING, STOPPING, ENDED))
            .allow(RUNNING, Set.of(LOST, STOPPING, ENDED))
            .allow(LOST, Set.of(STOPPING, ENDED))
            .allow(STOPPING, Set.of(ENDED))
            .build();
}
