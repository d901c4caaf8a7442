package dev.heddle.rm.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for certain places and for nothing else: they are out of line until one of the places has room, or they have
 * waited long enough. So a node with room is offered to those who want it, however many wait for others.
 */
final class Sleepers {
    private final Set<Attempt> asleep = new LinkedHashSet<>();
    private final Map<String, Set<Attempt>> byPlace = new HashMap<>();
    private final Map<Partition, Agenda> agendas = new HashMap<>();

    /** Who is due next in a partition: by its opportunities, and by the clock. Who has woken is left in it until then. */
    private record Agenda(PriorityQueue<Sleep> byOpportunity, PriorityQueue<Sleep> byTime) {
        Agenda() {
            this(
                    new PriorityQueue<>((one, other) -> Long.compare(one.opportunity(), other.opportunity())),
                    new PriorityQueue<>((one, other) -> Long.compare(one.atMs(), other.atMs())));
        }
    }

    /**
     * What somebody waits for.
     *
     * @param places hosts and racks
     * @param opportunity of the partition, after which there is something else that will do
     * @param atMs the same by the clock, in ms since 1970
     */
    record Sleep(Attempt attempt, Partition partition, Set<String> places, long opportunity, long atMs) {
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    void add(Sleep sleep) {
        sleep.attempt().sleep = sleep;
        asleep.add(sleep.attempt());
        for (String place : sleep.places()) {
            byPlace.computeIfAbsent(place, any -> new LinkedHashSet<>()).add(sleep.attempt());
        }
        Agenda agenda = agendas.computeIfAbsent(sleep.partition(), any -> new Agenda());
        if (sleep.opportunity() < Long.MAX_VALUE) {
            agenda.byOpportunity().add(sleep);
        }
        if (sleep.atMs() < Long.MAX_VALUE) {
            agenda.byTime().add(sleep);
        }
    }

    /** Somebody does not sleep any more. */
    void remove(Sleep sleep) {
        sleep.attempt().sleep = null;
        asleep.remove(sleep.attempt());
        for (String place : sleep.places()) {
            Set<Attempt> there = byPlace.get(place);
            if (there != null && there.remove(sleep.attempt()) && there.isEmpty()) {
                byPlace.remove(place);
            }
        }
    }

    /** Those who wait for a place. */
    List<Attempt> at(String place) {
        Set<Attempt> there = byPlace.get(place);
        return there == null ? List.of() : List.copyOf(there);
    }

    List<Attempt> all() {
        return List.copyOf(asleep);
    }

    /** Those who have waited long enough in a partition; it is told when the next ones will have. */
    List<Attempt> due(Partition partition, long nowMs) {
        Agenda agenda = agendas.get(partition);
        if (agenda == null) {
            return List.of();
        }
        List<Attempt> due = new ArrayList<>();
        Sleep next = first(agenda.byOpportunity());
        while (next != null && partition.opportunities() > next.opportunity()) {
            due.add(next.attempt());
            agenda.byOpportunity().poll();
            next = first(agenda.byOpportunity());
        }
        if (next != null) {
            partition.delayUntil(next.opportunity());
        }
        next = first(agenda.byTime());
        while (next != null && nowMs >= next.atMs()) {
            due.add(next.attempt());
            agenda.byTime().poll();
            next = first(agenda.byTime());
        }
        if (next != null) {
            partition.delayUntilMs(next.atMs());
        }
        return due;
    }

    /** The first who still sleeps. */
    private static @Nullable Sleep first(PriorityQueue<Sleep> agenda) {
        Sleep first = agenda.peek();
        while (first != null && !first.equals(first.attempt().sleep)) {
            agenda.poll();
            first = agenda.peek();
        }
        return first;
    }

    void clear() {
        asleep.forEach(attempt -> attempt.sleep = null);
        asleep.clear();
        byPlace.clear();
        agendas.clear();
    }
}
