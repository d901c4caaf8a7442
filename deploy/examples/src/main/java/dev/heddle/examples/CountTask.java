package dev.heddle.examples;

import dev.heddle.app.driver.Task;
import java.util.ArrayList;
import java.util.List;

/** Counts one piece of a text, in an executor. */
final class CountTask implements Task<WordCounts> {
    private static final long serialVersionUID = 1L;

    private final ArrayList<String> lines;

    /** Takes whole lines. */
    CountTask(List<String> lines) {
        this.lines = new ArrayList<>(lines);
    }

    @Override
    public WordCounts call() {
        WordCounts counts = new WordCounts();
        lines.forEach(counts::addLine);
        return counts;
    }
}
