package dev.heddle.nm.isolation;

import dev.heddle.nm.procfs.ProcessTable;
import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;

/** Starts containers of an isolation as sessions of their own, and ends them. */
final class TestContainers implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long CLUSTER = System.nanoTime();

    private final Isolation isolation;
    private final Path directory;
    private final List<Running> running = new ArrayList<>();

    record Running(ContainerId id, Process process) {
        long leader() {
            return process.pid();
        }
    }

    TestContainers(Isolation isolation, Path directory) {
        this.isolation = isolation;
        this.directory = directory;
    }

    static ContainerId id(int number) {
        return ContainerId.newContainerId(
                ApplicationAttemptId.newInstance(ApplicationId.newInstance(CLUSTER, 1), 1), number);
    }

    /** Runs a script whose working directory is the test's, and whose output goes to the file {@code out} there. */
    Running start(int number, Allocation allocation, String script) throws IOException {
        return start(number, allocation, "nobody", script);
    }

    Running start(int number, Allocation allocation, String user, String script) throws IOException {
        ContainerId id = id(number);
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(isolation.prepare(id, user, allocation));
        command.addAll(List.of(
                "/bin/bash", "-c", "export CONTAINER_ID=" + id + " LOCAL_DIRS=" + directory + "/app\n" + script));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("out").toFile()));
        Running container = new Running(id, builder.start());
        running.add(container);
        return container;
    }

    /** Waits for a file that the script writes, and answers its number. */
    long number(String file) throws IOException {
        Path path = directory.resolve(file);
        Await.until(
                file, LIMIT, () -> Files.exists(path) && Files.readString(path).endsWith("\n"));
        return Long.parseLong(Files.readString(path).trim());
    }

    String output() throws IOException {
        return Files.readString(directory.resolve("out"));
    }

    /** Whether a process is there and is not one that has ended and waits for its parent to notice. */
    static boolean lives(long pid) throws IOException {
        return new ProcessTable().read().stream().anyMatch(entry -> entry.pid() == pid);
    }

    @Override
    public void close() {
        try {
            for (Running container : running) {
                isolation.kill(container.id(), container.leader());
                container.process().destroyForcibly().waitFor();
                isolation.remove(container.id());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
