package dev.heddle.rm.model;

import dev.heddle.common.resources.Resource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a node is told to do. Immutable.
 *
 * @param stop containers to end
 * @param forget ended containers that need not be reported any more
 * @param endedApplications applications whose files may go
 * @param signals what to tell the processes of containers
 * @param updates containers that have changed
 * @param total what it has to offer from now on, or null where that has not changed
 */
public record NodeOrders(
        List<ContainerId> stop,
        List<ContainerId> forget,
        List<ApplicationId> endedApplications,
        List<ContainerToSignal> signals,
        List<ContainerUpdate> updates,
        @Nullable Resource total) {
    public static final NodeOrders NONE = new NodeOrders(List.of(), List.of(), List.of(), List.of(), List.of(), null);
}
