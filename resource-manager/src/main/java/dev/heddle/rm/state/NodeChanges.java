package dev.heddle.rm.state;

import dev.heddle.rm.model.NodeChange;
import dev.heddle.rm.model.NodeId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The latest changes of nodes that masters are told of, numbered from 0. Each master knows how many of them it has seen, so
 * that a change costs the same however many masters there are. Changed by {@link ClusterState} alone.
 */
final class NodeChanges {
    /** Changes that are kept. A master that was silent while there were more is told of the latest of them. */
    static final int CAPACITY = 10_000;

    private final Deque<NodeChange> latest = new ArrayDeque<>();
    private long count;

    void add(NodeChange change) {
        latest.add(change);
        count++;
        if (latest.size() > CAPACITY) {
            latest.remove();
        }
    }

    /** How many there have been. */
    long count() {
        return count;
    }

    /** The last change of each node among those from a number on. */
    List<NodeChange> since(long seen) {
        if (seen >= count) {
            return List.of();
        }
        Map<NodeId, NodeChange> last = new LinkedHashMap<>();
        long wanted = count - seen;
        Iterator<NodeChange> newestFirst = latest.descendingIterator();
        for (long i = 0; i < wanted && newestFirst.hasNext(); i++) {
            NodeChange change = newestFirst.next();
            last.putIfAbsent(change.node(), change);
        }
        return new ArrayList<>(last.values());
    }
}
