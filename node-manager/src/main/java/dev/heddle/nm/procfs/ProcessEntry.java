package dev.heddle.nm.procfs;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One process as it was at one moment. Immutable.
 *
 * @param name of its program, at most 15 characters
 * @param cpuTicks it has used, together with the children whose end it has seen
 * @param startTicks when it began, since the machine did; tells apart two processes that had the same number
 * @param virtualBytes of its address space
 * @param residentBytes in the machine's memory
 */
public record ProcessEntry(
        long pid,
        String name,
        long parent,
        long group,
        long session,
        long cpuTicks,
        long startTicks,
        long virtualBytes,
        long residentBytes) {
    // Positions behind the name, as proc(5) has them.
    private static final int STATE = 0;
    private static final int PARENT = 1;
    private static final int GROUP = 2;
    private static final int SESSION = 3;
    private static final int USER_TICKS = 11;
    private static final int CHILDREN_SYSTEM_TICKS = 14;
    private static final int START_TICKS = 19;
    private static final int VIRTUAL_BYTES = 20;
    private static final int RESIDENT_PAGES = 21;
    private static final int FIELDS = RESIDENT_PAGES + 1;

    /**
     * Reads a line of {@code /proc/PID/stat}.
     *
     * @return null where the process has ended and only waits for its parent to notice, or where this is no such line
     */
    static @Nullable ProcessEntry parse(byte[] line, int length, long pageBytes) {
        String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
        // A name may hold everything, parentheses included.
        int nameFrom = text.indexOf('(');
        int nameTo = text.lastIndexOf(')');
        if (nameFrom < 0 || nameTo < nameFrom) {
            return null;
        }
        String[] fields = text.substring(nameTo + 1).trim().split(" ", FIELDS + 1);
        if (fields.length < FIELDS || fields[STATE].equals("Z") || fields[STATE].equals("X")) {
            return null;
        }
        long ticks = 0;
        for (int field = USER_TICKS; field <= CHILDREN_SYSTEM_TICKS; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return new ProcessEntry(
                Long.parseLong(text.substring(0, nameFrom).trim()),
                text.substring(nameFrom + 1, nameTo),
                Long.parseLong(fields[PARENT]),
                Long.parseLong(fields[GROUP]),
                Long.parseLong(fields[SESSION]),
                ticks,
                Long.parseLong(fields[START_TICKS]),
                Long.parseLong(fields[VIRTUAL_BYTES]),
                Long.parseLong(fields[RESIDENT_PAGES]) * pageBytes);
    }
}
