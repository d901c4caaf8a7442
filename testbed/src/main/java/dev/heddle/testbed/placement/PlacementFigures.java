package dev.heddle.testbed.placement;

import java.util.Locale;

/**
 * What one load on one scheduler came to, as its process prints it.
 *
 * @param placed containers
 * @param cpuNanos of the threads that placed them
 * @param bytes that those allocated
 */
public record PlacementFigures(Load load, long placed, long cpuNanos, long bytes) {
    private static final String PREFIX = "figures";

    /** Which load. */
    public enum Load {
        /** There is room, and applications ask. */
        ROOM,
        /** There is none, everybody waits, and containers end. */
        TURNOVER
    }

    public double perCpuSecond() {
        return placed * 1e9 / cpuNanos;
    }

    public double cpuMicros() {
        return cpuNanos / 1e3 / placed;
    }

    public double bytesEach() {
        return (double) bytes / placed;
    }

    String line() {
        return String.format(Locale.ROOT, "%s %s %d %d %d", PREFIX, load, placed, cpuNanos, bytes);
    }

    public static boolean isLine(String line) {
        return line.startsWith(PREFIX + " ");
    }

    public static PlacementFigures parse(String line) {
        String[] fields = line.split(" ", -1);
        return new PlacementFigures(
                Load.valueOf(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Long.parseLong(fields[4]));
    }
}
