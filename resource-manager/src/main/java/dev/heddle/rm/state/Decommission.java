package dev.heddle.rm.state;

import dev.heddle.rm.model.ApplicationId;
import java.util.List;

/**
 * How a node is being emptied. Immutable.
 *
 * @param startedAtMs in ms since 1970
 * @param timeoutSeconds how long it may take; negative for no limit
 * @param waitsFor the applications that were on the node when it began
 */
public record Decommission(long startedAtMs, int timeoutSeconds, List<ApplicationId> waitsFor) {
    private static final long MS_PER_SECOND = 1_000;

    /** Whether the time is up. */
    public boolean isOverdue(long nowMs) {
        return timeoutSeconds >= 0 && nowMs - startedAtMs >= timeoutSeconds * MS_PER_SECOND;
    }
}
