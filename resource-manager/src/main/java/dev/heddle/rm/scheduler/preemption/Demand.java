package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.Reservation;
import dev.heddle.rm.scheduler.constraint.ConstrainedPlacement;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.PendingAsks;
import java.util.Set;
import java.util.function.Predicate;

/**
 * So many containers of a size that an attempt waits for and may have.
 *
 * @param size that counts
 */
record Demand(Attempt attempt, AskKey key, Resource size, int count) {
    /** Whether a node will do, room aside. */
    Predicate<Node> suitable(ClusterState state, Partition partition) {
        PendingAsks asks = attempt.asks();
        Set<String> avoided = attempt.avoided();
        Predicate<Node> suitable =
                node -> isFor(node) && !avoided.contains(node.id().host()) && !avoided.contains(node.rack());
        PendingAsks.Constrained constrained = asks.constrained(key);
        if (constrained != null) {
            return suitable.and(new ConstrainedPlacement(state, attempt.application(), partition, true)
                    .admitting(constrained.requirement()));
        }
        Ask ask = asks.anywhere(key);
        return ask != null && ask.relaxLocality() ? suitable : suitable.and(this::isNamed);
    }

    /** Whether what ends on a node is not kept for somebody else. */
    private boolean isFor(Node node) {
        Reservation reservation = node.reservation();
        return reservation == null || reservation.attempt().equals(attempt.id());
    }

    /** Whether a node is one that the key names, or in a rack that will do as a whole. */
    private boolean isNamed(Node node) {
        for (Ask row : attempt.asks().rows(key)) {
            if (row.place().equals(node.id().host())
                    || (row.relaxLocality() && row.place().equals(node.rack()))) {
                return true;
            }
        }
        return false;
    }
}
