package dev.heddle.nm.web;

import dev.heddle.common.config.SharedSettings;
import dev.heddle.nm.snapshot.ApplicationSnapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.AccessControlList;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.jspecify.annotations.Nullable;

/**
 * Who reads, and what they may see: YARN's rule. With access control on, an application's logs are for its user, for
 * administrators, and for those whom its own list names. Asks for groups, which may block; safe for all threads.
 *
 * <p>Who somebody is follows Hadoop's settings for its servers: without an authentication filter everybody is one
 * configured user; with a simple one they say who they are; Kerberos cannot be checked here, and who would need it sees
 * no logs.
 */
public final class Readers {
    private static final String FILTERS = "hadoop.http.filter.initializers";
    private static final List<String> AUTHENTICATING = List.of(
            "org.apache.hadoop.security.AuthenticationFilterInitializer",
            "org.apache.hadoop.security.authentication.server.ProxyUserAuthenticationFilterInitializer");
    private static final String TYPE = "hadoop.http.authentication.type";
    private static final String NOBODY = " ";

    private final String everybody;
    private final Identity identity;
    private final boolean accessControl;
    private final boolean onlyViewable;
    private final AccessControlList administrators;

    private enum Identity {
        ONE_FOR_ALL,
        SAID,
        UNKNOWN
    }

    /**
     * @param everybody as whom everybody reads who does not say who they are
     * @param accessControl whether it matters who somebody is
     * @param onlyViewable whether lists leave out what the reader may not see
     */
    public Readers(Configuration configuration, String everybody, boolean accessControl, boolean onlyViewable) {
        this.everybody = everybody;
        this.accessControl = accessControl;
        this.onlyViewable = onlyViewable;
        this.administrators = new AccessControlList(SharedSettings.ADMINISTRATORS.get(configuration));
        try {
            administrators.addUser(UserGroupInformation.getCurrentUser().getShortUserName());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.identity =
                configuration.getTrimmedStringCollection(FILTERS).stream().noneMatch(AUTHENTICATING::contains)
                        ? Identity.ONE_FOR_ALL
                        : configuration.get(TYPE, "simple").equals("simple") ? Identity.SAID : Identity.UNKNOWN;
    }

    /**
     * As whom somebody reads.
     *
     * @param said the user that the request names, or null
     * @return null where that cannot be known
     */
    @Nullable
    String reader(@Nullable String said) {
        return switch (identity) {
            case ONE_FOR_ALL -> everybody;
            case SAID -> said == null || said.isEmpty() ? null : said;
            case UNKNOWN -> null;
        };
    }

    /** Whether somebody may see an application and its logs. */
    boolean mayView(@Nullable String reader, ApplicationSnapshot application) {
        if (!accessControl) {
            return identity != Identity.UNKNOWN;
        }
        if (reader == null) {
            return false;
        }
        if (reader.equals(application.user())) {
            return true;
        }
        UserGroupInformation user = UserGroupInformation.createRemoteUser(reader);
        String viewers = application.acls().getOrDefault(ApplicationAccessType.VIEW_APP, NOBODY);
        return administrators.isUserAllowed(user) || new AccessControlList(viewers).isUserAllowed(user);
    }

    /** Whether an application belongs into a list that somebody reads. */
    boolean mayList(@Nullable String reader, ApplicationSnapshot application) {
        return !onlyViewable || mayView(reader, application);
    }
}
