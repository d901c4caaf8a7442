package dev.heddle.rm.model;

import dev.heddle.common.resources.Resource;
import java.util.Set;

/**
 * What was submitted.
 *
 * @param queue as it was named; once accepted, the path of the leaf
 * @param maxAttempts how often its master is tried, at least 1
 * @param masterResource the size of its master's container
 * @param unmanaged whether its master runs outside the cluster and is not started by the RM
 * @param keepContainers whether what runs when an attempt fails is left to the next one
 */
public record ApplicationSpec(
        String name,
        String type,
        String user,
        String queue,
        int priority,
        Set<String> tags,
        int maxAttempts,
        Resource masterResource,
        boolean unmanaged,
        boolean keepContainers,
        LaunchContext launchContext) {
    public ApplicationSpec {
        tags = Set.copyOf(tags);
    }
}
