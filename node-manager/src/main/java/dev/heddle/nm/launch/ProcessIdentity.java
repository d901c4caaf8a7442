package dev.heddle.nm.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One process and no other: numbers are used again, but not with the same start.
 *
 * @param startTicks when it started, in the kernel's clock ticks since the machine did
 */
public record ProcessIdentity(long pid, long startTicks) {
    /** Where the state and the start stand after the command's name, which may itself contain blanks and parentheses. */
    private static final int STATE = 0;

    private static final int START = 19;

    /** Reads a line as {@code /proc/PID/stat} has it, or null where it is none. */
    static @Nullable ProcessIdentity parse(String stat) {
        int afterName = stat.lastIndexOf(')');
        int beforeName = stat.indexOf('(');
        if (beforeName < 1 || afterName < beforeName) {
            return null;
        }
        String[] fields = stat.substring(afterName + 1).trim().split(" ", -1);
        try {
            return fields.length <= START
                    ? null
                    : new ProcessIdentity(
                            Long.parseLong(stat.substring(0, beforeName).trim()), Long.parseLong(fields[START]));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Whether this very process runs now. Reads a file of the kernel's. */
    public boolean isAlive() {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return false;
        }
        return equals(parse(stat)) && !hasEnded(stat);
    }

    /** Ended, and its parent has not asked how. */
    private static boolean hasEnded(String stat) {
        String state = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1)[STATE];
        return state.equals("Z") || state.equals("X");
    }
}
