package dev.heddle.rm.wire;

import dev.heddle.rm.lead.LeadingCluster;
import java.time.InstantSource;

/**
 * What reports need to know besides what they are about.
 *
 * @param webAddress of this RM's page, {@code host:port}, of which tracking URLs are made
 * @param logs what is told of logs
 */
public record ReportSource(String webAddress, LogRules logs, InstantSource clock) {
    /** Reports of a cluster as it is now. */
    Reports of(LeadingCluster cluster) {
        return new Reports(cluster, webAddress, logs, clock.millis());
    }
}
