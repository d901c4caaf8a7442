package dev.heddle.rm.state;

import dev.heddle.common.resources.FurtherKinds;
import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.Ask;
import dev.heddle.rm.model.AskKey;
import dev.heddle.rm.model.constraint.Requirement;
import dev.heddle.rm.model.constraint.SchedulingAsk;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt still wants: a row per key and place, in the order of the keys. A row's count is absolute, and falls by
 * one, with those of the wider places, for each container that is granted (YARN's {@code LocalityAppPlacementAllocator}).
 * Changed by {@link ClusterState} alone.
 */
public final class PendingAsks {
    /** Sums of wishes end here, so that adding what is used to them does not overflow. */
    private static final long COUNTABLE = Long.MAX_VALUE / 4;

    private static final int COUNTABLE_VCORES = Integer.MAX_VALUE / 4;

    private final NavigableMap<AskKey, Map<String, Ask>> rows = new TreeMap<>();
    private final Map<AskKey, Long> since = new HashMap<>();
    private final Map<AskKey, Beginning> patientSince = new HashMap<>();
    private long shape;
    private long containers;

    /** Another number whenever another size is wanted than before, or one is not wanted any more. */
    long shape() {
        return shape;
    }

    /** What the keys of scheduling requests ask for besides their row {@code *}. */
    private final Map<AskKey, Constrained> constrained = new TreeMap<>();

    /**
     * A scheduling request that is not met yet.
     *
     * @param requirement of its containers
     * @param tries after how many calls of its master it is given back, or {@link SchedulingAsk#PATIENT}
     * @param tried how many calls there have been
     */
    public record Constrained(Requirement requirement, int tries, int tried) {}

    /** Replaces what a scheduling request asks for; a count of zero removes it. */
    void replace(SchedulingAsk ask) {
        if (ask.count() > 0) {
            constrained.put(ask.key(), new Constrained(ask.requirement(), ask.tries(), 0));
        }
        replace(new Ask(ask.key(), Ask.ANYWHERE, ask.size(), ask.count(), true, ask.label()));
    }

    /** Another call of its master has left a scheduling request unmet. */
    void tried(AskKey key) {
        constrained.computeIfPresent(
                key, (any, ask) -> new Constrained(ask.requirement(), ask.tries(), ask.tried() + 1));
    }

    /** The scheduling request of a key, or null where there is none. */
    public @Nullable Constrained constrained(AskKey key) {
        return constrained.get(key);
    }

    /** The keys of scheduling requests. */
    public Set<AskKey> constrainedKeys() {
        return Collections.unmodifiableSet(constrained.keySet());
    }

    /** The tags of the containers of a key. */
    Set<String> tags(AskKey key) {
        Constrained ask = constrained.get(key);
        return ask == null ? Set.of() : ask.requirement().tags();
    }

    /** Replaces the row of the same key and place; a count of zero removes it. */
    void replace(Ask ask) {
        if (ask.place().equals(Ask.ANYWHERE)) {
            Ask before = anywhere(ask.key());
            containers += ask.count() - (before == null ? 0L : before.count());
            if (before == null || ask.count() == 0 || !before.wantsTheSame(ask)) {
                shape++;
            }
        }
        if (ask.count() > 0) {
            rows.computeIfAbsent(ask.key(), key -> new LinkedHashMap<>()).put(ask.place(), ask);
            return;
        }
        Map<String, Ask> places = rows.get(ask.key());
        if (places != null) {
            places.remove(ask.place());
            if (places.isEmpty()) {
                rows.remove(ask.key());
                since.remove(ask.key());
                patientSince.remove(ask.key());
                constrained.remove(ask.key());
            }
        }
    }

    /** Takes one container off the rows that a grant on this host in this rack meets. */
    void granted(AskKey key, String host, String rack) {
        decrement(key, host);
        decrement(key, rack);
        decrement(key, Ask.ANYWHERE);
        Map<String, Ask> places = rows.get(key);
        if (places != null && !places.containsKey(Ask.ANYWHERE)) {
            // Hosts and racks are preferences of the row "*": without it they want nothing.
            rows.remove(key);
            since.remove(key);
            patientSince.remove(key);
        }
    }

    private void decrement(AskKey key, String place) {
        Map<String, Ask> places = rows.get(key);
        Ask ask = places == null ? null : places.get(place);
        if (ask != null) {
            replace(ask.withCount(ask.count() - 1));
        }
    }

    void clear() {
        shape++;
        containers = 0;
        rows.clear();
        since.clear();
        patientSince.clear();
        constrained.clear();
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** When something was asked for under a key, after there had been nothing, in ms since 1970. */
    public long sinceMs(AskKey key) {
        return since.getOrDefault(key, 0L);
    }

    /**
     * When a key began to wait for the places that it names.
     *
     * @param opportunities how many its partition had had
     * @param atMs in ms since 1970
     */
    public record Beginning(long opportunities, long atMs) {
        private static final Beginning EVER = new Beginning(0, 0);
    }

    /** When a key began to wait for the places that it names. */
    public Beginning patientSince(AskKey key) {
        return patientSince.getOrDefault(key, Beginning.EVER);
    }

    /** Takes note of when what is new was asked for. */
    void note(AskKey key, long atMs, long opportunities) {
        Map<String, Ask> places = rows.get(key);
        if (places != null) {
            since.putIfAbsent(key, atMs);
            if (places.size() > 1) {
                patientSince.putIfAbsent(key, new Beginning(opportunities, atMs));
            }
        }
    }

    /** A container of a key goes to a node: where it is a place that the key names, patience begins anew. */
    void served(AskKey key, String host, String rack, Beginning now) {
        Map<String, Ask> places = rows.get(key);
        if (places != null && (places.containsKey(host) || places.containsKey(rack))) {
            patientSince.put(key, now);
        }
    }

    /** Whether a key has a row for any node: without it hosts and racks are preferences of nothing. */
    boolean isAnythingWanted() {
        for (Map<String, Ask> places : rows.values()) {
            if (places.containsKey(Ask.ANYWHERE)) {
                return true;
            }
        }
        return false;
    }

    /** The keys with rows, first in turn first. */
    public Collection<AskKey> keys() {
        return Collections.unmodifiableSet(rows.keySet());
    }

    /** The row of a key for any node, or null. Without it nothing is wanted, whatever hosts and racks are named. */
    public @Nullable Ask anywhere(AskKey key) {
        return rows.getOrDefault(key, Map.of()).get(Ask.ANYWHERE);
    }

    /** The first key that wants containers of a size in a partition and may be met on any of its nodes; or null. */
    public @Nullable AskKey keyOf(Partition partition, Resource size) {
        for (AskKey key : rows.keySet()) {
            Ask wanted = anywhere(key);
            if (wanted != null
                    && constrained(key) == null
                    && wanted.label().equals(partition.label())
                    && partition.measure().counted(wanted.capability()).equals(size)) {
                return key;
            }
        }
        return null;
    }

    /** Every row of a key. */
    public Collection<Ask> rows(AskKey key) {
        return Collections.unmodifiableCollection(
                rows.getOrDefault(key, Map.of()).values());
    }

    /** How many containers are wanted. */
    public long containers() {
        return containers;
    }

    /** The room that is wanted in all, or as much of it as can be counted. */
    public Resource total() {
        double memoryMb = 0;
        double vcores = 0;
        Resource further = Resource.NONE;
        for (Map<String, Ask> places : rows.values()) {
            Ask anywhere = places.get(Ask.ANYWHERE);
            if (anywhere != null) {
                memoryMb += (double) anywhere.count() * anywhere.capability().memoryMb();
                vcores += (double) anywhere.count() * anywhere.capability().vcores();
                further = withFurther(further, anywhere);
            }
        }
        return new Resource(
                (long) Math.min(memoryMb, (double) COUNTABLE),
                (int) Math.min(vcores, COUNTABLE_VCORES),
                further.further());
    }

    private static Resource withFurther(Resource sum, Ask anywhere) {
        FurtherKinds each = anywhere.capability().further();
        Resource more = sum;
        for (int i = 0; i < each.size(); i++) {
            double amount = sum.amount(each.kind(i)) + (double) anywhere.count() * each.amount(i);
            more = more.and(each.kind(i), (long) Math.min(amount, (double) COUNTABLE));
        }
        return more;
    }
}
