package dev.heddle.rm.snapshot;

import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.state.Marks;
import java.util.HashMap;
import java.util.Map;

/**
 * Labels and attributes as readers see them. Immutable.
 *
 * @param labels the cluster's; the values say whether they are exclusive
 * @param labelled what was said of nodes and hosts (port 0): the label, or empty for none
 * @param attributes by host
 */
public record MarksSnapshot(
        Map<String, Boolean> labels, Map<NodeId, String> labelled, Map<String, Map<AttributeKey, String>> attributes) {
    static final MarksSnapshot NONE = new MarksSnapshot(Map.of(), Map.of(), Map.of());

    static MarksSnapshot of(Marks marks) {
        Map<String, Map<AttributeKey, String>> attributes = new HashMap<>();
        marks.attributes().forEach((host, values) -> attributes.put(host, Map.copyOf(values)));
        return new MarksSnapshot(Map.copyOf(marks.labels()), Map.copyOf(marks.labelled()), Map.copyOf(attributes));
    }
}
