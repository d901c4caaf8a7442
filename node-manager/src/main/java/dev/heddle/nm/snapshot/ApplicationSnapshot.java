package dev.heddle.nm.snapshot;

import java.util.Map;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ApplicationId;

/**
 * An application on this node as it was at one moment. Immutable.
 *
 * @param ending whether it has ended elsewhere and its containers are being killed
 * @param acls who besides its user may see or change it
 */
public record ApplicationSnapshot(
        ApplicationId id, String user, boolean ending, Map<ApplicationAccessType, String> acls) {
    ApplicationSnapshot ended() {
        return new ApplicationSnapshot(id, user, true, acls);
    }
}
