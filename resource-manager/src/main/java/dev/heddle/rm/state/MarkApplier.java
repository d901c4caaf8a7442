package dev.heddle.rm.state;

import dev.heddle.rm.event.MarkEvent;
import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.NodeId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes events of labels and attributes true; decides nothing. */
final class MarkApplier implements MarkEvent.Visitor {
    private final ClusterState state;
    private final Marks marks;

    MarkApplier(ClusterState state, Marks marks) {
        this.state = state;
        this.marks = marks;
    }

    @Override
    public void labelsAdded(MarkEvent.LabelsAdded event) {
        marks.labels.putAll(event.labels());
        event.labels().forEach((label, exclusive) -> state.partition(label).shared = !exclusive);
    }

    @Override
    public void labelsRemoved(MarkEvent.LabelsRemoved event) {
        marks.labels.keySet().removeAll(event.labels());
        marks.labelled.values().removeAll(event.labels());
    }

    @Override
    public void nodesLabelled(MarkEvent.NodesLabelled event) {
        // Hosts first, so that what is said of a single node at the same time holds for it.
        event.labels().forEach((node, label) -> {
            if (node.port() == Marks.EVERY_PORT) {
                marks.labelled.keySet().removeIf(known -> known.host().equals(node.host()));
                marks.labelled.put(node, label);
            }
        });
        event.labels().forEach((node, label) -> {
            if (node.port() != Marks.EVERY_PORT) {
                marks.labelled.put(node, label);
            }
        });
    }

    @Override
    public void nodeLabelReported(MarkEvent.NodeLabelReported event) {
        marks.labelled.put(event.node(), event.label());
    }

    @Override
    public void nodeMarked(MarkEvent.NodeMarked event) {
        NodeId id = event.node();
        Node node = ClusterState.known(state.node(id), id);
        state.nodes.moveToPartition(node, state.partition(marks.labelOf(id)));
    }

    @Override
    public void attributesGiven(MarkEvent.AttributesGiven event) {
        replace(event.host(), AttributeKey.OPERATORS, event.values());
    }

    @Override
    public void attributesReported(MarkEvent.AttributesReported event) {
        replace(event.host(), AttributeKey.NODES, event.values());
    }

    private void replace(String host, String prefix, Map<String, String> values) {
        Map<AttributeKey, String> ofHost = marks.attributes.computeIfAbsent(
                host,
                name -> new TreeMap<>(Comparator.comparing(AttributeKey::prefix).thenComparing(AttributeKey::name)));
        ofHost.forEach((key, value) -> {
            if (key.prefix().equals(prefix)) {
                unindex(host, key, value);
            }
        });
        ofHost.keySet().removeIf(key -> key.prefix().equals(prefix));
        values.forEach((name, value) -> {
            AttributeKey key = new AttributeKey(prefix, name);
            ofHost.put(key, value);
            marks.hostsByAttribute
                    .computeIfAbsent(key, any -> new HashMap<>())
                    .computeIfAbsent(value, any -> new TreeSet<>())
                    .add(host);
        });
        if (ofHost.isEmpty()) {
            marks.attributes.remove(host);
        }
        // Whoever wants nodes with it was passed over before.
        state.partitions().forEach(Partition::makeDue);
    }

    private void unindex(String host, AttributeKey key, String value) {
        Map<String, Set<String>> byValue = ClusterState.known(marks.hostsByAttribute.get(key), key);
        Set<String> hosts = ClusterState.known(byValue.get(value), value);
        hosts.remove(host);
        if (hosts.isEmpty()) {
            byValue.remove(value);
        }
        if (byValue.isEmpty()) {
            marks.hostsByAttribute.remove(key);
        }
    }
}
