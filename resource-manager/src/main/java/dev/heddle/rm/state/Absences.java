package dev.heddle.rm.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Who waits and is out of line: lines and attempts that cannot be served in a pass, until it ends, and {@link Sleepers}.
 * Changed by {@link ClusterState} alone.
 */
final class Absences {
    private final List<Attempt> aside = new ArrayList<>();
    private final List<LeftOut> leftOut = new ArrayList<>();
    private final Sleepers sleepers = new Sleepers();

    /** Nobody is out of line, as there are other lines. */
    void clear() {
        aside.clear();
        leftOut.clear();
        sleepers.clear();
    }

    /** A line that is left out of a pass. */
    private record LeftOut(QueueShare leaf, Line line) {}

    /** Leaves a line out until {@link #restore}. */
    void leaveOut(QueueShare leaf, Line line) {
        leftOut.add(new LeftOut(leaf, line));
        leaf.leaveOut(line);
    }

    /** Leaves a line out until {@link #letIn} or {@link #restore}. */
    void leaveOutForUse(QueueShare leaf, Line line) {
        leftOut.add(new LeftOut(leaf, line));
        leaf.leaveOutForUse(line);
    }

    void letIn(QueueShare leaf, Line line) {
        leaf.letIn(line);
    }

    /** Leaves an attempt out until {@link #restore}. */
    void setAside(Attempt attempt) {
        aside.add(attempt);
        attempt.places.forEach(place -> place.share().setAside(attempt, place.line()));
    }

    /**
     * An attempt that waits in one partition alone is out of line until one of these places has room, or it has waited long
     * enough.
     */
    void sleep(Attempt attempt, Set<String> places, long opportunity, long atMs) {
        Partition partition = attempt.places.get(0).share().partition();
        attempt.places.forEach(place -> place.share().setAside(attempt, place.line()));
        sleepers.add(new Sleepers.Sleep(attempt, partition, places, opportunity, atMs));
        partition.delayUntil(opportunity);
        partition.delayUntilMs(atMs);
    }

    /** An attempt is in line again, if it sleeps. */
    void wake(Attempt attempt) {
        if (attempt.sleep != null) {
            Partition partition = attempt.sleep.partition();
            sleepers.remove(attempt.sleep);
            attempt.places.forEach(place -> place.share().restore(attempt, place.line()));
            partition.makeDue();
        }
    }

    /** A place has room: those who wait for it are in line again. */
    void wakeAt(String place) {
        sleepers.at(place).forEach(this::wake);
    }

    /** Those who have waited long enough are in line again. */
    void wakeDue(Partition partition, long nowMs) {
        sleepers.due(partition, nowMs).forEach(this::wake);
    }

    /** Everybody is in line again: there are other places than before. */
    void wakeAll() {
        sleepers.all().forEach(this::wake);
    }

    void restore() {
        for (Attempt attempt : aside) {
            attempt.places.forEach(place -> place.share().restore(attempt, place.line()));
        }
        aside.clear();
        leftOut.forEach(left -> left.leaf().letIn(left.line()));
        leftOut.clear();
    }
}
