package dev.heddle.nm.container;

import dev.heddle.common.lifecycle.Lifecycle;
import java.util.Set;

/** Where an application is on this node, from its first container to the removal of its files. */
public enum ApplicationState {
    RUNNING,
    /** It has ended elsewhere; its containers here are being killed. No container of it is started any more. */
    FINISHING,
    FINISHED;

    /** Which state may follow which. */
    public static final Lifecycle<ApplicationState> LIFECYCLE = Lifecycle.of(
                    "application", ApplicationState.class, RUNNING)
            .allow(RUNNING, Set.of(FINISHING))
            .allow(FINISHING, Set.of(FINISHED))
            .build();
}
