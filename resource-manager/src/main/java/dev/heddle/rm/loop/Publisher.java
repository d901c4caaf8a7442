package dev.heddle.rm.loop;

import dev.heddle.rm.event.Event;
import dev.heddle.rm.state.ClusterState;
import java.util.List;

/** Is told of everything that happens. Called on the core's thread, so it returns quickly and never blocks. */
@FunctionalInterface
public interface Publisher {
    /**
     * Takes in the events of one command, which are already true in the state.
     *
     * @param state to be read during this call only
     */
    void publish(ClusterState state, List<Event> events);
}
