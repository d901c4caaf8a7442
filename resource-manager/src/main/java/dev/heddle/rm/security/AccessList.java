package dev.heddle.rm.security;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import org.apache.hadoop.security.authorize.AccessControlList;

/** Users and groups, in the notation of {@code yarn.admin.acl}. Immutable. */
public record AccessList(boolean everybody, Set<String> users, Set<String> groups) {
    public AccessList {
        users = Set.copyOf(users);
        groups = Set.copyOf(groups);
    }

    /** Users, parted by commas, then a space, then groups; {@code *} is everybody, and a space nobody. */
    public static AccessList parse(String text) {
        AccessControlList parsed = new AccessControlList(text);
        return new AccessList(parsed.isAllAllowed(), Set.copyOf(parsed.getUsers()), Set.copyOf(parsed.getGroups()));
    }

    /** Whether a user of these groups is on the list. */
    public boolean has(String user, Collection<String> ofUser) {
        return everybody || users.contains(user) || !Collections.disjoint(groups, ofUser);
    }
}
