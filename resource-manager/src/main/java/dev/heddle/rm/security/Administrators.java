package dev.heddle.rm.security;

import java.util.Collection;
import java.util.Set;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * Who may do everything: those of {@code yarn.admin.acl}, and the user that this process runs as. Every port asks the same
 * one, so that a refresh holds everywhere. Safe for use by any thread.
 */
public final class Administrators {
    private final String daemon;
    private volatile AccessList list;

    /**
     * The administrators.
     *
     * @param daemon the user that this process runs as
     */
    public Administrators(AccessList list, String daemon) {
        this.list = list;
        this.daemon = daemon;
    }

    /** These are they from now on. */
    public void replace(AccessList others) {
        list = others;
    }

    /** Whether a user of these groups is one. */
    public boolean has(String user, Collection<String> groups) {
        return user.equals(daemon) || list.has(user, groups);
    }

    /**
     * Checks that a user may call a method. May wait for the user's groups.
     *
     * @throws AccessControlException if not, with the text that YARN's clients know
     */
    public void check(String user, String method) throws AccessControlException {
        if (!has(user, Set.of()) && !has(user, groups(user))) {
            throw new AccessControlException("User " + user + " doesn't have permission to call '" + method + "'");
        }
    }

    private Set<String> groups(String user) {
        return list.groups().isEmpty()
                ? Set.of()
                : UserGroupInformation.createRemoteUser(user).getGroupsSet();
    }
}
