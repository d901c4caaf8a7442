package dev.heddle.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the word count must print for the text that is shipped, counted in another way. */
final class IndependentCount {
    private IndependentCount() {}

    /** The result as it must be, counted letter by letter. */
    static List<String> lines() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        StringBuilder word = new StringBuilder();
        int linesWithA = 0;
        boolean a = false;
        for (char c : (Files.readString(Commands.TEXT, StandardCharsets.US_ASCII) + "\n").toCharArray()) {
            a |= c == 'a';
            char lower = c >= 'A' && c <= 'Z' ? (char) (c + 'a' - 'A') : c;
            if (lower >= 'a' && lower <= 'z') {
                word.append(lower);
            } else if (word.length() > 0) {
                counts.merge(word.toString(), 1, Integer::sum);
                word.setLength(0);
            }
            if (c == '\n') {
                linesWithA += a ? 1 : 0;
                a = false;
            }
        }
        List<String> lines = new ArrayList<>();
        // The map is in alphabetical order, which a stable sort keeps among equals.
        counts.entrySet().stream()
                .sorted((one, other) -> other.getValue() - one.getValue())
                .limit(10)
                .forEach(entry -> lines.add(entry.getKey() + " " + entry.getValue()));
        lines.add("lines with a: " + linesWithA);
        return lines;
    }
}
