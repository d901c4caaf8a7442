package dev.heddle.rm.core;

import dev.heddle.rm.event.Event;
import dev.heddle.rm.state.ClusterState;
import java.util.ArrayList;
import java.util.List;

/** What one command makes happen: each event is true at once, and the publishers get them all at the end. */
final class Ledger {
    private final ClusterState state;
    private List<Event> events = new ArrayList<>();
    private long nowMs;

    Ledger(ClusterState state) {
        this.state = state;
    }

    void begin(long commandAtMs) {
        nowMs = commandAtMs;
    }

    void emit(Event event) {
        state.apply(event);
        events.add(event);
    }

    ClusterState state() {
        return state;
    }

    /** When the command arrived: the only time that decisions know. */
    long nowMs() {
        return nowMs;
    }

    /** The events since the last call. */
    List<Event> take() {
        List<Event> taken = events;
        events = new ArrayList<>();
        return taken;
    }
}
