package dev.heddle.app.drivers;

import dev.heddle.app.driver.ClusterExecutors;
import dev.heddle.app.driver.Task;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks that each leave a file {@code task-I-PID} and wait for a file {@code go}; then writes the sum of their numbers to
 * {@code sum} and waits for a file {@code end}. Arguments: the number of tasks, the directory.
 */
public final class WaitingDriver {
    private static final long LOOK_AGAIN_MS = 100;

    private WaitingDriver() {}

    public static void main(String[] args) throws Exception {
        ExecutorService executors = ClusterExecutors.newExecutorService();
        String directory = args[1];
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 1; i <= Integer.parseInt(args[0]); i++) {
            int number = i;
            Task<Integer> task = () -> {
                Files.writeString(
                        Path.of(
                                directory,
                                "task-" + number + "-" + ProcessHandle.current().pid()),
                        "",
                        StandardOpenOption.CREATE);
                awaitFile(Path.of(directory, "go"));
                return number;
            };
            results.add(executors.submit(task));
        }
        int sum = 0;
        for (Future<Integer> result : results) {
            sum += result.get();
        }
        Files.writeString(Path.of(directory, "sum"), Integer.toString(sum));
        awaitFile(Path.of(directory, "end"));
    }

    private static void awaitFile(Path file) throws IOException, InterruptedException {
        try (WatchService watch = FileSystems.getDefault().newWatchService()) {
            Path directory = file.getParent();
            if (directory == null) {
                throw new IllegalArgumentException(file.toString());
            }
            directory.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            while (!Files.exists(file)) {
                var key = watch.poll(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS);
                if (key != null) {
                    key.pollEvents();
                    key.reset();
                }
            }
        }
    }
}
