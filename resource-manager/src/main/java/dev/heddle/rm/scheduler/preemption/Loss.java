package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;

/**
 * A container that would go.
 *
 * @param master whether an application master runs in it
 * @param queue that it is in
 * @param claim of whoever is to have its room
 */
public record Loss(
        ContainerId container, NodeId node, Resource resource, boolean master, String queue, Claim claim) {
    /** As a person reads it. */
    public String sentence() {
        return container + " of queue " + queue + " (" + resource + " on " + node
                + (master ? ", an application master" : "") + ") is owed to " + claim.whose() + ": " + claim.why();
    }
}
