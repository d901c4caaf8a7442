package dev.heddle.rm.core;

import dev.heddle.rm.command.AdminCommand;
import dev.heddle.rm.command.Done;
import dev.heddle.rm.command.NodeCommand;
import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.event.MarkEvent;
import dev.heddle.rm.model.AttributeKey;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Marks;
import dev.heddle.rm.state.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The labels and attributes of nodes: what there is, and who has what. */
final class MarkControl {
    private final Ledger ledger;
    private final ClusterState state;
    private final ContainerControl containers;

    MarkControl(Ledger ledger, ContainerControl containers) {
        this.ledger = ledger;
        this.state = ledger.state();
        this.containers = containers;
    }

    Done addLabels(AdminCommand.AddLabels command) {
        Map<String, Boolean> known = state.marks().labels();
        Map<String, Boolean> added = new TreeMap<>();
        List<String> mismatched = new ArrayList<>();
        new TreeMap<>(command.labels()).forEach((label, exclusive) -> {
            Boolean before = known.get(label);
            if (before == null) {
                added.put(label, exclusive);
            } else if (!before.equals(exclusive)) {
                mismatched.add(label);
            }
        });
        if (!mismatched.isEmpty()) {
            throw refusal(
                    "Exclusivity cannot be modified for an existing label with : " + String.join(",", mismatched));
        }
        if (!added.isEmpty()) {
            ledger.emit(new MarkEvent.LabelsAdded(Map.copyOf(added)));
        }
        return Done.DONE;
    }

    Done removeLabels(AdminCommand.RemoveLabels command) {
        for (String label : new TreeSet<>(command.labels())) {
            if (label.isEmpty()) {
                throw refusal("Label to be removed is null or empty");
            }
            if (!state.marks().labels().containsKey(label)) {
                throw refusal(
                        "Node label=" + label + " to be removed doesn't existed in cluster node labels collection.");
            }
        }
        if (!command.labels().isEmpty()) {
            ledger.emit(new MarkEvent.LabelsRemoved(Set.copyOf(command.labels())));
            remark();
        }
        return Done.DONE;
    }

    Done labelNodes(AdminCommand.LabelNodes command) {
        if (command.failOnUnknownNodes()) {
            List<NodeId> unknown = new ArrayList<>();
            for (NodeId id : new TreeSet<>(command.labels().keySet())) {
                if (id.port() == Marks.EVERY_PORT ? !knowsHost(id.host()) : state.node(id) == null) {
                    unknown.add(id);
                }
            }
            if (!unknown.isEmpty()) {
                throw refusal("Failed to replace labels as there are unknown nodes:" + unknown);
            }
        }
        Map<NodeId, String> labels = new TreeMap<>();
        new TreeMap<>(command.labels()).forEach((node, asked) -> labels.put(node, only(node, asked)));
        if (!labels.isEmpty()) {
            ledger.emit(new MarkEvent.NodesLabelled(Map.copyOf(labels)));
            remark();
        }
        return Done.DONE;
    }

    /** The one label among those that a node shall have; empty for none. */
    private String only(NodeId node, Set<String> labels) {
        if (labels.size() > 1) {
            throw refusal(labels.size() + " labels specified on host=" + node.host()
                    + ", please note that we do not support specifying multiple labels on a single host for now.");
        }
        String label = labels.isEmpty() ? "" : labels.iterator().next();
        if (!label.isEmpty() && !state.marks().labels().containsKey(label)) {
            throw refusal("Not all labels being replaced contained by known label collections, please check, new"
                    + " labels=[" + label + "]");
        }
        return label;
    }

    private boolean knowsHost(String host) {
        return state.nodes().stream().anyMatch(node -> node.id().host().equals(host));
    }

    /** Brings nodes in line with what is said of them; where one is reserved no more, whoever waits may be served. */
    private void remark() {
        Set<NodeId> changed = new TreeSet<>();
        for (Node node : state.nodes()) {
            if (!state.marks().labelOf(node.id()).equals(node.label())) {
                changed.add(node.id());
            }
        }
        changed.forEach(id -> ledger.emit(new MarkEvent.NodeMarked(id)));
        if (!changed.isEmpty()) {
            containers.placeWaiting();
        }
    }

    Done reportLabel(NodeCommand.ReportLabel command) {
        String label = only(command.node(), command.labels());
        Node node = state.node(command.node());
        if (node != null
                && node.isInUse()
                && !label.equals(state.marks().labelled().get(command.node()))) {
            ledger.emit(new MarkEvent.NodeLabelReported(command.node(), label));
            remark();
        }
        return Done.DONE;
    }

    Done reportAttributes(NodeCommand.ReportAttributes command) {
        String host = command.node().host();
        Node node = state.node(command.node());
        if (node != null && node.isInUse() && !values(host, AttributeKey.NODES).equals(command.values())) {
            ledger.emit(new MarkEvent.AttributesReported(host, Map.copyOf(command.values())));
        }
        return Done.DONE;
    }

    Done mapAttributes(AdminCommand.MapAttributes command) {
        if (command.failOnUnknownNodes()) {
            List<String> unknown = new ArrayList<>();
            for (String host : new TreeSet<>(command.values().keySet())) {
                if (!knowsHost(host)) {
                    unknown.add(host);
                }
            }
            if (!unknown.isEmpty()) {
                throw refusal(" Following nodes does not exist : " + unknown);
            }
        }
        Map<String, Map<String, String>> next = new TreeMap<>();
        new TreeMap<>(command.values()).forEach((host, asked) -> next.put(host, mapped(host, asked, command.change())));
        next.forEach((host, values) -> {
            if (!values.equals(values(host, AttributeKey.OPERATORS))) {
                ledger.emit(new MarkEvent.AttributesGiven(host, Map.copyOf(values)));
            }
        });
        return Done.DONE;
    }

    private Map<String, String> mapped(String host, Map<String, String> asked, AdminCommand.Change change) {
        Map<String, String> values = values(host, AttributeKey.OPERATORS);
        switch (change) {
            case ADD -> values.putAll(asked);
            case REPLACE -> {
                values.clear();
                values.putAll(asked);
            }
            case REMOVE -> {
                for (String name : new TreeSet<>(asked.keySet())) {
                    if (values.remove(name) == null) {
                        throw refusal("Node attribute [" + AttributeKey.OPERATORS + "(" + name
                                + ")] doesn't exist on node " + host);
                    }
                }
            }
        }
        return values;
    }

    private Map<String, String> values(String host, String prefix) {
        Map<String, String> values = new TreeMap<>();
        Objects.requireNonNullElse(state.marks().attributes().get(host), Map.<AttributeKey, String>of())
                .forEach((key, value) -> {
                    if (key.prefix().equals(prefix)) {
                        values.put(key.name(), value);
                    }
                });
        return values;
    }

    private static Refusal refusal(String why) {
        return new Refusal(Refusal.Kind.INVALID_ADMINISTRATION, why);
    }
}
