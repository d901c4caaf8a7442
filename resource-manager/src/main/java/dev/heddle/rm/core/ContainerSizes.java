package dev.heddle.rm.core;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Queue;

/** How large a container may be. */
final class ContainerSizes {
    private final ClusterState state;
    private final CorePolicy policy;

    ContainerSizes(ClusterState state, CorePolicy policy) {
        this.state = state;
        this.policy = policy;
    }

    /** What is granted where this is asked for. */
    Resource normalize(Resource asked) {
        return policy.normalize(state.queuePlan().measure().counted(asked));
    }

    /** The configured maximum, or the largest node where that is smaller and there is one. */
    Resource maximumCapability() {
        return maximumCapability(policy.maximumAllocation());
    }

    /** As {@link #maximumCapability()}, for a queue that may have a smaller maximum. */
    Resource maximumCapability(Queue queue) {
        return maximumCapability(policy.maximumAllocation().min(queue.spec().maximumAllocation()));
    }

    private Resource maximumCapability(Resource configured) {
        Resource largest = state.largestTotal();
        return state.runningNodes() == 0 ? configured : configured.min(largest);
    }

    /**
     * What is granted where this is asked for: as it is normalized, but not over the maximum.
     *
     * @throws Refusal if the ask itself is over the maximum
     */
    Resource fitted(Resource asked, Queue queue, Refusal.Kind kind) {
        check(asked, queue, kind);
        return fitted(asked, queue);
    }

    /** As it is normalized, but not over the maximum. */
    Resource fitted(Resource asked, Queue queue) {
        return normalize(asked).min(maximumCapability(queue));
    }

    /** Refuses what no node could hold. */
    void check(Resource asked, Queue queue, Refusal.Kind kind) {
        Resource maximum = maximumCapability(queue);
        if (!asked.fitsIn(maximum)) {
            ResourceKind over = firstOver(asked, maximum);
            boolean further = asked.further().amount(over) > 0;
            throw new Refusal(
                    kind,
                    "Invalid resource request! Cannot allocate containers as requested resource is greater than maximum"
                            + " allowed allocation. Requested resource type=[" + over.name() + "], Requested resource="
                            + asYarnPrintsIt(asked) + ", maximum allowed allocation=" + asYarnPrintsIt(maximum)
                            + ": ask for less, or raise "
                            + (further
                                    ? "yarn.resource-types." + over.name() + ".maximum-allocation"
                                    : "yarn.scheduler.maximum-allocation-mb and -vcores")
                            + " if the nodes are larger");
        }
    }

    private static ResourceKind firstOver(Resource asked, Resource maximum) {
        if (asked.memoryMb() > maximum.memoryMb()) {
            return ResourceKind.MEMORY;
        }
        FurtherKinds further = asked.further();
        for (int i = 0; i < further.size() && asked.vcores() <= maximum.vcores(); i++) {
            if (further.amount(i) > maximum.amount(further.kind(i))) {
                return further.kind(i);
            }
        }
        return ResourceKind.VCORES;
    }

    /** Clients take numbers out of this. */
    private static String asYarnPrintsIt(Resource resource) {
        StringBuilder text = new StringBuilder("<memory:")
                .append(resource.memoryMb())
                .append(", vCores:")
                .append(resource.vcores());
        FurtherKinds further = resource.further();
        for (int i = 0; i < further.size(); i++) {
            text.append(", ")
                    .append(further.kind(i).name())
                    .append(": ")
                    .append(further.amount(i))
                    .append(further.kind(i).unit());
        }
        return text.append('>').toString();
    }
}
