package dev.heddle.app;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of memory as {@code spark-submit} takes them: {@code 512m}, {@code 2g}; a bare number is in MiB. */
public final class MemorySize {
    private static final Pattern NOTATION = Pattern.compile("(\\d{1,12})\\s*([kmgt]?)b?");
    private static final long KIB_PER_MIB = 1024;
    private static final long MIB_PER_GIB = 1024;
    private static final long MIB_PER_TIB = 1024 * MIB_PER_GIB;

    private MemorySize() {}

    /**
     * Reads an amount.
     *
     * @return MiB; kibibytes are rounded up to the next MiB
     * @throws IllegalArgumentException if the text is no amount of memory, or does not fit
     */
    public static int parseMb(String text) {
        Matcher matcher = NOTATION.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no memory size such as 512m or 2g");
        }
        long number = Long.parseLong(matcher.group(1));
        long mb =
                switch (matcher.group(2)) {
                    case "k" -> (number + KIB_PER_MIB - 1) / KIB_PER_MIB;
                    case "g" -> number * MIB_PER_GIB;
                    case "t" -> number * MIB_PER_TIB;
                    default -> number;
                };
        if (mb > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("'" + text + "' is more memory than can be asked for");
        }
        return (int) mb;
    }
}
