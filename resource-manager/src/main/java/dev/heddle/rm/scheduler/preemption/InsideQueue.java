package dev.heddle.rm.scheduler.preemption;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ContainerState;
import dev.heddle.rm.scheduler.Amounts;
import dev.heddle.rm.scheduler.Limits;
import dev.heddle.rm.scheduler.queue.Measure;
import dev.heddle.rm.scheduler.queue.PreemptionRules;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.state.Attempt;
import dev.heddle.rm.state.ClusterState;
import dev.heddle.rm.state.Container;
import dev.heddle.rm.state.Node;
import dev.heddle.rm.state.Partition;
import dev.heddle.rm.state.QueueShare;
import dev.heddle.rm.state.UserShare;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the applications of one leaf should have of what it has, as YARN's {@code FifoIntraQueuePreemptionPlugin}: the most
 * urgent first, each as much as it wants and its user may have. What others have beyond that goes to them.
 */
final class InsideQueue {
    private static final double HALF = 0.5;

    private final ClusterState state;
    private final Partition partition;
    private final Measure measure;
    private final Resource total;
    private final Departures departures;
    private final IdealShare leaf;
    private final PreemptionRules.Inside rules;
    private final Map<String, Member> users = new HashMap<>();

    /**
     * Somebody who loses something for somebody.
     *
     * @param staysOver whether the loser's user must stay over the limit
     */
    record Transfer(Entry to, Entry from, Resource amount, boolean staysOver) {}

    /** A user in the leaf. */
    static final class Member {
        private final String name;

        /** What the user is let have in any case. */
        private final Resource entitled;

        /** With more than that nothing more is granted, whoever else wants something. */
        private final Resource limit;

        private Resource used = Resource.NONE;
        private Resource masters = Resource.NONE;
        private Resource ideal = Resource.NONE;
        private boolean cutToLimit;

        private Member(String name, Resource entitled, Resource limit) {
            this.name = name;
            this.entitled = entitled;
            this.limit = limit;
        }

        String name() {
            return name;
        }

        Resource used() {
            return used;
        }

        Resource limit() {
            return limit;
        }
    }

    /** An application in the leaf. Masters are left alone, and do not count. */
    static final class Entry {
        final Attempt attempt;
        final Member user;
        final List<Demand> demands = new ArrayList<>();
        private final Resource used;
        private final Resource pending;
        private Resource ideal = Resource.NONE;
        private Resource spare = Resource.NONE;
        private Resource given = Resource.NONE;
        private Resource wants = Resource.NONE;

        private Entry(Attempt attempt, Member user, Resource used, Resource pending, List<Demand> demands) {
            this.attempt = attempt;
            this.user = user;
            this.used = used;
            this.pending = pending;
            this.demands.addAll(demands);
        }

        int priority() {
            return attempt.application().priority();
        }

        /** What it has besides its master. */
        Resource used() {
            return used;
        }

        /** What others are to get of it. */
        Resource given() {
            return given;
        }
    }

    InsideQueue(ClusterState state, Partition partition, Departures departures, IdealShare leaf) {
        this.state = state;
        this.partition = partition;
        this.measure = partition.measure();
        this.total = partition.total();
        this.departures = departures;
        this.leaf = leaf;
        this.rules = state.queuePlan().preemption().inside();
    }

    /** Whether anything may be taken inside a leaf. */
    static boolean concerns(IdealShare leaf) {
        return leaf.share().queue().spec().preemption().inside() && !leaf.demands.isEmpty();
    }

    /**
     * Who is to lose how much to whom, the most urgent to get something first.
     *
     * @param holders the attempts that have something in the leaf
     */
    List<Transfer> transfers(List<Attempt> holders, Resource atMost) {
        if (leaf.partOfGuarantee(leaf.used) < rules.threshold()) {
            return List.of();
        }
        List<Entry> urgent = entries(holders);
        if (urgent.size() < 2) {
            return List.of();
        }
        urgent.sort(order());
        divide(urgent);
        Resource limit = Amounts.times(leaf.guaranteed(), rules.limit()).minusOrZero(leaf.owed());
        spare(urgent, measure.smaller(limit, atMost, total));
        return pair(urgent);
    }

