package dev.heddle.nm.logs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how much containers write to their logs. The writer thread asks, one worker looks, and who has written too much
 * is told to the writer.
 */
public final class LogSizes {
    private static final Logger log = LoggerFactory.getLogger(LogSizes.class);

    private static final int LARGEST_FILES_TOLD = 3;

    private final Limits limits;
    private final ContainerLogFiles files;
    private final Executor workers;
    private final Executor writer;
    private final Supplier<Set<ContainerId>> running;
    private final BiConsumer<ContainerId, String> excess;
    private Instant nextAt = Instant.MIN;
    private boolean underWay;

    /**
     * How much a container may write.
     *
     * @param intervalMs how often it is looked at, 0 for never
     * @param directoryBytes to one log directory
     * @param directoryKey the setting that says so
     * @param totalBytes to all of them together
     * @param totalKey the setting that says so
     */
    public record Limits(long intervalMs, long directoryBytes, String directoryKey, long totalBytes, String totalKey) {}

    /**
     * @param running the containers to look at; asked by the writer thread
     * @param excess hears, on the writer thread, who has written too much, in words for people
     */
    public LogSizes(
            Limits limits,
            ContainerLogFiles files,
            Executor workers,
            Executor writer,
            Supplier<Set<ContainerId>> running,
            BiConsumer<ContainerId, String> excess) {
        this.limits = limits;
        this.files = files;
        this.workers = workers;
        this.writer = writer;
        this.running = running;
        this.excess = excess;
    }

    /** Has the logs looked at, where it is time. By the writer thread. */
    public void tick(Instant now) {
        if (limits.intervalMs() == 0 || underWay || now.isBefore(nextAt)) {
            return;
        }
        nextAt = now.plusMillis(limits.intervalMs());
        Set<ContainerId> containers = Set.copyOf(running.get());
        if (containers.isEmpty()) {
            return;
        }
        underWay = true;
        try {
            workers.execute(() -> {
                Map<ContainerId, String> found = new HashMap<>();
                containers.forEach(container -> excess(container).ifPresent(words -> found.put(container, words)));
                writer.execute(() -> {
                    underWay = false;
                    found.forEach(excess);
                });
            });
        } catch (RejectedExecutionException e) {
            underWay = false;
        }
    }

    private Optional<String> excess(ContainerId container) {
        List<LogFile> found;
        try {
            found = files.list(container);
        } catch (IOException e) {
            log.debug("cannot look at the logs of {}", container, e);
            return Optional.empty();
        }
        Map<Path, Long> directories = new HashMap<>();
        found.forEach(file -> directories.merge(file.directory(), file.length(), Long::sum));
        for (Map.Entry<Path, Long> directory : directories.entrySet()) {
            if (directory.getValue() > limits.directoryBytes()) {
                return Optional.of(words(
                        container,
                        "to the log directory " + directory.getKey() + " " + directory.getValue(),
                        limits.directoryBytes(),
                        limits.directoryKey(),
                        found.stream()
                                .filter(file -> file.directory().equals(directory.getKey()))
                                .toList()));
            }
        }
        long total = found.stream().mapToLong(LogFile::length).sum();
        return total > limits.totalBytes()
                ? Optional.of(words(
                        container, "to its log directories " + total, limits.totalBytes(), limits.totalKey(), found))
                : Optional.empty();
    }

    private static String words(ContainerId container, String wrote, long limit, String key, List<LogFile> found) {
        StringBuilder words = new StringBuilder("Container ")
                .append(container)
                .append(" is logging beyond its limit: it has written ")
                .append(wrote)
                .append(" bytes, and may write ")
                .append(limit)
                .append(". Largest files:");
        found.stream()
                .sorted(Comparator.comparingLong(LogFile::length).reversed())
                .limit(LARGEST_FILES_TOLD)
                .forEach(file -> words.append(' ')
                        .append(file.name())
                        .append(" (")
                        .append(file.length())
                        .append(" bytes)"));
        return words.append(". Have the application write less or roll its logs away, or raise ")
                .append(key)
                .append(" on this node.")
                .toString();
    }
}
