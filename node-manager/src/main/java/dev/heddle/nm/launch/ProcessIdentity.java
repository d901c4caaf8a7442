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
 * @param boot the kernel's name for that time that the machine was started
 */
public record ProcessIdentity(long pid, long startTicks, String boot) {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /** Where things stand after the command's name, which may itself contain blanks and parentheses. */
    private static final int STATE = 0;

    private static final int START = 19;

    /** Reads a line as {@code /proc/PID/stat} has it, with the boot's name behind it, or null where it is none. */
    static @Nullable ProcessIdentity parse(String line) {
        int lastBlank = line.lastIndexOf(' ');
        return lastBlank < 0 ? null : parse(line.substring(0, lastBlank), line.substring(lastBlank + 1));
    }

    private static @Nullable ProcessIdentity parse(String stat, String boot) {
        int afterName = stat.lastIndexOf(')');
        int beforeName = stat.indexOf('(');
        if (beforeName < 1 || afterName < beforeName) {
            return null;
        }
        String[] fields = fields(stat);
        try {
            return fields.length <= START
                    ? null
                    : new ProcessIdentity(
                            Long.parseLong(stat.substring(0, beforeName).trim()), Long.parseLong(fields[START]), boot);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static String[] fields(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1);
    }

    /** Whether this very process runs now. Reads files of the kernel's. */
    public boolean isAlive() {
        String stat = statNow();
        return stat != null && equals(parse(stat, bootNow())) && !hasEnded(stat);
    }

    /** Whether its number is another process' now, or that of a process of another life of the machine. */
    boolean isReplaced() {
        String stat = statNow();
        return !boot.equals(bootNow()) || (stat != null && !equals(parse(stat, boot)));
    }

    private @Nullable String statNow() {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return null;
        }
    }

    private static String bootNow() {
        try {
            return Files.readString(BOOT, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Ended, and its parent has not asked how. */
    private static boolean hasEnded(String stat) {
        String state = fields(stat)[STATE];
        return state.equals("Z") || state.equals("X");
    }
}
