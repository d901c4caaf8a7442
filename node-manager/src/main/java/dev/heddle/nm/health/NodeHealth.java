package dev.heddle.nm.health;

import java.time.Instant;

/**
 * Whether a node is fit to run containers. Immutable.
 *
 * @param report why it is not, or which of its disks are bad although enough are good; may be empty
 * @param checkedAt when it was looked at last
 */
public record NodeHealth(boolean healthy, String report, Instant checkedAt) {
    boolean says(NodeHealth other) {
        return healthy == other.healthy && report.equals(other.report);
    }
}
