package dev.heddle.common.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which of the known names a person may have meant. */
public final class NearestName {
    private NearestName() {}

    /** The known name with the smallest {@link #distance} from another, of several the first; empty if none is known. */
    public static Optional<String> of(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt((String candidate) -> distance(name, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /**
     * How many characters have to be put in, taken out or replaced to make one name of the other (Levenshtein, "Binary
     * codes capable of correcting deletions, insertions, and reversals", 1966).
     */
    public static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= from.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(replaced, 1 + Math.min(diagonal, row[column - 1]));
            }
        }
        return row[to.length()];
    }
}
