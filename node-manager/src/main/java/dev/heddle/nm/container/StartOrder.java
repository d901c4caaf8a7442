package dev.heddle.nm.container;

import dev.heddle.nm.launch.LaunchRequest;
import dev.heddle.nm.localization.ResourceRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;

/**
 * A start request whose tokens have been verified.
 *
 * @param token what the resource manager granted
 * @param serviceData what the application has to tell auxiliary services, by their names; secrets among it
 */
public record StartOrder(
        ContainerTokenIdentifier token,
        LaunchRequest launch,
        List<ResourceRequest> resources,
        Map<String, ByteBuffer> serviceData) {
    public StartOrder {
        resources = List.copyOf(resources);
        serviceData = Map.copyOf(serviceData);
    }
}
