package dev.heddle.rm.scheduler;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.Reservation;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Line;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.QueueShare;
import dev.heddle.rm.state.Size;
import dev.heddle.rm.state.UserShare;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who gets the next container, and where. State in, plan out: what it marks in the state (who is exhausted, which sizes no
 * node has room for) spares it a second look and changes no decision.
 *
 * <p>A pass asks for one placement after the other until there is none. As nothing but grants happens meanwhile, what
 * could not be served once cannot be served later in the same pass, and is left out of the rest of it. There is one
 * exception: an equal part of what a leaf's users have together grows with each grant in the leaf, so that a user who had
 * too much may not have too much any more.
 */
public final class Scheduler {
    private final ClusterState state;
    private final Claims claims;
    private long nowMs;

    public Scheduler(ClusterState state) {
        this.state = state;
        this.claims = new Claims(state);
    }

    /** What follows happens at a time, in ms since 1970. */
    public void beginPass(long atMs) {
        nowMs = atMs;
        claims.open();
    }

    /** Everybody who was left out is in line again. */
    public void endPass() {
        claims.close();
        state.restoreLines();
    }

    /**
     * The next container in a partition: of the queue that is first in turn, its attempt that is first in turn, the first
     * of its asks that can be met; or a node that must be kept for somebody who came before.
     *
     * @return null where nobody who waits there can be served now
     */
    public @Nullable Decision next(Partition partition) {
        if (partition.isFull()) {
            return null;
        }
        Decision.Placement placement = next(state.share(state.rootQueue(), partition));
        if (placement == null) {
            return null;
        }
        Decision.Keep keep = claims.before(partition, placement);
        return keep == null ? placement : keep;
    }

    private Decision.@Nullable Placement next(QueueShare share) {
        return share.queue().spec().isLeaf() ? inLeaf(share) : amongChildren(share);
    }

    private Decision.@Nullable Placement amongChildren(QueueShare parent) {
        // A child in which nobody can be served leaves the hungry ones.
        for (QueueShare child = parent.firstHungryChild();
                child != null && !parent.partition().isFull();
                child = parent.firstHungryChild()) {
            Decision.Placement placement = next(child);
            if (placement != null) {
                return placement;
            }
        }
        return null;
    }

    private Decision.@Nullable Placement inLeaf(QueueShare leaf) {
        letThoseInWhoMayHaveMore(leaf);
        Partition partition = leaf.partition();
        boolean elsewhere = mayGoElsewhere(partition);
        for (Line line = leaf.firstLine(); line != null && !partition.isFull(); line = leaf.firstLine()) {
            Resource size = line.size().resource();
            if (!line.size().mayFit() || (!elsewhere && Limits.overMaximum(leaf, size) != null)) {
                noteNoRoom(partition, size, elsewhere);
                if (!line.size().mayFit()) {
                    claims.passOver(leaf, line.user(), line.first(), size);
                }
                state.leaveOut(leaf, line);
            } else if (!elsewhere && Limits.isOver(leaf, line.user(), step())) {
                state.leaveOutForUse(leaf, line);
            } else {
                Decision.Placement placement = inLine(leaf, line);
                if (placement != null) {
                    return placement;
                }
            }
        }
        // No grant in this leaf will raise its limits any more.
        for (Line line = leaf.leastOver(); line != null; line = leaf.leastOver()) {
            state.leaveOut(leaf, line);
        }
        return null;
    }

    private void letThoseInWhoMayHaveMore(QueueShare leaf) {
        Line line = leaf.leastOver();
        while (line != null && !Limits.isOver(leaf, line.user(), step())) {
            state.letIn(leaf, line);
            line = leaf.leastOver();
        }
    }

    private Decision.@Nullable Placement inLine(QueueShare leaf, Line line) {
        Attempt attempt = line.first();
        Decision.Placement placement = next(leaf, line.user(), attempt);
        // Where the size may fit its own wishes are in the way, such as hosts that are full: others may be luckier.
        if (placement == null && line.size().mayFit() && !sleeps(leaf, line.user(), attempt)) {
            state.setAside(attempt);
        }
        return placement;
    }

    /** Leaves an attempt out until one of the places that it waits for has room, if that is all that it waits for. */
    private boolean sleeps(QueueShare leaf, UserShare user, Attempt attempt) {
        Partition partition = leaf.partition();
        if (attempt.waitsIn().size() > 1 || Limits.isOver(leaf, user, step())) {
            return false;
        }
        Set<String> places = new HashSet<>();
        long opportunity = Long.MAX_VALUE;
        long atMs = Long.MAX_VALUE;
        for (AskKey key : attempt.asks().keys()) {
            Ask wanted = attempt.asks().anywhere(key);
            if (wanted == null) {
                continue;
            }
            Resource size = partition.measure().counted(wanted.capability());
            Size known = partition.waitedFor(size);
            Patience patience = new Patience(state, partition, attempt.asks(), key, nowMs);
            if (attempt.asks().constrained(key) != null
                    || attempt.asks().rows(key).size() == 1
                    || known == null
                    || !known.mayFit()
                    || Limits.overMaximum(leaf, size) != null
                    || (wanted.relaxLocality() && patience.letsAnywhere())) {
                return false;
            }
            for (Ask row : attempt.asks().rows(key)) {
                if (!partition.hasRack(row.place()) || (row.relaxLocality() && patience.letsRack())) {
                    places.add(row.place());
                }
            }
            opportunity = Math.min(opportunity, patience.nextOpportunity());
            atMs = Math.min(atMs, patience.nextMs());
        }
        if (places.isEmpty()) {
            return false;
        }
        state.sleep(attempt, places, opportunity, atMs);
        return true;
    }

