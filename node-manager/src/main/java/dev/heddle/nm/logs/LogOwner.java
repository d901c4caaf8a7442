package dev.heddle.nm.logs;

import java.util.Map;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.LogAggregationContext;
import org.jspecify.annotations.Nullable;

/**
 * The application that logs belong to, and what it wants done with them.
 *
 * @param acls who besides its user may see or change it
 * @param credentials with which its logs are written to the remote file system; nobody changes them
 * @param context its wishes, or null where it has none
 */
public record LogOwner(
        ApplicationId application,
        String user,
        Map<ApplicationAccessType, String> acls,
        Credentials credentials,
        @Nullable LogAggregationContext context) {
    public LogOwner {
        acls = Map.copyOf(acls);
    }

    // The credentials belong in no log.
    @Override
    public String toString() {
        return "logs of " + application + " of " + user;
    }
}
