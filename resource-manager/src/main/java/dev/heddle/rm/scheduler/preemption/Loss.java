package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;

/**
 * A container that would go.
 *
 * @param master whether an application master runs in it
 * @param queue that it is in
 * @param room the number of the container in the plan that there is to be room for; others may go for the same one
 * @param claim of whoever is to have its room
 */
public record Loss(
        ContainerId container, NodeId node, Resource resource, boolean master, String queue, int room, Claim claim) {
    /** As a person reads it. */
    public String sentence() {
        return container + " of queue " + queue + " (" + resource + " on " + node
                + (master ? ", an application master" : "") + ") is owed to " + claim.whose() + ": " + claim.why();
    }
}