    private Resource step() {
        return state.queuePlan().minimumAllocation();
    }

    /** Whether what waits in a partition may be placed in another one: nodes whose label is not exclusive. */
    private boolean mayGoElsewhere(Partition partition) {
        if (!partition.label().isEmpty()) {
            return false;
        }
        for (Partition other : state.partitions()) {
            if (other != partition && other.isShared() && !other.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Whether somebody waits who may have a claim to the room that an attempt would get: all are served in turn then. */
    public boolean isForTurns(Attempt attempt) {
        for (QueueShare leaf : attempt.waitsIn()) {
            if (leaf.partition().hasLargeWaiting()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a node that is kept for somebody is so in vain. */
    public boolean isKeptInVain(Node node) {
        Reservation reservation = node.reservation();
        return reservation != null && claims.isVain(node, reservation);
    }

    /** The container for which a node is kept, where it has the room now and its queue may have it; or null. */
    public Decision.@Nullable Placement onKept(Node node) {
        Reservation reservation = node.reservation();
        Attempt attempt = reservation == null ? null : state.attempt(reservation.attempt());
        return reservation != null
                        && attempt != null
                        && node.partition().measure().fitsOn(reservation.size(), node.free())
                        && Limits.mayTakeKept(
                                state.share(attempt.application().queue(), node.partition()), reservation.size())
                ? new Decision.Placement(reservation.attempt(), reservation.key(), node.id(), reservation.size())
                : null;
    }

    /** The next container of one attempt, in whatever partition; null where none of its asks can be met now. */
    public Decision.@Nullable Placement next(Attempt attempt, long atMs) {
        nowMs = atMs;
        for (QueueShare leaf : attempt.waitsIn()) {
            UserShare user = leaf.user(attempt.application().spec().user());
            Decision.Placement placement = user == null ? null : next(leaf, user, attempt);
            if (placement != null) {
                return placement;
            }
        }
        return null;
    }

    private Decision.@Nullable Placement next(QueueShare leaf, UserShare user, Attempt attempt) {
        Partition partition = leaf.partition();
        boolean over = Limits.isOver(leaf, user, step());
        boolean elsewhere = mayGoElsewhere(partition);
        if (over && !elsewhere) {
            return null;
        }
        for (AskKey key : attempt.asks().keys()) {
            Ask wanted = attempt.asks().anywhere(key);
            if (wanted == null || !wanted.label().equals(partition.label())) {
                continue;
            }
            Resource size = partition.measure().counted(wanted.capability());
            Size known = partition.waitedFor(size);
            if (known != null && !known.mayFit()) {
                claims.passOver(leaf, user, attempt, key, size);
                continue;
            }
            Node node = over || Limits.overMaximum(leaf, size) != null
                    ? null
                    : NodeChoice.choose(state, partition, attempt, key, wanted, size, nowMs);
            if (node == null && elsewhere) {
                node = onSharedNodes(attempt, key, wanted, size);
            }
            if (node != null) {
                return new Decision.Placement(attempt.id(), key, node.id(), size);
            }
            noteNoRoom(partition, size, elsewhere);
            if (known != null && !known.mayFit()) {
                claims.passOver(leaf, user, attempt, key, size);
            }
        }
        return null;
    }

    /** Nodes that are kept for a label but not for it alone: their queues' limits do not hold for those without a label. */
    private @Nullable Node onSharedNodes(Attempt attempt, AskKey key, Ask wanted, Resource size) {
        for (Partition partition : state.partitions()) {
            if (partition.isShared() && !partition.label().isEmpty()) {
                Node node = NodeChoice.choose(state, partition, attempt, key, wanted, size, nowMs);
                if (node != null) {
                    return node;
                }
            }
        }
        return null;
    }

    /** Remembers that no node has room for a size, if that is why there is no placement. */
    private void noteNoRoom(Partition partition, Resource size, boolean elsewhere) {
        Size known = partition.waitedFor(size);
        if (known == null || !known.mayFit()) {
            return;
        }
        boolean room = hasRoom(partition, size);
        if (!room && elsewhere) {
            for (Partition other : state.partitions()) {
                room |= other.isShared() && hasRoom(other, size);
            }
        }
        if (!room) {
            partition.noteNoRoom(size);
        }
    }

    private static boolean hasRoom(Partition partition, Resource size) {
        return partition.nodeWithRoom(size, true, node -> true) != null;
    }
}
