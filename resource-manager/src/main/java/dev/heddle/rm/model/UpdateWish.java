package dev.heddle.rm.model;

import dev.heddle.common.resources.Resource;

/**
 * What a master wants changed of a container that it has.
 *
 * @param version of the container, as the master knows it
 * @param target its new size; meant for {@link Kind#INCREASE} and {@link Kind#DECREASE}
 */
public record UpdateWish(ContainerId container, int version, Kind kind, Resource target) {
    /** What is changed: the size, or whether the container is guaranteed its room. */
    public enum Kind {
        INCREASE,
        DECREASE,
        PROMOTE,
        DEMOTE
    }
}
