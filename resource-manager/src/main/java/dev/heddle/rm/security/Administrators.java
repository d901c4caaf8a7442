package dev.heddle.rm.security;

import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.authorize.AccessControlList;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Who may administer: {@code yarn.admin.acl}, and the user that this process runs as. Safe for use by any thread. */
public final class Administrators {
    private final String daemon;
    private volatile AccessControlList list;

    /**
     * Reads the list.
     *
     * @param daemon the user that this process runs as
     */
    public Administrators(Configuration configuration, String daemon) {
        this.daemon = daemon;
        this.list = read(configuration, daemon);
    }

    /** Reads the list anew. */
    public void refresh(Configuration configuration) {
        list = read(configuration, daemon);
    }

    private static AccessControlList read(Configuration configuration, String daemon) {
        AccessControlList read = new AccessControlList(
                configuration.get(YarnConfiguration.YARN_ADMIN_ACL, YarnConfiguration.DEFAULT_YARN_ADMIN_ACL));
        read.addUser(daemon);
        return read;
    }

    /**
     * Checks that a user may call a method. May wait for the user's groups.
     *
     * @throws AccessControlException if not, with the text that YARN's clients know
     */
    public void check(String user, String method) throws AccessControlException {
        if (!list.isUserAllowed(UserGroupInformation.createRemoteUser(user))) {
            throw new AccessControlException("User " + user + " doesn't have permission to call '" + method + "'");
        }
    }
}
