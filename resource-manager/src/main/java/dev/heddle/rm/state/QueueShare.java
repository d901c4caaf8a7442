package dev.heddle.rm.state;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.Bounds;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a queue has of one partition, and who waits for more. The shares of a partition form a tree as the queues do.
 * Changed by {@link ClusterState} alone.
 *
 * <p>What always holds: what a share uses is the sum of what its children use, or its users; a share is hungry where
 * somebody below it waits.
 */
public final class QueueShare {
    /** As YARN's {@code PriorityUtilizationQueueOrderingPolicy}: who has least of what is guaranteed comes first. */
    private static final Comparator<QueueShare> ORDER = QueueShare::inTurn;

    private final Queue queue;
    private final Partition partition;
    private final @Nullable QueueShare parent;
    Bounds bounds = Bounds.NOTHING;
    final Tally used = new Tally();
    final Tally masters = new Tally();
    final Tally reserved = new Tally();

    final TreeSet<QueueShare> hungryChildren = new TreeSet<>(ORDER);
    final Map<String, UserShare> users = new LinkedHashMap<>();
    final Map<UserShare, Map<Size, Line>> byUser = new HashMap<>();
    final TreeSet<Line> lines = new TreeSet<>();

    /** Lines that are left out of a pass because their users have too much, unless the limit rises. */
    final TreeSet<Line> over = new TreeSet<>(Line.BY_USE);

    /** What those users have together who are active, and their weights. */
    final Tally usedByActive = new Tally();

    double activeWeights;
    double allWeights;

    /** The sum of the users' parts of the partition. */
    double parts;

    private boolean hungry;

    // The rank among its siblings; while it is among the hungry ones it must not change.
    private boolean unguaranteed;
    private boolean satisfied;
    private int rankedPriority;
    private double part;

    QueueShare(Queue queue, Partition partition, @Nullable QueueShare parent) {
        this.queue = queue;
        this.partition = partition;
        this.parent = parent;
    }

    private static int inTurn(QueueShare one, QueueShare other) {
        int order = Boolean.compare(one.unguaranteed, other.unguaranteed);
        if (order == 0) {
            order = Boolean.compare(one.satisfied, other.satisfied);
        }
        if (order == 0) {
            order = Integer.compare(other.rankedPriority, one.rankedPriority);
        }
        if (order == 0) {
            order = Double.compare(one.part, other.part);
        }
        if (order == 0) {
            order = Long.compare(
                    other.bounds.guaranteed().memoryMb(),
                    one.bounds.guaranteed().memoryMb());
        }
        return order != 0 ? order : Integer.compare(one.queue.position(), other.queue.position());
    }

    public Queue queue() {
        return queue;
    }

    public Partition partition() {
        return partition;
    }

    public @Nullable QueueShare parent() {
        return parent;
    }

    public Bounds bounds() {
        return bounds;
    }

    public Resource used() {
        return used.sum();
    }

    /** What nodes are kept for, in it and below. It is not used. */
    public Resource reserved() {
        return reserved.sum();
    }

    /** What masters take that run, or may; of a leaf. */
    public Resource masters() {
        return masters.sum();
    }

    /** The child that is first in turn among those below which somebody waits, or null. */
    public @Nullable QueueShare firstHungryChild() {
        return hungryChildren.isEmpty() ? null : hungryChildren.first();
    }

    /** The line that is first in turn among those in which somebody waits, or null; of a leaf. */
    public @Nullable Line firstLine() {
        return lines.isEmpty() ? null : lines.first();
    }

    /** The line that is left out of a pass for what its user has, and whose user has least; or null. */
    public @Nullable Line leastOver() {
        return over.isEmpty() ? null : over.first();
    }

    /** Everybody who waits in a leaf, the first in turn first. */
    public Collection<Attempt> waiting() {
        Map<Turn, Attempt> all = new TreeMap<>();
        byUser.values().forEach(ofUser -> ofUser.values().forEach(line -> line.addTo(all)));
        return all.values();
    }

    /** The lines of a leaf in which somebody may be served, the first in turn first. */
    public Collection<Line> lines() {
        return Collections.unmodifiableCollection(lines);
    }

    /** The users who have something in a leaf, or want something. */
    public Collection<UserShare> users() {
        return Collections.unmodifiableCollection(users.values());
    }

    public @Nullable UserShare user(String name) {
        return users.get(name);
    }

    /** The number of users who want more. */
    public int activeUsers() {
        return byUser.size();
    }

    /** What those have together who want more. */
    public Resource usedByActive() {
        return usedByActive.sum();
    }

    /** The sum of the weights of those who want more. */
    public double activeWeights() {
        return activeWeights;
    }

    /** The sum of the weights of all users. */
    public double allWeights() {
        return allWeights;
    }

    /** The users' parts of the partition, added up: more than its own part where their scarcest kinds differ. */
    public double parts() {
        return parts;
    }

    /** Whether somebody in it or below waits, and may be served in this pass. */
    public boolean isHungry() {
        return hungry;
    }

    /** Changes what it uses, and with it its rank. */
    void charge(Resource resource) {
        beforeRanking();
        used.add(resource);
        afterRanking();
    }

