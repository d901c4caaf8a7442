package dev.heddle.rm.state;

import dev.heddle.rm.model.LogProgress;
import dev.heddle.rm.model.LogState;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The nodes on which an application was granted containers, and what has become of its logs there. Nodes are known by their
 * numbers, for there may be thousands of both. Changed by {@link ClusterState} alone.
 */
final class Footprint {
    /** The place of each is its mark. */
    private static final List<LogState> STATES = List.of(LogState.values());

    /** Granted, and not seen to run: there are no logs. */
    private static final byte GRANTED = (byte) STATES.size();

    private final IntTable marks = new IntTable();
    private final int[] counts = new int[GRANTED + 1];

    void granted(Node node) {
        if (!marks.has(node.number)) {
            mark(node, GRANTED);
        }
    }

    /** A container runs there, so there will be logs. */
    void ran(Node node) {
        byte mark = marks.get(node.number);
        if (mark == IntTable.ABSENT || mark == GRANTED) {
            mark(node, mark(LogState.NOT_STARTED));
        }
    }

    void logged(Node node, LogState state) {
        mark(node, mark(state));
    }

    private static byte mark(LogState state) {
        return (byte) STATES.indexOf(state);
    }

    private void mark(Node node, byte mark) {
        uncount(marks.put(node.number, mark));
        counts[mark]++;
    }

    private void uncount(byte mark) {
        if (mark != IntTable.ABSENT) {
            counts[mark]--;
        }
    }

    /** The node's number will be another's. */
    void forget(Node node) {
        uncount(marks.remove(node.number));
    }

    boolean includes(Node node) {
        return marks.has(node.number);
    }

    void forEachNode(IntConsumer action) {
        marks.forEach(action);
    }

    /** How far the node is with the logs. */
    LogState logs(Node node) {
        byte mark = marks.get(node.number);
        return mark == IntTable.ABSENT || mark == GRANTED ? LogState.NOT_STARTED : STATES.get(mark);
    }

    LogProgress logs() {
        return new LogProgress(
                count(LogState.NOT_STARTED),
                count(LogState.RUNNING),
                count(LogState.RUNNING_WITH_FAILURE),
                count(LogState.SUCCEEDED),
                count(LogState.FAILED) + count(LogState.TIMED_OUT));
    }

    private int count(LogState state) {
        return counts[mark(state)];
    }
}
