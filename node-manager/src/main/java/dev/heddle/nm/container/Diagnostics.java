package dev.heddle.nm.container;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** What there is to say about one container, each line with its time. Keeps the end where it grows too long. */
final class Diagnostics {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private final int limit;
    private final StringBuilder text = new StringBuilder();

    /** @param limit how many characters are kept */
    Diagnostics(int limit) {
        this.limit = limit;
    }

    void add(Instant now, String line) {
        text.append('[').append(TIME.format(now)).append(']').append(line).append('\n');
        if (text.length() > limit) {
            text.delete(0, text.length() - limit);
        }
    }

    /** Begins with what was said before. */
    void restore(String earlier) {
        text.setLength(0);
        text.append(earlier);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
