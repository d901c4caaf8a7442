package dev.heddle.rm.command;

import dev.heddle.common.resources.Resource;
import org.jspecify.annotations.Nullable;

/**
 * The reply to a node that registers.
 *
 * @param refusal why it may not join, or empty
 * @param total what it has to offer, where that is not what it said; else null
 */
public record NodeRegistered(String refusal, @Nullable Resource total) {
    public boolean accepted() {
        return refusal.isEmpty();
    }
}
