package dev.heddle.examples;

import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How often each word stands in a text, and how many of its lines contain a lower-case a. Not for several threads. */
final class WordCounts implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final Pattern WORD = Pattern.compile("[a-z]+");

    private final HashMap<String, Integer> words = new HashMap<>();
    private int linesWithA;

    void addLine(String line) {
        if (line.indexOf('a') >= 0) {
            linesWithA++;
        }
        Matcher matcher = WORD.matcher(line.toLowerCase(Locale.ROOT));
        while (matcher.find()) {
            words.merge(matcher.group(), 1, Integer::sum);
        }
    }

    void add(WordCounts other) {
        other.words.forEach((word, count) -> words.merge(word, count, Integer::sum));
        linesWithA += other.linesWithA;
    }

    int linesWithA() {
        return linesWithA;
    }

    /** The most frequent words first, those of the same count in alphabetical order. */
    List<Entry<String, Integer>> mostFrequent(int limit) {
        return words.entrySet().stream()
                .sorted(Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Entry.comparingByKey()))
                .limit(limit)
                .map(word -> Map.entry(word.getKey(), word.getValue()))
                .toList();
    }
}
