package dev.heddle.app.drivers;

import dev.heddle.app.driver.ClusterExecutors;
import dev.heddle.app.driver.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Adds the squares of 1 to N, each computed by a task. Arguments: N, the file to write the sum to. */
public final class SumOfSquares {
    private SumOfSquares() {}

    public static void main(String[] args) throws Exception {
        ExecutorService executors = ClusterExecutors.newExecutorService();
        List<Task<Long>> tasks = new ArrayList<>();
        for (long i = 1; i <= Long.parseLong(args[0]); i++) {
            long number = i;
            tasks.add(() -> number * number);
        }
        long sum = 0;
        for (Future<Long> square : executors.invokeAll(tasks)) {
            sum += square.get();
        }
        executors.shutdown();
        Files.writeString(Path.of(args[1]), Long.toString(sum));
    }
}
