package dev.heddle.rm.model;

import dev.heddle.common.resources.Resource;

/**
 * A node is kept for a container that has no room yet: what ends there is for nobody else.
 *
 * @param key of the ask that it is for
 * @param size what counts of the container's size
 * @param sinceMs since when, in ms since 1970
 */
public record Reservation(AttemptId attempt, AskKey key, Resource size, long sinceMs) {}
