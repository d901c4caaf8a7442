package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.ContainerToSignal;
import dev.heddle.rm.model.ContainerUpdate;
import dev.heddle.rm.model.NodeOrders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a node will be told with its next reply. Exists only while there is something: most nodes have nothing. */
final class PendingOrders {
    final Set<ContainerId> stop = new LinkedHashSet<>();
    final List<ContainerId> forget = new ArrayList<>();
    final Set<ApplicationId> endedApplications = new LinkedHashSet<>();
    /** The same thing is said once. */
    final Set<ContainerToSignal> signals = new LinkedHashSet<>();
    /** The latest update of each container: it makes those before it needless. */
    final Map<ContainerId, ContainerUpdate> updates = new LinkedHashMap<>();

    @Nullable
    Resource total;

    NodeOrders copy() {
        return new NodeOrders(
                List.copyOf(stop),
                List.copyOf(forget),
                List.copyOf(endedApplications),
                List.copyOf(signals),
                List.copyOf(updates.values()),
                total);
    }
}
