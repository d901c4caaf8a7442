package dev.heddle.nm.localization;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;

/**
 * One file that a container asks for.
 *
 * @param linkName where the container expects it, relative to its working directory; it never leads out of it
 * @param source where it lies
 * @param kind what to do with it
 * @param timestamp when the source was last changed, milliseconds since the epoch, as the application saw it
 * @param visibility who shares the copy
 * @param pattern of the names in a jar that are unpacked, a regular expression; empty where that is not asked for
 */
public record ResourceRequest(
        String linkName, Path source, Kind kind, long timestamp, Visibility visibility, String pattern) {
    /** Names in a container's directory that are the node manager's own. */
    private static final Set<String> RESERVED = Set.of("container_tokens", "launch_container.sh", "tmp");

    /** What becomes of the file once it is here. */
    public enum Kind {
        FILE,
        /** Unpacked into a directory, as its name's ending says. */
        ARCHIVE,
        /** A jar of which some is unpacked into a directory, and which is itself put there, too. */
        PATTERN
    }

    /** Who shares the copy. */
    public enum Visibility {
        PUBLIC,
        PRIVATE,
        APPLICATION
    }

    /** One that is copied or unpacked as a whole. */
    public ResourceRequest(String linkName, Path source, Kind kind, long timestamp, Visibility visibility) {
        this(linkName, source, kind, timestamp, visibility, "");
    }

    /**
     * Checks that none lies inside of another one, which is a copy that others share.
     *
     * @throws IllegalArgumentException if one does; the message names both
     */
    public static void requireApart(Collection<ResourceRequest> requests) {
        Set<String> names = requests.stream().map(ResourceRequest::linkName).collect(Collectors.toSet());
        for (String name : names) {
            for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
                if (names.contains(name.substring(0, slash))) {
                    throw new IllegalArgumentException(
                            "local resource '" + name + "': it lies in another one, " + name.substring(0, slash));
                }
            }
        }
    }

    /**
     * Checks and cleans a link's name.
     *
     * @return the name without empty and {@code .} parts
     * @throws IllegalArgumentException if it is empty, absolute, leads out of the container's directory or is one of the
     *     node manager's own; the message says so
     */
    public static String linkName(String name) {
        if (name.isEmpty() || name.startsWith("/") || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "local resource '" + name + "': the name must be a path relative to the container's directory");
        }
        Deque<String> parts = new ArrayDeque<>();
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                throw new IllegalArgumentException(
                        "local resource '" + name + "': the name leads out of the container's directory");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        if (parts.isEmpty() || RESERVED.contains(parts.getFirst())) {
            throw new IllegalArgumentException(
                    "local resource '" + name + "': the name is used by the node manager itself");
        }
        return String.join("/", parts);
    }
}
