package dev.heddle.rm.scheduler.constraint;

import dev.heddle.rm.model.NodeId;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The places outside of which a constraint cannot be met, so that nobody has to look there; inside, it may be.
 *
 * @param everywhere whether it may be met anywhere; the sets are empty then
 * @param nodes single nodes
 * @param hosts every node of these
 * @param racks every node of these
 */
record Candidates(boolean everywhere, Set<NodeId> nodes, Set<String> hosts, Set<String> racks) {
    static final Candidates EVERYWHERE = new Candidates(true, Set.of(), Set.of(), Set.of());
    static final Candidates NOWHERE = new Candidates(false, Set.of(), Set.of(), Set.of());

    static Candidates nodes(Set<NodeId> nodes) {
        return new Candidates(false, nodes, Set.of(), Set.of());
    }

    static Candidates hosts(Set<String> hosts) {
        return new Candidates(false, Set.of(), hosts, Set.of());
    }

    static Candidates racks(Set<String> racks) {
        return new Candidates(false, Set.of(), Set.of(), racks);
    }

    /** How many places there are to look at. */
    int size() {
        return everywhere ? Integer.MAX_VALUE : nodes.size() + hosts.size() + racks.size();
    }

    /** The places for what has to meet this constraint and another: the shorter list, as each is tried all the same. */
    Candidates narrowed(Candidates other) {
        return other.size() < size() ? other : this;
    }

    /** The places for what has to meet this constraint or another. */
    Candidates widened(Candidates other) {
        if (everywhere || other.everywhere) {
            return EVERYWHERE;
        }
        return new Candidates(false, union(nodes, other.nodes), union(hosts, other.hosts), union(racks, other.racks));
    }

    static <T> Set<T> union(Set<T> one, Set<T> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.isEmpty() ? other : one;
        }
        Set<T> both = new LinkedHashSet<>(one);
        both.addAll(other);
        return both;
    }
}
