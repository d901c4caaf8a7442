package dev.heddle.nm.wire;

import dev.heddle.nm.container.LaunchChange;
import dev.heddle.nm.container.StartOrder;
import dev.heddle.nm.launch.LaunchRequest;
import dev.heddle.nm.localization.ResourceRequest;
import dev.heddle.nm.localization.ResourceRequest.Kind;
import dev.heddle.nm.localization.ResourceRequest.Visibility;
import dev.heddle.nm.retry.RetryPolicy;
import dev.heddle.nm.retry.RetryPolicy.Failures;
import dev.heddle.nm.services.AuxiliaryServices;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerRetryContext;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.exceptions.InvalidAuxServiceException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.utils.YarnServerSecurityUtils;
import org.jspecify.annotations.Nullable;

/** Reads a launch context, which the application wrote and nobody has checked. */
final class StartOrders {
    /** Files of one request; what is in archives does not count. */
    private static final int MAX_RESOURCES = 10_000;

    private static final Set<String> NO_USER = Set.of("", ".", "..");

    private StartOrders() {}

    /**
     * Reads one request.
     *
     * @param token verified
     * @param minimumRetryMs the least pause before a container is started again
     * @param services of this node
     * @throws YarnException if the request asks for what this node cannot do; the message says what
     */
    static StartOrder read(
            ContainerTokenIdentifier token,
            ContainerLaunchContext launch,
            long minimumRetryMs,
            AuxiliaryServices services)
            throws YarnException {
        String user = token.getApplicationSubmitter();
        // The name becomes a folder's.
        if (NO_USER.contains(user) || user.indexOf('/') >= 0 || user.indexOf('\0') >= 0) {
            throw new YarnException("'" + user + "' is no user name that containers can run under");
        }
        for (String service : launch.getServiceData().keySet()) {
            if (!services.has(service)) {
                throw new InvalidAuxServiceException("The auxService:" + service + " does not exist");
            }
        }
        Credentials credentials;
        try {
            credentials = YarnServerSecurityUtils.parseCredentials(launch);
        } catch (IOException | RuntimeException e) {
            throw new YarnException(
                    "The credentials in the launch context of " + token.getContainerID() + " cannot be read: "
                            + e.getMessage(),
                    e);
        }
        return new StartOrder(
                token,
                new LaunchRequest(
                        token.getContainerID(),
                        user,
                        launch.getCommands(),
                        launch.getEnvironment(),
                        credentials,
                        launch.getApplicationACLs()),
                resources(launch.getLocalResources()),
                retries(launch.getContainerRetryContext(), minimumRetryMs),
                launch.getServiceData());
    }

    /**
     * Reads what is to run in a container that there is. Its user and its credentials stay.
     *
     * @throws YarnException as {@link #read}
     */
    static LaunchChange readChange(ContainerLaunchContext launch, long minimumRetryMs) throws YarnException {
        return new LaunchChange(
                launch.getCommands(),
                launch.getEnvironment(),
                resources(launch.getLocalResources()),
                retries(launch.getContainerRetryContext(), minimumRetryMs));
    }

    private static RetryPolicy retries(@Nullable ContainerRetryContext asked, long minimumRetryMs) {
        if (asked == null || asked.getRetryPolicy() == null) {
            return RetryPolicy.NEVER;
        }
        Failures failures =
                switch (asked.getRetryPolicy()) {
                    case NEVER_RETRY -> Failures.NONE;
                    case RETRY_ON_ALL_ERRORS -> Failures.ALL;
                    case RETRY_ON_SPECIFIC_ERROR_CODES -> Failures.SOME;
                };
        return new RetryPolicy(
                failures,
                asked.getErrorCodes() == null ? Set.of() : asked.getErrorCodes(),
                asked.getMaxRetries(),
                Math.max(minimumRetryMs, asked.getRetryInterval()),
                asked.getFailuresValidityInterval());
    }

    /**
     * Reads which files are asked for.
     *
     * @throws YarnException if one of them cannot be had, whatever it is, or they are in each other's way
     */
    static List<ResourceRequest> resources(Map<String, LocalResource> resources) throws YarnException {
        if (resources.size() > MAX_RESOURCES) {
            throw new YarnException(resources.size() + " local resources are asked for, and one request may have "
                    + MAX_RESOURCES + ": put files together into archives");
        }
        Map<String, ResourceRequest> requests = new HashMap<>();
        for (Map.Entry<String, LocalResource> entry : resources.entrySet()) {
            ResourceRequest request = resource(entry.getKey(), entry.getValue());
            if (requests.put(request.linkName(), request) != null) {
                throw new YarnException(
                        "local resource '" + entry.getKey() + "': another one has the name " + request.linkName());
            }
        }
        try {
            ResourceRequest.requireApart(requests.values());
        } catch (IllegalArgumentException e) {
            throw new YarnException(e.getMessage(), e);
        }
        return List.copyOf(requests.values());
    }

    private static ResourceRequest resource(String name, LocalResource resource) throws YarnException {
        if (resource.getResource() == null) {
            throw new YarnException("Null resource URL for local resource " + name + " : " + resource);
        }
        if (resource.getType() == null) {
            throw new YarnException("Null resource type for local resource " + name + " : " + resource);
        }
        if (resource.getVisibility() == null) {
            throw new YarnException("Null resource visibility for local resource " + name + " : " + resource);
        }
        Kind kind =
                switch (resource.getType()) {
                    case FILE -> Kind.FILE;
                    case ARCHIVE -> Kind.ARCHIVE;
                    case PATTERN -> Kind.PATTERN;
                };
        Visibility visibility =
                switch (resource.getVisibility()) {
                    case PUBLIC -> Visibility.PUBLIC;
                    case PRIVATE -> Visibility.PRIVATE;
                    case APPLICATION -> Visibility.APPLICATION;
                };
        try {
            Path source = resource.getResource().toPath();
            if (source.getName().isEmpty()) {
                throw new YarnException("local resource '" + name + "': " + source + " names no file");
            }
            String pattern = kind == Kind.PATTERN && resource.getPattern() != null ? resource.getPattern() : "";
            return new ResourceRequest(
                    ResourceRequest.linkName(name), source, kind, resource.getTimestamp(), visibility, pattern);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new YarnException(e.getMessage(), e);
        }
    }
}
