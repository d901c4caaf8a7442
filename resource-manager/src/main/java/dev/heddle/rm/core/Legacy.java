package dev.heddle.rm.core;

import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.model.EndedContainer;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.Container;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a failed attempt leaves to the next one where its application keeps containers: those that run, its master's aside,
 * as in YARN, and the ends of others that its master may not have been told of.
 */
record Legacy(Set<ContainerId> containers, List<EndedContainer> exits) {
    static final Legacy NONE = new Legacy(Set.of(), List.of());

    boolean isEmpty() {
        return containers.isEmpty() && exits.isEmpty();
    }

    static Legacy of(Attempt attempt) {
        Set<ContainerId> running = new LinkedHashSet<>();
        for (Container container : attempt.containers()) {
            if (container.state() == ContainerState.RUNNING && !container.isMaster()) {
                running.add(container.id());
            }
        }
        return new Legacy(running, attempt.owedExits());
    }
}