    void refund(Resource resource) {
        beforeRanking();
        used.subtract(resource);
        afterRanking();
    }

    void setBounds(Bounds now) {
        beforeRanking();
        bounds = now;
        afterRanking();
    }

    private void beforeRanking() {
        if (hungry && parent != null) {
            parent.hungryChildren.remove(this);
        }
    }

    private void afterRanking() {
        if (!hungry || parent == null) {
            return;
        }
        Resource has = used.sum();
        unguaranteed = bounds.guaranteed().equals(Resource.NONE);
        part = partition.measure().share(has, unguaranteed ? partition.total() : bounds.guaranteed());
        boolean byPriority =
                parent.queue.spec().ordering().children() == QueueSpec.Ordering.Children.PRIORITY_UTILIZATION;
        satisfied = byPriority && part >= 1;
        rankedPriority = byPriority ? queue.spec().priority() : 0;
        parent.hungryChildren.add(this);
    }

    /** Brings its place among the hungry ones in line with who waits in it, and so up the tree. */
    void noteHunger() {
        boolean now = queue.spec().isLeaf() ? !lines.isEmpty() || !over.isEmpty() : !hungryChildren.isEmpty();
        if (now == hungry) {
            return;
        }
        beforeRanking();
        hungry = now;
        afterRanking();
        if (parent != null) {
            parent.noteHunger();
        }
    }

    UserShare userShare(String name) {
        return users.computeIfAbsent(name, user -> {
            UserShare share = new UserShare(user, queue.spec().users().weight(user));
            allWeights += share.weight();
            return share;
        });
    }

    /** Changes what a user has. */
    void charge(UserShare user, Resource resource) {
        user.used.add(resource);
        if (user.isActive()) {
            usedByActive.add(resource);
        }
        noteParts(user);
    }

    void refund(UserShare user, Resource resource) {
        user.used.subtract(resource);
        if (user.isActive()) {
            usedByActive.subtract(resource);
        }
        noteParts(user);
        forgetIdle(user);
    }

    void noteParts(UserShare user) {
        double now = partition.measure().share(user.used.sum(), partition.total());
        parts += now - user.part;
        user.part = now;
    }

    void forgetIdle(UserShare user) {
        if (!user.isActive() && user.used.isEmpty() && user.masters.isEmpty() && users.remove(user.user()) != null) {
            allWeights -= user.weight();
            parts -= user.part;
            if (users.isEmpty()) {
                // No error of rounding shall outlive them.
                parts = 0;
                allWeights = 0;
            }
        }
    }

    /** Puts an attempt in the line for a size. Returns the line. */
    Line join(Attempt attempt, UserShare user, Size size) {
        Map<Size, Line> ofUser = byUser.computeIfAbsent(user, key -> new HashMap<>());
        Line line = ofUser.get(size);
        if (line == null) {
            line = new Line(user, size, attempt.turn);
            ofUser.put(size, line);
            size.lines++;
            if (user.lines++ == 0) {
                usedByActive.add(user.used.sum());
                activeWeights += user.weight();
            }
        }
        close(line);
        line.add(attempt);
        open(line);
        return line;
    }

    /** Takes an attempt out of a line. Returns whether its user does not wait for anything any more. */
    boolean leave(Attempt attempt, Line line) {
        close(line);
        line.remove(attempt);
        open(line);
        if (!line.isEmpty()) {
            return false;
        }
        UserShare user = line.user();
        Map<Size, Line> ofUser = ClusterState.known(byUser.get(user), user.user());
        ofUser.remove(line.size());
        if (--line.size().lines == 0) {
            partition.forget(line.size());
        }
        if (--user.lines > 0) {
            return false;
        }
        byUser.remove(user);
        usedByActive.subtract(user.used.sum());
        activeWeights -= user.weight();
        if (byUser.isEmpty()) {
            activeWeights = 0;
        }
        forgetIdle(user);
        return true;
    }

    /** Takes an attempt out of a line to which it comes back at once, by {@link #stepIn}, at another turn. */
    void stepOut(Attempt attempt, Line line) {
        close(line);
        line.remove(attempt);
    }

    void stepIn(Attempt attempt, Line line) {
        line.add(attempt);
        open(line);
    }

    /** Leaves an attempt out for the rest of a pass; it still waits. */
    void setAside(Attempt attempt, Line line) {
        close(line);
        line.setAside(attempt);
        open(line);
    }

    void restore(Attempt attempt, Line line) {
        close(line);
        line.restore(attempt);
        open(line);
    }

    /** Leaves a line out for the rest of a pass. */
    void leaveOut(Line line) {
        close(line);
        line.leaveOut();
        open(line);
    }

    /** Leaves a line out until its user may have more. */
    void leaveOutForUse(Line line) {
        close(line);
        line.leaveOutForUse();
        open(line);
    }

    void letIn(Line line) {
        close(line);
        line.letIn();
        open(line);
    }

    private void close(Line line) {
        lines.remove(line);
        over.remove(line);
    }

    private void open(Line line) {
        if (line.isOpen()) {
            lines.add(line);
        } else if (line.isOver()) {
            over.add(line);
        }
        noteHunger();
    }

    @Override
    public String toString() {
        return queue + " of " + partition;
    }
}
