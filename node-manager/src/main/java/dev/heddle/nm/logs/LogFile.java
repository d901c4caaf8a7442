package dev.heddle.nm.logs;

import java.nio.file.Path;

/**
 * A container's log file as it was at one moment. Immutable.
 *
 * @param directory the container's log directory that holds it
 * @param length in bytes
 * @param modifiedMs when it was last written to
 * @param identity which file it is, whatever its name: a file that is renamed keeps it
 */
public record LogFile(Path directory, String name, long length, long modifiedMs, String identity) {
    Path path() {
        return directory.resolve(name);
    }
}
