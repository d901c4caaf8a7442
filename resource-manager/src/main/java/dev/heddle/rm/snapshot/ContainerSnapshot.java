package dev.heddle.rm.snapshot;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ContainerExit;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import org.jspecify.annotations.Nullable;

/**
 * A container as readers see it. Immutable; times are in ms since 1970.
 *
 * @param httpPort of its node's web server, or 0 where it has none
 * @param priority of the ask that it was granted for
 * @param end how it ended, or null while it holds room
 */
public record ContainerSnapshot(
        ContainerId id,
        NodeId node,
        int httpPort,
        Resource resource,
        int priority,
        long grantedAtMs,
        @Nullable End end) {
    /** How and when a container ended. */
    public record End(ContainerExit exit, long atMs) {}

    ContainerSnapshot ended(ContainerExit exit, long atMs) {
        return new ContainerSnapshot(id, node, httpPort, resource, priority, grantedAtMs, new End(exit, atMs));
    }
}
