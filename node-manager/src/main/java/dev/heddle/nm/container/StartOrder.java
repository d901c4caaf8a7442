package dev.heddle.nm.container;

import dev.heddle.nm.launch.LaunchRequest;
import dev.heddle.nm.localization.ResourceRequest;
import dev.heddle.nm.retry.RetryPolicy;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;

/**
 * A start request whose tokens have been verified.
 *
 * @param token what the resource manager granted
 * @param retries when the container is started again after it has failed
 * @param serviceData what the application has to tell auxiliary services, by their names; secrets among it
 */
public record StartOrder(
        ContainerTokenIdentifier token,
        LaunchRequest launch,
        List<ResourceRequest> resources,
        RetryPolicy retries,
        Map<String, ByteBuffer> serviceData) {
    public StartOrder {
        resources = List.copyOf(resources);
        serviceData = Map.copyOf(serviceData);
    }

    /** The same under another token of the same container. */
    StartOrder granted(ContainerTokenIdentifier newToken) {
        return new StartOrder(newToken, launch, resources, retries, serviceData);
    }

    /** The same with further files; one that has a link's name takes its place. */
    StartOrder with(List<ResourceRequest> further) {
        Map<String, ResourceRequest> byLink = new LinkedHashMap<>();
        resources.forEach(resource -> byLink.put(resource.linkName(), resource));
        further.forEach(resource -> byLink.put(resource.linkName(), resource));
        return new StartOrder(token, launch, List.copyOf(byLink.values()), retries, serviceData);
    }

    /** What is to run instead, for the same user and with the same credentials. */
    StartOrder changed(LaunchChange change) {
        StartOrder merged = with(change.resources());
        return new StartOrder(
                token,
                launch.running(change.commands(), change.environment()),
                merged.resources(),
                change.retries(),
                serviceData);
    }
}
