package dev.heddle.nm.localization;

import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.localization.ResourceRequest.Kind;
import dev.heddle.nm.localization.ResourceRequest.Visibility;
import java.nio.file.Path;

/**
 * What makes two requests want the same copy.
 *
 * @param user empty where the copy is for everybody
 * @param application empty where the copy outlives the application
 */
public record CacheKey(
        Visibility visibility,
        String user,
        String application,
        org.apache.hadoop.fs.Path source,
        Kind kind,
        long timestamp,
        String pattern) {

    static CacheKey of(ResourceRequest request, String user, String application) {
        return switch (request.visibility()) {
            case PUBLIC -> key(request, "", "");
            case PRIVATE -> key(request, user, "");
            case APPLICATION -> key(request, user, application);
        };
    }

    private static CacheKey key(ResourceRequest request, String user, String application) {
        return new CacheKey(
                request.visibility(),
                user,
                application,
                request.source(),
                request.kind(),
                request.timestamp(),
                request.pattern());
    }

    /** The folder of a local directory that holds copies of this scope. */
    Path folder(Path localRoot) {
        return switch (visibility) {
            case PUBLIC -> NodeDirectories.publicCache(localRoot);
            case PRIVATE -> NodeDirectories.userCache(localRoot, user);
            case APPLICATION -> NodeDirectories.applicationCache(localRoot, user, application);
        };
    }
}
