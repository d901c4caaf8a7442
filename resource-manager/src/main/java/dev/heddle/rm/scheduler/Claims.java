package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.Reservation;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.QueueShare;
import dev.heddle.rm.state.UserShare;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who came first in a pass and found no node with the room. When somebody behind is about to be served, a node is kept
 * for the first of them, so that small containers do not starve a large one (YARN's reserved containers). Unlike there, a
 * node is kept only where somebody else would take its room, only where enough can become free besides masters, one for
 * an attempt at a time, and what is kept is not used; it counts for others alone, below a queue that has a maximum.
 */
final class Claims {
    private final ClusterState state;
    private final List<Claim> waiting = new ArrayList<>();
    private boolean open;

    Claims(ClusterState state) {
        this.state = state;
    }

    private record Claim(Attempt attempt, AskKey key, Resource size) {}

    /** A pass begins. Whoever asks out of turn gets no claim. */
    void open() {
        open = true;
    }

    /** It has ended. */
    void close() {
        open = false;
        waiting.clear();
    }

    /** Notes that the first in a line was passed over because no node has room for the size of the line. */
    void passOver(QueueShare leaf, UserShare user, Attempt attempt, Resource size) {
        Partition partition = leaf.partition();
        if (!mayKeep(partition)) {
            return;
        }
        AskKey key = attempt.asks().keyOf(partition, size);
        if (key != null) {
            passOver(leaf, user, attempt, key, size);
        }
    }

    /** Notes that an ask was passed over because no node has the room. */
    void passOver(QueueShare leaf, UserShare user, Attempt attempt, AskKey key, Resource size) {
        Partition partition = leaf.partition();
        if (mayKeep(partition)
                && attempt.reserved() == null
                && attempt.asks().constrained(key) == null
                && partition.measure().fitsOn(size, partition.largestTotal())
                && Limits.mayKeep(leaf, size)
                && !Limits.isOver(leaf, user, step())
                && waiting.stream().noneMatch(claim -> claim.attempt() == attempt)) {
            waiting.add(new Claim(attempt, key, size));
        }
    }

    private boolean mayKeep(Partition partition) {
        return open && waiting.size() < partition.reservable();
    }

    private Resource step() {
        return state.queuePlan().minimumAllocation();
    }

    /**
     * The node to keep for the first of those who were passed over and may make use of the node that somebody behind them is
     * about to get room on. It is the node with the most room, where it will do too.
     *
     * @return null where nobody has a claim to that
     */
    Decision.@Nullable Keep before(Partition partition, Decision.Placement placement) {
        if (waiting.isEmpty()) {
            return null;
        }
        Node next = state.node(placement.node());
        if (next == null || next.partition() != partition) {
            return null;
        }
        for (Claim claim : waiting) {
            if (suits(next, claim.attempt(), claim.key(), claim.size())) {
                Node roomiest = partition.nodeWithMostFree();
                Node kept = roomiest != null && suits(roomiest, claim.attempt(), claim.key(), claim.size())
                        ? roomiest
                        : next;
                waiting.remove(claim);
                return new Decision.Keep(claim.attempt().id(), claim.key(), kept.id(), claim.size());
            }
        }
        return null;
    }

    /** Whether an ask may be met on a node as soon as all but masters have ended there. */
    private static boolean suits(Node node, Attempt attempt, AskKey key, Resource size) {
        Ask anywhere = attempt.asks().anywhere(key);
        if (anywhere == null || !node.takesContainers()) {
            return false;
        }
        Resource masters = Resource.NONE;
        for (Container container : node.containers()) {
            if (container.isMaster()) {
                masters = masters.plus(container.resource());
            }
        }
        Set<String> avoided = attempt.avoided();
        return node.partition().measure().fitsOn(size, node.total().minusOrZero(masters))
                && !avoided.contains(node.id().host())
                && !avoided.contains(node.rack())
                && (anywhere.relaxLocality() || isNamed(node, attempt, key));
    }

    private static boolean isNamed(Node node, Attempt attempt, AskKey key) {
        for (Ask row : attempt.asks().rows(key)) {
            if (row.place().equals(node.id().host())
                    || (row.relaxLocality() && row.place().equals(node.rack()))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a node is kept in vain: nobody wants it any more, or whoever does may not have it. */
    boolean isVain(Node node, Reservation reservation) {
        Attempt attempt = state.attempt(reservation.attempt());
        Ask wanted = attempt == null || attempt.isOver() || !attempt.isActive()
                ? null
                : attempt.asks().anywhere(reservation.key());
        Partition partition = node.partition();
        if (attempt == null
                || wanted == null
                || !wanted.label().equals(partition.label())
                || !partition.measure().counted(wanted.capability()).equals(reservation.size())
                || attempt.asks().constrained(reservation.key()) != null
                || !suits(node, attempt, reservation.key(), reservation.size())) {
            return true;
        }
        QueueShare leaf = state.share(attempt.application().queue(), partition);
        UserShare user = leaf.user(attempt.application().spec().user());
        return user == null
                || !partition.measure().fits(leaf.reserved(), leaf.bounds().maximum())
                || Limits.isOver(leaf, user, step());
    }
}
