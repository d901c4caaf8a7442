package dev.heddle.rm.state;

import dev.heddle.rm.model.NodeId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the containers with one tag are: how many on which nodes, and in which racks. Changed by {@link ClusterState} alone. */
public final class TagPlaces {
    private final Map<NodeId, Integer> nodes = new LinkedHashMap<>();
    private final Map<String, Integer> racks = new LinkedHashMap<>();

    void add(NodeId node, String rack) {
        nodes.merge(node, 1, Integer::sum);
        racks.merge(rack, 1, Integer::sum);
    }

    void remove(NodeId node, String rack) {
        nodes.compute(node, (id, count) -> less(count, id));
        racks.compute(rack, (name, count) -> less(count, name));
    }

    private static @Nullable Integer less(@Nullable Integer count, Object place) {
        int left = ClusterState.known(count, place) - 1;
        return left == 0 ? null : left;
    }

    boolean isEmpty() {
        return nodes.isEmpty();
    }

    public int on(NodeId node) {
        return nodes.getOrDefault(node, 0);
    }

    public int in(String rack) {
        return racks.getOrDefault(rack, 0);
    }

    /** The nodes where there is at least one. */
    public Set<NodeId> nodes() {
        return Collections.unmodifiableSet(nodes.keySet());
    }

    /** The racks where there is at least one. */
    public Set<String> racks() {
        return Collections.unmodifiableSet(racks.keySet());
    }
}
