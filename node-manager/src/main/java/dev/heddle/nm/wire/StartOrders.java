package dev.heddle.nm.wire;

import dev.heddle.nm.container.StartOrder;
import dev.heddle.nm.launch.LaunchRequest;
import dev.heddle.nm.localization.ResourceRequest;
import dev.heddle.nm.localization.ResourceRequest.Kind;
import dev.heddle.nm.localization.ResourceRequest.Visibility;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.exceptions.InvalidAuxServiceException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.utils.YarnServerSecurityUtils;

/** Reads a launch context, which the application wrote and nobody has checked. */
final class StartOrders {
    private static final Set<String> NO_USER = Set.of("", ".", "..");

    private StartOrders() {}

    /**
     * Reads one request.
     *
     * @param token verified
     * @throws YarnException if the request asks for what this node cannot do; the message says what
     */
    static StartOrder read(ContainerTokenIdentifier token, ContainerLaunchContext launch) throws YarnException {
        String user = token.getApplicationSubmitter();
        // The name becomes a folder's.
        if (NO_USER.contains(user) || user.indexOf('/') >= 0 || user.indexOf('\0') >= 0) {
            throw new YarnException("'" + user + "' is no user name that containers can run under");
        }
        for (String service : launch.getServiceData().keySet()) {
            throw new InvalidAuxServiceException("The auxService:" + service + " does not exist");
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
                resources(launch.getLocalResources()));
    }

    private static List<ResourceRequest> resources(Map<String, LocalResource> resources) throws YarnException {
        Map<String, ResourceRequest> requests = new HashMap<>();
        for (Map.Entry<String, LocalResource> entry : resources.entrySet()) {
            ResourceRequest request = resource(entry.getKey(), entry.getValue());
            if (requests.put(request.linkName(), request) != null) {
                throw new YarnException(
                        "local resource '" + entry.getKey() + "': another one has the name " + request.linkName());
            }
        }
        for (String name : requests.keySet()) {
            for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
                // The one would be put into the other, which is a copy that others share.
                if (requests.containsKey(name.substring(0, slash))) {
                    throw new YarnException(
                            "local resource '" + name + "': it lies in another one, " + name.substring(0, slash));
                }
            }
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
                    case PATTERN ->
                        throw new YarnException("local resource '" + name
                                + "' is of type PATTERN, which this node manager does not unpack: use ARCHIVE or FILE");
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
            return new ResourceRequest(
                    ResourceRequest.linkName(name), source, kind, resource.getTimestamp(), visibility);
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new YarnException(e.getMessage(), e);
        }
    }
}
