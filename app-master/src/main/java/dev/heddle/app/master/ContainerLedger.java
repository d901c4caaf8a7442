package dev.heddle.app.master;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceRequest;
import org.apache.hadoop.yarn.util.resource.Resources;

/**
 * Which containers are held, asked for and given back, and what of it the resource manager is still to be told. An ask is
 * the number of containers that are wanted beside those that were granted; the last one counts, as in YARN's
 * {@code ApplicationMasterProtocol}. For one thread.
 */
final class ContainerLedger {
    private static final Priority PRIORITY = Priority.newInstance(1);

    /** Stands for a number that the resource manager has changed, or does not have: the next request names it. */
    private static final int UNKNOWN = -1;

    private final Resource capability;
    private final Set<ContainerId> held = new LinkedHashSet<>();
    /** Given back, and their end is not reported yet. */
    private final Set<ContainerId> released = new LinkedHashSet<>();
    /** Of those, the ones that the resource manager does not know of. */
    private final Set<ContainerId> unsaid = new LinkedHashSet<>();

    private int asked;

    /** @param capability of each container */
    ContainerLedger(Resource capability) {
        this.capability = capability;
    }

    /**
     * What the resource manager is to be told.
     *
     * @param wanted containers beside those that are held
     */
    record Request(int wanted, List<ResourceRequest> asks, List<ContainerId> releases) {}

    Request request(int target) {
        int wanted = Math.max(0, target - held.size());
        List<ResourceRequest> asks = wanted == asked
                ? List.of()
                : List.of(ResourceRequest.newInstance(PRIORITY, ResourceRequest.ANY, capability, wanted, true));
        return new Request(wanted, asks, List.copyOf(unsaid));
    }

    /**
     * The resource manager was told, and has granted something or nothing.
     *
     * @return the containers that are of use; the others are given back
     */
    List<Container> answered(Request request, List<Container> granted, int target) {
        // A grant takes from what was asked for, and may cross an ask on its way: the number is named anew.
        asked = granted.isEmpty() ? request.wanted() : UNKNOWN;
        request.releases().forEach(unsaid::remove);
        List<Container> useful = new ArrayList<>();
        for (Container container : granted) {
            if (held.size() < target && Resources.fitsIn(capability, container.getResource())) {
                held.add(container.getId());
                useful.add(container);
            } else {
                release(container.getId());
            }
        }
        return useful;
    }

    /** The containers have ended. */
    void ended(List<ContainerStatus> statuses) {
        for (ContainerStatus status : statuses) {
            held.remove(status.getContainerId());
            released.remove(status.getContainerId());
            unsaid.remove(status.getContainerId());
        }
    }

    /** Another resource manager has taken over, or this one was started again: it is told everything. */
    void forgotten() {
        asked = UNKNOWN;
        unsaid.addAll(released);
    }

    void release(ContainerId container) {
        held.remove(container);
        released.add(container);
        unsaid.add(container);
    }

    void disregard(ContainerId container) {
        held.remove(container);
    }

    /** Whether fewer are held than are wanted. */
    boolean lacks(int target) {
        return held.size() < target;
    }
}
