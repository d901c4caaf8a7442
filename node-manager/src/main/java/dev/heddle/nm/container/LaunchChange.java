package dev.heddle.nm.container;

import dev.heddle.nm.localization.ResourceRequest;
import dev.heddle.nm.retry.RetryPolicy;
import java.util.List;
import java.util.Map;

/**
 * What an application wants to run in a container that it has, instead of what it runs there. Immutable.
 *
 * @param resources what it needs besides the files that the container has; one that has a link's name takes its place
 */
public record LaunchChange(
        List<String> commands, Map<String, String> environment, List<ResourceRequest> resources, RetryPolicy retries) {
    public LaunchChange {
        commands = List.copyOf(commands);
        environment = Map.copyOf(environment);
        resources = List.copyOf(resources);
    }

    // The environment does not belong in a log.
    @Override
    public String toString() {
        return "launch change with " + resources.size() + " resources";
    }
}
