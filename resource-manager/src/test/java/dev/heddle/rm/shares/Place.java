package dev.heddle.rm.shares;

/** What a node has. */
record Place(int memoryMb, int vcores, int rack, String label) {
    private static final int CORES_ENOUGH = 64;

    static Place of(int memoryMb) {
        return new Place(memoryMb, CORES_ENOUGH, 1, "");
    }

    Place cores(int count) {
        return new Place(memoryMb, count, rack, label);
    }

    /** Counted from 1. */
    Place rack(int number) {
        return new Place(memoryMb, vcores, number, label);
    }

    Place label(String name) {
        return new Place(memoryMb, vcores, rack, name);
    }
}
