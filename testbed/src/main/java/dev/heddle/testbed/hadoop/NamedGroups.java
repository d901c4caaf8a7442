package dev.heddle.testbed.hadoop;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.security.GroupMappingServiceProvider;

/** Users are in the groups that they were said to be in. */
public final class NamedGroups implements GroupMappingServiceProvider {
    private static final Map<String, List<String>> groups = new ConcurrentHashMap<>();

    static void set(String user, List<String> of) {
        groups.put(user, of);
    }

    @Override
    public List<String> getGroups(String user) throws IOException {
        List<String> of = groups.getOrDefault(user, List.of());
        if (of.isEmpty()) {
            throw new IOException("No groups found for user " + user);
        }
        return of;
    }

    @Override
    public Set<String> getGroupsSet(String user) throws IOException {
        return new LinkedHashSet<>(getGroups(user));
    }

    @Override
    public void cacheGroupsRefresh() {
        // There is no cache.
    }

    @Override
    public void cacheGroupsAdd(List<String> more) {
        // There is no cache.
    }
}
