package dev.heddle.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * What a daemon's process says of itself, since it started. Knows nothing but the JDK, because it is loaded on
 * Hadoop's class path, too.
 *
 * @param allocatedBytes on the heap, by all threads that live
 * @param collectionMs time that the garbage collector took
 * @param usedBytes of the heap now, with garbage
 * @param threads that live
 */
public record Gauge(long allocatedBytes, long collectionMs, long usedBytes, int threads) {
    private static final String READY = "ready";

    /** A line on standard input that has garbage collected before the answer. */
    public static final String COLLECTED = "collected";

    /** Says that the process serves, answers each line on standard input with a gauge, and ends the process with it. */
    public static void serve(PrintStream out) throws IOException {
        out.println(READY);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.equals(COLLECTED)) {
                System.gc();
            }
            out.println(read().line());
        }
        // A daemon's threads are not all daemons.
        Runtime.getRuntime().halt(0);
    }

    public static boolean isReady(String line) {
        return line.equals(READY);
    }

    private static Gauge read() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            allocated += Math.max(0, bytes);
        }
        long collection = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return new Gauge(allocated, collection, used, threads.getThreadCount());
    }

    private String line() {
        return allocatedBytes + " " + collectionMs + " " + usedBytes + " " + threads;
    }

    public static Gauge parse(String line) {
        String[] fields = line.split(" ", -1);
        return new Gauge(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Integer.parseInt(fields[3]));
    }
}
