package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.state.Node;
import java.util.HashMap;
import java.util.Map;

/** What would be free on nodes once everything has gone that goes, and has come for which it goes. Of one round. */
final class Rooms {
    private final Departures departures;
    private final Map<Node, Resource> held = new HashMap<>();

    Rooms(Departures departures) {
        this.departures = departures;
    }

    Resource on(Node node) {
        return node.total().minusOrZero(held(node));
    }

    private Resource held(Node node) {
        Resource changed = held.get(node);
        return changed == null ? departures.staying(node) : changed;
    }

    void free(Node node, Resource size) {
        held.put(node, held(node).minusOrZero(size));
    }

    void fill(Node node, Resource size) {
        held.put(node, held(node).plus(size));
    }
}
