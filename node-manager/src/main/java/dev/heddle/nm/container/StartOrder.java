package dev.heddle.nm.container;

import dev.heddle.nm.launch.LaunchRequest;
import dev.heddle.nm.localization.ResourceRequest;
import java.util.List;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;

/**
 * A start request whose tokens have been verified.
 *
 * @param token what the resource manager granted
 */
public record StartOrder(ContainerTokenIdentifier token, LaunchRequest launch, List<ResourceRequest> resources) {
    public StartOrder {
        resources = List.copyOf(resources);
    }
}
