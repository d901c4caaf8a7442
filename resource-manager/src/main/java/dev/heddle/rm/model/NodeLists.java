package dev.heddle.rm.model;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts may take part: those that are included, or all where none is, without those that are excluded. Hosts are names
 * or IP addresses. Immutable.
 *
 * @param excluded with the seconds that a graceful decommission may take, null where the host has no limit of its own
 */
public record NodeLists(Set<String> included, Map<String, @Nullable Integer> excluded) {
    /** Everybody may. */
    public static final NodeLists EVERYBODY = new NodeLists(Set.of(), Map.of());

    public NodeLists {
        included = Set.copyOf(included);
        excluded = Collections.unmodifiableMap(new HashMap<>(excluded));
    }

    /** Whether the host may take part; {@code address} is an IP address of it, or empty. */
    public boolean allows(String host, String address) {
        boolean in = included.isEmpty() || included.contains(host) || included.contains(address);
        return in && !isExcluded(host, address);
    }

    /** Whether hosts are listed, and this one in neither list. */
    public boolean isUntracked(String host, String address) {
        return !included.isEmpty()
                && !included.contains(host)
                && !included.contains(address)
                && !isExcluded(host, address);
    }

    private boolean isExcluded(String host, String address) {
        return !excluded.isEmpty() && (excluded.containsKey(host) || excluded.containsKey(address));
    }

    /** The host's own limit for a graceful decommission in seconds, else the other one; negative for none. */
    public int timeoutSeconds(String host, int otherwise) {
        Integer own = excluded.get(host);
        return own == null ? otherwise : own;
    }
}
