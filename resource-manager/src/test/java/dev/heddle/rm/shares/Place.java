package dev.heddle.rm.shares;

import java.util.Map;

/** What a node has. */
record Place(int memoryMb, int vcores, int rack, String label, Map<String, Long> kinds) {
    private static final int CORES_ENOUGH = 64;

    static Place of(int memoryMb) {
        return new Place(memoryMb, CORES_ENOUGH, 1, "", Map.of());
    }

    Place cores(int count) {
        return new Place(memoryMb, count, rack, label, kinds);
    }

    /** Counted from 1. */
    Place rack(int number) {
        return new Place(memoryMb, vcores, number, label, kinds);
    }

    Place label(String name) {
        return new Place(memoryMb, vcores, rack, name, kinds);
    }

    /** So much of a further kind of resource, which the scenario has declared. */
    Place with(String kind, long amount) {
        return new Place(memoryMb, vcores, rack, label, Map.of(kind, amount));
    }
}
