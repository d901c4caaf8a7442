package dev.heddle.rm.state;

import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.NodeId;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The labels and attributes of nodes. Changed by {@link ClusterState} alone. */
public final class Marks {
    /** The port that stands for every node of a host. */
    public static final int EVERY_PORT = 0;

    final Map<String, Boolean> labels = new TreeMap<>();
    final Map<NodeId, String> labelled = new TreeMap<>();
    final Map<String, Map<AttributeKey, String>> attributes = new TreeMap<>();
    final Map<AttributeKey, Map<String, Set<String>>> hostsByAttribute = new HashMap<>();

    /** The cluster's labels; the values say whether they are exclusive. */
    public Map<String, Boolean> labels() {
        return Collections.unmodifiableMap(labels);
    }

    /** What was said of nodes and hosts, known or not: the label, or empty for none. */
    public Map<NodeId, String> labelled() {
        return Collections.unmodifiableMap(labelled);
    }

    /** The label of a node: its own, else its host's; empty for none. */
    public String labelOf(NodeId node) {
        String own = labelled.get(node);
        return own != null ? own : labelled.getOrDefault(new NodeId(node.host(), EVERY_PORT), "");
    }

    /** By host, those of operators and those of nodes. */
    public Map<String, Map<AttributeKey, String>> attributes() {
        return Collections.unmodifiableMap(attributes);
    }

    /** The hosts that have this value for an attribute. */
    public Set<String> hostsWith(AttributeKey key, String value) {
        return Collections.unmodifiableSet(
                hostsByAttribute.getOrDefault(key, Map.of()).getOrDefault(value, Set.of()));
    }
}
