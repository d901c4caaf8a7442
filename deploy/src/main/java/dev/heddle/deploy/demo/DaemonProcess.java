package dev.heddle.deploy.demo;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One daemon of the demo in a process of its own. Its standard input is a pipe whose other end this process holds; the
 * daemon stops when it closes, so that it does not outlive a demo that was killed.
 */
final class DaemonProcess {
    private static final long POLL_INTERVAL_MS = 20;
    private static final String READY = "ready ";
    private static final String MAIN_CLASS = "dev.heddle.deploy.Heddle";

    private final String name;
    private final Process process;
    private final Path stdout;
    private final Path stderr;

    private DaemonProcess(String name, Process process, Path stdout, Path stderr) {
        this.name = name;
        this.process = process;
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /**
     * Starts {@code heddle COMMAND}.
     *
     * @param name of the daemon, and of its log
     * @param heapMb the most that its heap may take
     */
    static DaemonProcess start(
            Distribution distribution, DemoConfiguration configuration, String name, String command, int heapMb)
            throws IOException {
        Path stdout = configuration.logs().resolve(name + ".out");
        Path stderr = configuration.logs().resolve(name + ".log");
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(distribution.daemonOptions());
        line.add("-Xmx" + heapMb + "m");
        // Short lives: time spent on optimizing them would not come back.
        line.add("-XX:TieredStopAtLevel=1");
        line.add("-cp");
        line.add(distribution.libraries().resolve("*").toString());
        line.addAll(List.of(MAIN_CLASS, command, "--exit-with-parent"));
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectOutput(stdout.toFile()).redirectError(stderr.toFile());
        builder.environment().remove("YARN_CONF_DIR");
        builder.environment()
                .put("HADOOP_CONF_DIR", configuration.directoryOf(name).toString());
        return new DaemonProcess(name, builder.start(), stdout, stderr);
    }

    /**
     * Waits until the daemon serves.
     *
     * @throws UserException if it ends before, or does not serve by the deadline
     */
    void awaitReady(long deadlineNanos) throws InterruptedException {
        while (!isReady()) {
            if (!process.isAlive()) {
                throw new UserException(name + " has ended with status " + process.exitValue() + ": " + lastLine()
                        + " (its log: " + stderr + ")");
            }
            if (System.nanoTime() - deadlineNanos > 0) {
                throw new UserException(
                        name + " does not serve yet; the machine may be too busy (its log: " + stderr + ")");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_INTERVAL_MS);
        }
    }

    private boolean isReady() {
        return lines(stdout).anyMatch(line -> line.startsWith(READY));
    }

    /** Whether it has ended because somebody else uses one of its addresses. */
    boolean lostAnAddress() {
        return !process.isAlive() && lines(stderr).anyMatch(line -> line.contains("Address already in use"));
    }

    private String lastLine() {
        return lines(stderr).reduce("no message", (earlier, later) -> later);
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.exists(file)
                    ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines()
                    : Stream.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops all of them, waiting for a clean end until the limit passes. */
    static void stop(List<DaemonProcess> daemons, long limitMs) {
        daemons.forEach(daemon -> daemon.process.destroy());
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        for (DaemonProcess daemon : daemons) {
            try {
                long leftNanos = Math.max(0, deadlineNanos - System.nanoTime());
                if (daemon.process.waitFor(leftNanos, TimeUnit.NANOSECONDS)) {
                    continue;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            // Its containers are sessions of their own, which nobody would stop then.
            List<ProcessHandle> orphans = daemon.process.descendants().toList();
            daemon.process.destroyForcibly();
            orphans.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