    private List<Entry> entries(List<Attempt> holders) {
        QueueShare share = leaf.share();
        Set<Attempt> attempts = new LinkedHashSet<>(holders);
        attempts.addAll(share.waiting());
        Wants wants = new Wants(state, partition);
        List<Entry> entries = new ArrayList<>();
        for (Attempt attempt : attempts) {
            String name = attempt.application().spec().user();
            UserShare user = share.user(name);
            if (user == null) {
                continue;
            }
            Member member = users.computeIfAbsent(name, some -> member(share, user));
            Resource master = master(attempt);
            Resource used = used(attempt);
            member.used = member.used.plus(used);
            member.masters = member.masters.plus(master);
            List<Demand> demands = new ArrayList<>();
            Resource pending = attempt.isOver() ? Resource.NONE : wants.of(attempt, total, demands);
            entries.add(new Entry(attempt, member, used.minusOrZero(master), pending, demands));
        }
        return entries;
    }

    /** Who wants more changes with what is given and taken: what holds either way does not swing. */
    private Member member(QueueShare share, UserShare user) {
        Resource step = state.queuePlan().minimumAllocation();
        Resource amongActive = Limits.userLimitAmongActive(share, user, step);
        Resource amongAll = Limits.userLimitAmongAll(share, user, step);
        return new Member(
                user.user(),
                measure.smaller(amongActive, amongAll, total),
                measure.larger(amongActive, amongAll, total));
    }

    private Resource used(Attempt attempt) {
        if (state.partitions().size() == 1) {
            return departures.staying(attempt);
        }
        Resource used = Resource.NONE;
        for (Container container : attempt.containers()) {
            Node node = state.node(container.node());
            if (node != null && node.partition() == partition && container.state() != ContainerState.STOPPING) {
                used = used.plus(container.resource());
            }
        }
        return used;
    }

    private Resource master(Attempt attempt) {
        Container master = attempt.master();
        Container alive = master == null ? null : state.container(master.id());
        Node node = alive == null ? null : state.node(alive.node());
        return alive == null
                        || alive.state() == ContainerState.STOPPING
                        || node == null
                        || node.partition() != partition
                ? Resource.NONE
                : alive.resource();
    }

    /** The most urgent first. Where shares are to be equal, that is whose user has least. */
    private Comparator<Entry> order() {
        Comparator<Entry> oldest = Comparator.comparing(
                (Entry entry) -> entry.attempt.application().id());
        if (leaf.share().queue().spec().ordering().applications() == QueueSpec.Ordering.Applications.FIFO
                || rules.order() != PreemptionRules.Order.USER_LIMIT_FIRST) {
            return Comparator.comparingInt((Entry entry) -> -entry.priority()).thenComparing(oldest);
        }
        return Comparator.comparingDouble(
                        (Entry entry) -> measure.share(entry.user.used.minusOrZero(entry.user.masters), total))
                .thenComparing(entry -> entry.user.name)
                .thenComparingDouble(entry -> measure.share(entry.used, total))
                .thenComparing(oldest);
    }

    /** Gives what the leaf keeps to its applications, in turn. */
    private void divide(List<Entry> urgent) {
        Resource left = leaf.used.minusOrZero(leaf.owed());
        for (Member user : users.values()) {
            left = left.minusOrZero(user.masters);
        }
        for (Entry entry : urgent) {
            Member user = entry.user;
            Resource limit = user.entitled.minusOrZero(user.masters);
            if (measure.fits(left, Resource.NONE) || !measure.isMore(limit, user.ideal, total)) {
                continue;
            }
            Resource wanted = measure.smaller(entry.used.plus(entry.pending), limit.minusOrZero(user.ideal), total);
            entry.ideal = measure.smaller(left, wanted, total);
            user.ideal = user.ideal.plus(entry.ideal);
            if (measure.isMore(entry.ideal, entry.used, total)) {
                entry.wants = entry.ideal.minusOrZero(entry.used);
            }
            left = left.minusOrZero(entry.ideal);
        }
    }

