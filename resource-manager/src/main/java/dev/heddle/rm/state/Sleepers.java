package dev.heddle.rm.state;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

/**
 * Those who wait for certain places and for nothing else: they are out of line until one of the places has room, or they have
 * waited long enough. So a node with room is offered to those who want it, however many wait for others.
 */
final class Sleepers {
    private final Set<Attempt> asleep = new LinkedHashSet<>();
    private final Map<String, Set<Attempt>> byPlace = new HashMap<>();
    private final Map<Partition, Agenda> agendas = new HashMap<>();

    /** Who is due next in a partition: by its opportunities, and by the clock. */
    private record Agenda(TreeSet<Sleep> byOpportunity, TreeSet<Sleep> byTime) {
        Agenda() {
            this(new TreeSet<>(order(Sleep::opportunity)), new TreeSet<>(order(Sleep::atMs)));
        }

        /** An attempt sleeps once at a time. */
        private static Comparator<Sleep> order(ToLongFunction<Sleep> due) {
            return Comparator.comparingLong(due)
                    .thenComparing(sleep -> sleep.attempt().id());
        }
    }

    /**
     * What somebody waits for.
     *
     * @param places hosts and racks
     * @param opportunity of the partition, after which there is something else that will do
     * @param atMs the same by the clock, in ms since 1970
     */
    record Sleep(Attempt attempt, Partition partition, Set<String> places, long opportunity, long atMs) {}

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
        Agenda agenda = ClusterState.known(agendas.get(sleep.partition()), sleep.partition());
        agenda.byOpportunity().remove(sleep);
        agenda.byTime().remove(sleep);
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
        Set<Attempt> due = new LinkedHashSet<>();
        for (Sleep sleep : agenda.byOpportunity()) {
            if (partition.opportunities() <= sleep.opportunity()) {
                partition.delayUntil(sleep.opportunity());
                break;
            }
            due.add(sleep.attempt());
        }
        for (Sleep sleep : agenda.byTime()) {
            if (nowMs < sleep.atMs()) {
                partition.delayUntilMs(sleep.atMs());
                break;
            }
            due.add(sleep.attempt());
        }
        return List.copyOf(due);
    }

    void clear() {
        asleep.forEach(attempt -> attempt.sleep = null);
        asleep.clear();
        byPlace.clear();
        agendas.clear();
    }
}
