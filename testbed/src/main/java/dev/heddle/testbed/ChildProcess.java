package dev.heddle.testbed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process that a test started: its output goes to files, and it ends with the test.
 *
 * <p>The child's standard input is a pipe from this JVM. Servers of the testbed exit when it closes, so that none of them
 * outlives a test run that was killed.
 */
public final class ChildProcess implements AutoCloseable {
    private static final Duration STOP_GRACE = Duration.ofSeconds(15);

    private final Process process;
    private final Path stdout;
    private final Path stderr;

    private ChildProcess(Process process, Path stdout, Path stderr) {
        this.process = process;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /**
     * Starts a command.
     *
     * @param directory where {@code NAME.out} and {@code NAME.err} are written; made if it is missing
     * @param environment variables set in addition to this process' own
     */
    public static ChildProcess start(
            Path directory, String name, Map<String, String> environment, List<String> command) {
        try {
            Files.createDirectories(directory);
            Path stdout = directory.resolve(name + ".out");
            Path stderr = directory.resolve(name + ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
            builder.environment().putAll(environment);
            return new ChildProcess(builder.start(), stdout, stderr);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    /** Starts a main class in a JVM like this one. The options stand before the class path. */
    public static ChildProcess java(
            Path directory,
            String name,
            Map<String, String> environment,
            List<String> jvmOptions,
            String classPath,
            String mainClass,
            String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(classPath);
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return start(directory, name, environment, command);
    }

    /**
     * Waits until the process has printed a line that begins with {@code ready}.
     *
     * @return that line
     * @throws AssertionError if the process ends or the limit passes before; the message holds what it printed
     */
    public String awaitReady(Duration limit) {
        return awaitLine("ready", limit);
    }

    /** As {@link #awaitReady} for a line on standard output that begins with any text. */
    public String awaitLine(String prefix, Duration limit) {
        Await.until(
                () -> "a line '" + prefix + "…' from " + describe(),
                limit,
                () -> lineWith(prefix) != null || !process.isAlive());
        String line = lineWith(prefix);
        if (line == null) {
            throw new AssertionError("no line '" + prefix + "…', the process has ended: " + describe());
        }
        return line;
    }

    private @Nullable String lineWith(String prefix) {
        try (BufferedReader reader = Files.newBufferedReader(stdout, StandardCharsets.UTF_8)) {
            return reader.lines()
                    .filter(line -> line.startsWith(prefix))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything the process has printed on standard output so far. */
    public String stdout() {
        return read(stdout);
    }

    /** Everything the process has printed on standard error so far. */
    public String stderr() {
        return read(stderr);
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** The handles of every process below this one, now. */
    public List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /** Closes the child's standard input, upon which the servers of the testbed stop in an orderly way. */
    public void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGTERM, and no more. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL, and no more. */
    public void kill() {
        process.destroyForcibly();
    }

    /**
     * Waits for the end.
     *
     * @return the exit status; 128 plus the signal's number where a signal ended it
     */
    public int awaitExit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + limit + ": " + describe());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + describe(), e);
        }
    }

    /** SIGTERM, then SIGKILL after a grace period. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private String describe() {
        String state = process.isAlive() ? "running" : "exit " + process.exitValue();
        return "process " + process.pid() + " (" + state + ")\nstdout:\n" + tail(stdout()) + "\nstderr:\n"
                + tail(stderr());
    }

    private static String tail(String text) {
        int limit = 6_000;
        return text.length() <= limit ? text : "…" + text.substring(text.length() - limit);
    }
}
