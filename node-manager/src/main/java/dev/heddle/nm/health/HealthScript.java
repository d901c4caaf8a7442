package dev.heddle.nm.health;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program of the administrator's that says whether the node is well: a line of its output that begins with ERROR, or
 * no end within its time, means that it is not. Its exit status means nothing, as with YARN: a script with an error in it
 * must not take all nodes away. Safe for all threads.
 *
 * @param path of the program
 * @param timeoutMs how long it may take
 */
public record HealthScript(String name, String path, List<String> arguments, long intervalMs, long timeoutMs) {
    private static final Logger log = LoggerFactory.getLogger(HealthScript.class);

    private static final String ERROR = "ERROR";

    /** In characters. What is reported goes with every heartbeat. */
    private static final int MAX_REPORT = 4_000;

    /** The {@code kill} command does not wait for anything; where it hangs the machine does. */
    private static final long KILL_COMMAND_LIMIT_S = 10;

    public HealthScript {
        arguments = List.copyOf(arguments);
    }

    /**
     * Runs it. Blocks until it has ended or its time is over, and then ends what is left of it.
     *
     * @return what is wrong with the node; empty where nothing is
     */
    String run() throws InterruptedException {
        if (!Files.isExecutable(Path.of(path))) {
            return "Node health script " + path + " cannot be run: it is not there or may not be executed";
        }
        List<String> command = new ArrayList<>(List.of("setsid", path));
        command.addAll(arguments);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            return "Node health script " + path + " cannot be run: " + e.getMessage();
        }
        FutureTask<String> reading = new FutureTask<>(reader(process));
        Thread reader = new Thread(reading, "health-script-" + name);
        reader.setDaemon(true);
        reader.start();
        try {
            return reading.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn("health script {} has not ended within {} ms and is killed", path, timeoutMs);
            return "Node health script timed out";
        } catch (ExecutionException e) {
            return "Node health script " + path + " cannot be followed: " + e.getCause();
        } finally {
            if (!reading.isDone()) {
                kill(process);
            }
        }
    }

    private static Callable<String> reader(Process process) {
        return () -> {
            StringBuilder output = new StringBuilder();
            StringBuilder errors = new StringBuilder();
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    append(output, line);
                    if (line.startsWith(ERROR)) {
                        append(errors, line);
                    }
                }
            }
            process.waitFor();
            if (errors.isEmpty()) {
                return "";
            }
            // All of it, as with YARN, unless that is too much.
            return (output.length() < MAX_REPORT ? output : errors).toString();
        };
    }

    private static void append(StringBuilder text, String line) {
        if (text.length() < MAX_REPORT) {
            text.append(line, 0, Math.min(line.length(), MAX_REPORT - text.length()))
                    .append('\n');
        }
    }

    /** Ends the script and what it has started. */
    private static void kill(Process process) throws InterruptedException {
        try {
            Process command = new ProcessBuilder("kill", "-KILL", "--", "-" + process.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            command.waitFor(KILL_COMMAND_LIMIT_S, TimeUnit.SECONDS);
        } catch (IOException e) {
            log.warn("cannot run the kill command for health script {}: {}", process.pid(), e.toString());
        } finally {
            // Where it has not yet got as far as leading a group.
            process.destroyForcibly();
        }
    }
}
