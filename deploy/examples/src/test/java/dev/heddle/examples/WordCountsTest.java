package dev.heddle.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WordCountsTest {
    private static WordCounts count(String... lines) {
        return new CountTask(List.of(lines)).call();
    }

    @Test
    void shouldSplitAtEverythingButLettersAndIgnoreCase() {
        WordCounts counts = count("Know't? know't, T-t!", "");
        assertThat(counts.mostFrequent(5)).containsExactly(Map.entry("t", 4), Map.entry("know", 2));
    }

    @Test
    void shouldOrderByCountThenByLetters() {
        WordCounts counts = count("b c a b c a d d d");
        assertThat(counts.mostFrequent(3)).containsExactly(Map.entry("d", 3), Map.entry("a", 2), Map.entry("b", 2));
    }

    @Test
    void shouldCountLinesWithALowerCaseA() {
        assertThat(count("All", "a and a", "Speak", "no", "").linesWithA()).isEqualTo(2);
    }

    @Test
    void shouldAddPieces() {
        WordCounts total = count("to be");
        total.add(count("or not to be a"));
        assertThat(total.mostFrequent(2)).containsExactly(Map.entry("be", 2), Map.entry("to", 2));
        assertThat(total.linesWithA()).isEqualTo(1);
    }
}
