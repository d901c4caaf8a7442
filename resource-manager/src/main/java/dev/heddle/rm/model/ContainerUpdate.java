package dev.heddle.rm.model;

import dev.heddle.common.resources.Resource;

/**
 * What has become of a container, for its node to follow.
 *
 * @param resource its new size
 * @param version one more with each update
 * @param purpose of the ask that it met
 * @param decreased whether it has become smaller
 * @param opportunistic its new kind: whether it may be ended for guaranteed ones
 */
public record ContainerUpdate(
        ContainerId container,
        Resource resource,
        int version,
        Purpose purpose,
        boolean decreased,
        boolean opportunistic) {}
