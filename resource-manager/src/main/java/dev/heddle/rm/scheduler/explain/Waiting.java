package dev.heddle.rm.scheduler.explain;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.AskKey;
import org.jspecify.annotations.Nullable;

/**
 * Something that an application waits for.
 *
 * @param key of the ask, or null where the application may not begin at all
 * @param count of containers that are wanted
 * @param size of each
 * @param sinceMs when it began to wait, in ms since 1970
 */
public record Waiting(@Nullable AskKey key, int count, Resource size, long sinceMs, Obstacle obstacle) {}
