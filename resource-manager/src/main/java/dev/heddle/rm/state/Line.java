package dev.heddle.rm.state;

import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** The attempts of one user in a leaf that wait for containers of the same size. Changed by {@link ClusterState} alone. */
public final class Line implements Comparable<Line> {
    private static final double NOT_OVER = -1;

    /** Whose user has least comes first. */
    static final Comparator<Line> BY_USE = Comparator.comparingDouble((Line line) -> line.had)
            .thenComparing(line -> line.user.user())
            .thenComparing(Comparator.naturalOrder());

    private final UserShare user;
    private final Size size;
    private final TreeMap<Turn, Attempt> attempts = new TreeMap<>();

    /** Those who cannot be served in this pass, for a reason of their own. */
    private final TreeMap<Turn, Attempt> aside = new TreeMap<>();

    /** The turn of the first in it; while the line is among those of its leaf it must not change. */
    Turn head;

    /** Whether it is left out for the rest of a pass. */
    private boolean left;

    /** Where it is left out for what its user has: how much of the partition that is, by the user's weight. */
    private double had = NOT_OVER;

    Line(UserShare user, Size size, Turn head) {
        this.user = user;
        this.size = size;
        this.head = head;
    }

    void add(Attempt attempt) {
        attempts.put(attempt.turn, attempt);
        head = attempts.firstKey();
    }

    void remove(Attempt attempt) {
        aside.remove(attempt.turn);
        if (attempts.remove(attempt.turn) != null && !attempts.isEmpty()) {
            head = attempts.firstKey();
        }
    }

    void setAside(Attempt attempt) {
        remove(attempt);
        aside.put(attempt.turn, attempt);
    }

    void restore(Attempt attempt) {
        if (aside.remove(attempt.turn) != null) {
            add(attempt);
        }
    }

    /** Leaves it out. */
    void leaveOut() {
        left = true;
        had = NOT_OVER;
    }

    /** Leaves it out for as long as its user has too much. */
    void leaveOutForUse() {
        had = user.part / user.weight();
    }

    void letIn() {
        left = false;
        had = NOT_OVER;
    }

    /** Whether it is left out for what its user has. */
    boolean isOver() {
        return had != NOT_OVER && !attempts.isEmpty();
    }

    /** Whether somebody in it may be served in this pass. */
    boolean isOpen() {
        return !left && had == NOT_OVER && !attempts.isEmpty();
    }

    /** Whether nobody is in it. */
    boolean isEmpty() {
        return attempts.isEmpty() && aside.isEmpty();
    }

    public UserShare user() {
        return user;
    }

    public Size size() {
        return size;
    }

    /** Adds everybody in it, also those who are out of line. */
    void addTo(Map<Turn, Attempt> all) {
        all.putAll(attempts);
        all.putAll(aside);
    }

    /** Those who may be served in this pass, in turn. */
    public Collection<Attempt> attempts() {
        return Collections.unmodifiableCollection(attempts.values());
    }

    /** Who is first in turn among those that may be served in this pass; there is one in each line of a leaf. */
    public Attempt first() {
        return attempts.firstEntry().getValue();
    }

    @Override
    public int compareTo(Line other) {
        // An attempt may be in several lines: sizes tell them apart.
        int order = head.compareTo(other.head);
        return order != 0 ? order : size.resource().compareTo(other.size.resource());
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
