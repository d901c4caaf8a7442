package dev.heddle.examples;

import dev.heddle.app.driver.ClusterExecutors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Counts the words of a text on a cluster. Prints the ten most frequent ones, the most frequent first and words of the same
 * count in alphabetical order, each as {@code word count}; then {@code lines with a: N}, the number of lines that contain
 * a lower-case letter a.
 *
 * <p>A word is a longest run of letters from a to z after the text was made lower case. The driver, this class, cuts the
 * text into pieces of whole lines; executors count the pieces; the driver adds the counts up.
 */
public final class WordCount {
    private static final int LINES_PER_PIECE = 200;
    private static final int SHOWN = 10;

    private WordCount() {}

    /**
     * The driver.
     *
     * @param arguments the text file's path; a file submitted with {@code --files} is found by its name
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 1) {
            throw new IllegalArgumentException("usage: WordCount FILE");
        }
        List<String> lines = Files.readAllLines(Path.of(arguments[0]), StandardCharsets.UTF_8);
        WordCounts total = new WordCounts();
        for (WordCounts part : count(lines)) {
            total.add(part);
        }
        total.mostFrequent(SHOWN).forEach(word -> System.out.println(word.getKey() + " " + word.getValue()));
        System.out.println("lines with a: " + total.linesWithA());
    }

    private static List<WordCounts> count(List<String> lines) throws InterruptedException {
        ExecutorService executors = ClusterExecutors.newExecutorService();
        try {
            List<Future<WordCounts>> pieces = new ArrayList<>();
            for (int start = 0; start < lines.size(); start += LINES_PER_PIECE) {
                int end = Math.min(start + LINES_PER_PIECE, lines.size());
                pieces.add(executors.submit(new CountTask(lines.subList(start, end))));
            }
            List<WordCounts> counts = new ArrayList<>();
            for (Future<WordCounts> piece : pieces) {
                counts.add(piece.get());
            }
            return counts;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a piece of the text could not be counted", e.getCause());
        } finally {
            executors.shutdown();
        }
    }
}
