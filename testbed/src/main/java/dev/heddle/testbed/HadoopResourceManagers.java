package dev.heddle.testbed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A process in which one resource manager of Hadoop's runs after the other, each with a configuration of its own, and can
 * be waited for: so that what a scheduler has decided is looked at when it has decided.
 */
public final class HadoopResourceManagers implements AutoCloseable {
    private static final String MAIN_CLASS = "dev.heddle.testbed.hadoop.ResourceManagers";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final String DONE = "done";

    private final ChildProcess process;
    private final Socket socket;
    private final BufferedReader in;
    private final PrintWriter out;

    private HadoopResourceManagers(ChildProcess process, Socket socket) throws IOException {
        this.process = process;
        this.socket = socket;
        this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        this.out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /**
     * Starts the process, and no resource manager yet.
     *
     * @param directory for its output and temporary files
     */
    public static HadoopResourceManagers start(Path directory) {
        ChildProcess process = ChildProcess.java(
                directory,
                "hadoop-resource-managers",
                Map.of(),
                List.of(
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.net.preferIPv4Stack=true",
                        "-Djava.io.tmpdir=" + directory),
                HadoopProcess.classPath(),
                MAIN_CLASS);
        try {
            String ready = process.awaitReady(START_LIMIT);
            Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(), Integer.parseInt(ready.substring(ready.indexOf(' ') + 1)));
            socket.setTcpNoDelay(true);
            return new HadoopResourceManagers(process, socket);
        } catch (IOException e) {
            process.close();
            throw new UncheckedIOException(e);
        } catch (AssertionError e) {
            process.close();
            throw e;
        }
    }

    /**
     * Starts a resource manager in the place of the one before.
     *
     * @param configuration a directory with {@code yarn-site.xml} and {@code capacity-scheduler.xml}, which has to stay:
     *     refreshes read it again
     * @return where it listens, by the keys of YARN's configuration
     * @throws IllegalStateException if it does not start; the message says why
     */
    public Map<String, String> startResourceManager(Path configuration) {
        return Arrays.stream(say("start " + configuration).split(" "))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    /** Returns when the resource manager has done everything that was begun, on whatever thread of its. */
    public void drain() {
        say("drain");
    }

    /**
     * Lets the preemption monitor decide once, by its own clock.
     *
     * @param laterMs how much later than the time before
     */
    public void preempt(long laterMs) {
        say("preempt " + laterMs);
    }

    public void stopResourceManager() {
        say("stop");
    }

    private String say(String command) {
        out.println(command);
        try {
            String answer = in.readLine();
            if (answer == null || !answer.startsWith(DONE)) {
                throw new IllegalStateException(
                        command + ": " + (answer == null ? "the process has ended" : answer) + "\n" + process.stderr());
            }
            return answer.substring(DONE.length()).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            process.closeInput();
            process.close();
        }
    }
}
