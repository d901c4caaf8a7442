package dev.heddle.app;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as Spark's settings take them: {@code 500ms}, {@code 60s}, {@code 5m}; a bare number is in seconds. */
public final class TimeSpan {
    private static final Pattern NOTATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|min|h)?");
    private static final long MS_PER_SECOND = 1_000;
    private static final long MS_PER_MINUTE = 60 * MS_PER_SECOND;
    private static final long MS_PER_HOUR = 60 * MS_PER_MINUTE;

    private TimeSpan() {}

    /**
     * Reads a span.
     *
     * @return milliseconds
     * @throws IllegalArgumentException if the text is no span of time
     */
    public static long parseMs(String text) {
        Matcher matcher = NOTATION.matcher(text.trim().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no span of time such as 500ms or 60s");
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        return switch (unit) {
            case "ms" -> number;
            case "m", "min" -> number * MS_PER_MINUTE;
            case "h" -> number * MS_PER_HOUR;
            default -> number * MS_PER_SECOND;
        };
    }
}
