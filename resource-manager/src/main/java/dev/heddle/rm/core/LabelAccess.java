package dev.heddle.rm.core;

import dev.heddle.rm.command.Refusal;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Queue;
import java.util.TreeSet;

/** Which labels may be asked for. */
final class LabelAccess {
    private final ClusterState state;

    LabelAccess(ClusterState state) {
        this.state = state;
    }

    /** Whether there is such a label, and the queue may use it. */
    boolean has(Queue queue, String label) {
        return state.marks().labels().containsKey(label) && queue.spec().mayUse(label);
    }

    /**
     * Refuses a label that does not exist, or that the queue may not use, in YARN's words.
     *
     * @param label empty for nodes without one
     */
    void check(Queue queue, String label) {
        if (label.isEmpty()) {
            return;
        }
        if (state.marks().labels().isEmpty()) {
            throw new Refusal(
                    Refusal.Kind.INVALID_LABEL,
                    "Invalid resource request, node label not enabled but request contains label expression " + label);
        }
        if (!state.marks().labels().containsKey(label)) {
            throw new Refusal(
                    Refusal.Kind.INVALID_LABEL,
                    "Invalid label in resource request, cluster do not contain label=" + label + ": the cluster has "
                            + state.marks().labels().keySet());
        }
        if (!queue.spec().mayUse(label)) {
            throw new Refusal(
                    Refusal.Kind.INVALID_LABEL,
                    "Invalid resource request, queue=" + queue.path()
                            + " doesn't have permission to access all labels in resource request. labelExpression of"
                            + " resource request=" + label + ". Queue labels="
                            + String.join(",", new TreeSet<>(queue.spec().labels())));
        }
    }
}
