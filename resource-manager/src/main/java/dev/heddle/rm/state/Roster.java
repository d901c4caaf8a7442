package dev.heddle.rm.state;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers for nodes, from 0: each is its node's for as long as that is remembered, and may be another's then. Changed by
 * {@link ClusterState} alone.
 */
final class Roster {
    private final List<@Nullable Node> byNumber = new ArrayList<>();
    private final Deque<Integer> left = new ArrayDeque<>();

    void join(Node node) {
        Integer number = left.poll();
        if (number != null) {
            node.number = number;
            byNumber.set(number, node);
        } else {
            node.number = byNumber.size();
            byNumber.add(node);
        }
    }

    void leave(Node node) {
        byNumber.set(node.number, null);
        left.add(node.number);
    }

    /** The node with a number, or null. */
    @Nullable
    Node at(int number) {
        return byNumber.get(number);
    }
}
