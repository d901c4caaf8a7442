package dev.heddle.common.rpc.metrics;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How many calls were answered with which exception. Safe for use by any thread. */
public final class ErrorCounts {
    /** Kinds that are counted by their name; there are no more than these in any protocol of YARN's. */
    static final int KINDS = 32;

    /** What stands for the kinds beyond. */
    static final String OTHERS = "others";

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** Counts an answer by the class of its exception. */
    public void count(Throwable error) {
        count(error.getClass().getSimpleName());
    }

    void count(String kind) {
        LongAdder known = counts.get(kind);
        if (known == null) {
            String name = counts.size() < KINDS ? kind : OTHERS;
            known = counts.computeIfAbsent(name, any -> new LongAdder());
        }
        known.increment();
    }

    /** The counts so far, by the simple names of the exceptions' classes, in the order of those. */
    public Map<String, Long> byKind() {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((kind, count) -> sums.put(kind, count.sum()));
        return sums;
    }
}
