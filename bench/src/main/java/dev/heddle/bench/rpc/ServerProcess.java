package dev.heddle.bench.rpc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a JVM of its own, so that what it costs is its own. It ends with this object, or with this process. */
final class ServerProcess implements AutoCloseable {
    private static final long STOP_SECONDS = 10;

    private final Process process;
    private final BufferedReader fromServer;
    private final Writer toServer;
    private final InetSocketAddress address;

    private ServerProcess(Process process, BufferedReader fromServer, Writer toServer, InetSocketAddress address) {
        this.process = process;
        this.fromServer = fromServer;
        this.toServer = toServer;
        this.address = address;
    }

    /**
     * Starts a server and waits until it serves.
     *
     * @param jvmOptions the same for every server of a run
     * @param handlers handler threads of Hadoop's server
     */
    static ServerProcess start(
            Servers.Kind kind, Workload.Name workload, Servers.Answer answer, int handlers, List<String> jvmOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.add("-Djava.net.preferIPv4Stack=true");
        command.add("-Dlog4j.configuration=bench-log.properties");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ServerMain.class.getName()));
        command.addAll(List.of(kind.name(), workload.name(), answer.name(), Integer.toString(handlers)));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader reader = process.inputReader(StandardCharsets.US_ASCII);
            String line = reader.readLine();
            // A JVM's own options may print before.
            while (line != null && !line.startsWith("ready ")) {
                line = reader.readLine();
            }
            if (line == null) {
                throw new IllegalStateException("the server ended before it served; the command was " + command);
            }
            int port = Integer.parseInt(line.substring("ready ".length()));
            return new ServerProcess(
                    process,
                    reader,
                    process.outputWriter(StandardCharsets.US_ASCII),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InetSocketAddress address() {
        return address;
    }

    /** Processor time of this server's process since it started, user and system. */
    Duration cpu() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("the server has ended or its times are hidden"));
    }

    ServerCounters counters() {
        try {
            toServer.write("counters\n");
            toServer.flush();
            String line = fromServer.readLine();
            if (line == null) {
                throw new IllegalStateException("the server has ended");
            }
            return ServerCounters.parse(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            toServer.close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
