package dev.heddle.bench.rpc;

/**
 * What a server's process says of itself, since it started.
 *
 * @param calls handled
 * @param allocatedBytes on the heap, by all threads that live
 * @param collectionMs time that the garbage collector took
 */
record ServerCounters(long calls, long allocatedBytes, long collectionMs) {
    /** On the pipe between server and benchmark. */
    String line() {
        return calls + " " + allocatedBytes + " " + collectionMs;
    }

    static ServerCounters parse(String line) {
        String[] fields = line.split(" ", -1);
        return new ServerCounters(Long.parseLong(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2]));
    }

    ServerCounters minus(ServerCounters before) {
        return new ServerCounters(
                calls - before.calls, allocatedBytes - before.allocatedBytes, collectionMs - before.collectionMs);
    }
}
