package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.QueueShare;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What queues will have once everything has gone, and come, that is planned. Of one round. */
final class Standings {
    private final Departures departures;
    private final Map<QueueShare, Resource> changed = new HashMap<>();

    Standings(Departures departures) {
        this.departures = departures;
    }

    private Resource used(QueueShare share) {
        Resource used = changed.get(share);
        return used == null ? departures.staying(share) : used;
    }

    void lose(QueueShare leaf, Resource size) {
        for (QueueShare share = leaf; share != null; share = share.parent()) {
            changed.put(share, used(share).minusOrZero(size));
        }
    }

    void gain(QueueShare leaf, Resource size) {
        for (QueueShare share = leaf; share != null; share = share.parent()) {
            changed.put(share, used(share).plus(size));
        }
    }

    /**
     * Whether what one leaf loses would go to another one: the scheduler has to serve that one first, or it would go back at
     * once, to be lost again.
     */
    boolean goesTo(QueueShare to, QueueShare from, Resource lost) {
        List<QueueShare> above = new ArrayList<>();
        for (QueueShare share = to; share != null; share = share.parent()) {
            above.add(share);
        }
        QueueShare loser = from;
        while (loser.parent() != null && !above.contains(loser.parent())) {
            loser = loser.parent();
        }
        QueueShare parent = loser.parent();
        if (parent == null || loser == to || !loser.isHungry()) {
            return true;
        }
        QueueShare winner = above.get(above.indexOf(parent) - 1);
        return Rank.ORDER.compare(
                        rank(winner, used(winner)), rank(loser, used(loser).minusOrZero(lost)))
                < 0;
    }

    /** When a queue is served among its siblings, as {@link QueueShare} orders them. */
    private record Rank(boolean unguaranteed, boolean satisfied, int priority, double part) {
        private static final Comparator<Rank> ORDER = Comparator.comparing(Rank::unguaranteed)
                .thenComparing(Rank::satisfied)
                .thenComparing(Rank::priority, Comparator.reverseOrder())
                .thenComparingDouble(Rank::part);
    }

    private static Rank rank(QueueShare share, Resource used) {
        Resource guaranteed = share.bounds().guaranteed();
        boolean unguaranteed = guaranteed.equals(Resource.NONE);
        double part = share.partition()
                .measure()
                .share(used, unguaranteed ? share.partition().total() : guaranteed);
        boolean byPriority = isByPriority(share.parent());
        return new Rank(
                unguaranteed,
                byPriority && part >= 1,
                byPriority ? share.queue().spec().priority() : 0,
                part);
    }

    private static boolean isByPriority(@Nullable QueueShare parent) {
        return parent != null
                && parent.queue().spec().ordering().children() == QueueSpec.Ordering.Children.PRIORITY_UTILIZATION;
    }
}
