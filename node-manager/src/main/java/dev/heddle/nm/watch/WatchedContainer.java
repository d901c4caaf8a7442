package dev.heddle.nm.watch;

import dev.heddle.nm.isolation.Allocation;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.yarn.api.records.ContainerId;

/**
 * A container to be watched. Immutable.
 *
 * @param leader its first process, which leads its session
 * @param logDirectories its own log directory on each disk
 */
public record WatchedContainer(ContainerId id, long leader, Allocation allocation, List<Path> logDirectories) {
    public WatchedContainer {
        logDirectories = List.copyOf(logDirectories);
    }

    WatchedContainer with(Allocation other) {
        return new WatchedContainer(id, leader, other, logDirectories);
    }
}