    /** Works out what each can spare, the least urgent first. */
    private void spare(List<Entry> urgent, Resource limit) {
        Resource left = limit;
        for (int i = urgent.size() - 1; i >= 0; i--) {
            Entry entry = urgent.get(i);
            Resource spare = measure.isMore(entry.used, entry.ideal, total)
                    ? entry.used.minusOrZero(entry.ideal)
                    : Resource.NONE;
            if (rules.order() == PreemptionRules.Order.USER_LIMIT_FIRST) {
                // A user at the limit is given one more: it would go to and fro.
                spare = spare.minusOrZero(state.queuePlan().minimumAllocation());
            }
            entry.spare = measure.smaller(spare, left, total);
            left = left.minusOrZero(entry.spare);
        }
    }

    private List<Transfer> pair(List<Entry> urgent) {
        List<Transfer> transfers = new ArrayList<>();
        for (Entry to : urgent) {
            for (int i = urgent.size() - 1; i >= 0 && !measure.fits(to.wants, Resource.NONE); i--) {
                Entry from = urgent.get(i);
                Resource amount = measure.smaller(to.wants, available(to, from), total);
                if (!measure.fits(amount, Resource.NONE)) {
                    to.wants = to.wants.minusOrZero(amount);
                    from.given = from.given.plus(amount);
                    transfers.add(new Transfer(to, from, amount, staysOver(to, from)));
                }
            }
        }
        return transfers;
    }

    /** At the limit a user is given one more: whoever is not served before him anyway would not get it. */
    private boolean staysOver(Entry to, Entry from) {
        boolean older = to.attempt
                        .application()
                        .id()
                        .compareTo(from.attempt.application().id())
                < 0;
        boolean before = to.priority() > from.priority() || (to.priority() == from.priority() && older);
        return to.user != from.user && (rules.order() == PreemptionRules.Order.USER_LIMIT_FIRST || !before);
    }

    /** What one may have of another. */
    private Resource available(Entry to, Entry from) {
        Resource available = from.spare.minusOrZero(from.given);
        if (measure.fits(available, Resource.NONE)) {
            return Resource.NONE;
        }
        boolean limitFirst = rules.order() == PreemptionRules.Order.USER_LIMIT_FIRST;
        boolean over = measure.isMore(from.user.used, from.user.limit, total);
        if (to.user == from.user) {
            return from.priority() < to.priority() ? available.min(lasting(to, from)) : Resource.NONE;
        }
        if (limitFirst) {
            return over ? cutToLimit(to, from, available) : Resource.NONE;
        }
        return cutToLimit(to, from, available.min(lasting(to, from)));
    }

    /** Of a user over the limit, applications of the same priority get no more than what is over it. */
    private Resource cutToLimit(Entry to, Entry from, Resource available) {
        Member user = from.user;
        if (from.priority() != to.priority() || !measure.isMore(user.used, user.limit, total)) {
            return available;
        }
        Resource excess = user.cutToLimit ? Resource.NONE : user.used.minusOrZero(user.limit);
        if (measure.isMore(available, excess, total)) {
            user.cutToLimit = true;
            return excess;
        }
        return available;
    }

    /**
     * What would not go back at once: where shares are to be equal whoever has less is served first, whatever the
     * priorities, so that half of the difference may go.
     */
    private Resource lasting(Entry to, Entry from) {
        return switch (leaf.share().queue().spec().ordering().applications()) {
            case FIFO -> total;
            case FAIR -> half(to, from, Measure.MEMORY);
            case DOMINANT -> half(to, from, Measure.DOMINANT);
            case FAIR_BY_SIZE -> Resource.NONE;
        };
    }

    private Resource half(Entry to, Entry from, Measure by) {
        double has = by.share(from.attempt.used(), total);
        double difference = has - by.share(to.attempt.used(), total);
        return to.priority() > from.priority() && difference > 0
                ? Amounts.times(from.attempt.used(), HALF * difference / has)
                : Resource.NONE;
    }
}
