package dev.heddle.nm.container;

import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;

/**
 * A container as it was at one moment. Immutable.
 *
 * @param exitStatus {@link org.apache.hadoop.yarn.api.records.ContainerExitStatus#INVALID} until it is known
 */
public record ContainerSnapshot(
        ContainerTokenIdentifier token, ContainerState state, int exitStatus, String diagnostics) {
    public ContainerId id() {
        return token.getContainerID();
    }

    public boolean isDone() {
        return state == ContainerState.DONE;
    }
}
