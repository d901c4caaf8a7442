package dev.heddle.nm.container;

import dev.heddle.nm.launch.ContainerPaths;
import dev.heddle.nm.launch.ContainerProcess;
import org.jspecify.annotations.Nullable;

/**
 * A container that an earlier node manager has left.
 *
 * @param process the one that it has, or had when it ended while nobody was there; null where none was ever started
 */
public record RestoredContainer(
        StartOrder order, ContainerPaths paths, ContainerProgress progress, @Nullable ContainerProcess process) {}
