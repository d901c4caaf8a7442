package dev.heddle.bench.rm;

import dev.heddle.bench.Gauge;
import dev.heddle.testbed.HadoopProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A resource manager in a JVM of its own, so that what it costs is its own. It ends with this object, or with this process. */
final class ClusterProcess implements AutoCloseable {
    private static final long STOP_SECONDS = 10;
    private static final String LOOPBACK = "127.0.0.1";

    /** Nobody is given up while the other resource manager has its turn. */
    private static final String AN_HOUR_MS = "3600000";

    private final Process process;
    private final BufferedReader from;
    private final Writer to;
    private final Ports ports;

    /** Where it listens. */
    record Ports(InetSocketAddress client, InetSocketAddress scheduler, InetSocketAddress tracker) {}

    private ClusterProcess(Process process, BufferedReader from, Writer to, Ports ports) {
        this.process = process;
        this.from = from;
        this.to = to;
        this.ports = ports;
    }

    /**
     * Starts a resource manager and waits until it serves.
     *
     * @param directory for its configuration and files
     * @param jvmOptions the same for each of a run
     */
    static ClusterProcess start(Kind kind, Path directory, List<String> jvmOptions) {
        try {
            Ports ports = new Ports(freePort(), freePort(), freePort());
            Path configuration = Files.createDirectories(directory.resolve("conf"));
            write(configuration.resolve("core-site.xml"), core(directory));
            write(configuration.resolve("yarn-site.xml"), yarn(ports));
            write(configuration.resolve("capacity-scheduler.xml"), capacityScheduler());
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmOptions);
            command.addAll(List.of(
                    "-Djava.net.preferIPv4Stack=true",
                    "-Dlog4j.configuration=bench-log.properties",
                    "-Djava.io.tmpdir=" + directory));
            command.addAll(
                    switch (kind) {
                        case HEDDLE ->
                            List.of(
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    HeddleMain.class.getName(),
                                    configuration.toString());
                        case HADOOP ->
                            List.of(
                                    "-cp",
                                    configuration + ":" + ownClasses() + ":" + HadoopProcess.classPath(),
                                    HadoopMain.class.getName());
                    });
            return awaitReady(
                    new ProcessBuilder(command)
                            .redirectError(directory.resolve("stderr").toFile())
                            .start(),
                    directory,
                    ports);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClusterProcess awaitReady(Process process, Path directory, Ports ports) throws IOException {
        BufferedReader from = process.inputReader(StandardCharsets.US_ASCII);
        String line = from.readLine();
        while (line != null && !Gauge.isReady(line)) {
            line = from.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("the resource manager ended before it served: "
                    + Files.readString(directory.resolve("stderr")).strip());
        }
        return new ClusterProcess(process, from, process.outputWriter(StandardCharsets.US_ASCII), ports);
    }

    private static String ownClasses() {
        try {
            return Path.of(HadoopMain.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A port that nobody has now; Hadoop's resource manager does not tell which it has taken. */
    private static InetSocketAddress freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
        }
    }

    private static Map<String, String> core(Path directory) {
        return Map.of(
                "fs.defaultFS",
                "file:///",
                "hadoop.tmp.dir",
                directory.resolve("tmp").toString());
    }

    private static Map<String, String> yarn(Ports ports) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(
                "yarn.resourcemanager.address", LOOPBACK + ":" + ports.client().getPort());
        values.put(
                "yarn.resourcemanager.scheduler.address",
                LOOPBACK + ":" + ports.scheduler().getPort());
        values.put(
                "yarn.resourcemanager.resource-tracker.address",
                LOOPBACK + ":" + ports.tracker().getPort());
        for (String service : List.of("admin", "webapp")) {
            values.put(
                    "yarn.resourcemanager." + service + ".address",
                    LOOPBACK + ":" + freePort().getPort());
        }
        values.put("yarn.nm.liveness-monitor.expiry-interval-ms", AN_HOUR_MS);
        values.put("yarn.am.liveness-monitor.expiry-interval-ms", AN_HOUR_MS);
        return values;
    }

    /** The queue of the file that comes with Hadoop, with its limits. */
    private static Map<String, String> capacityScheduler() {
        String prefix = "yarn.scheduler.capacity.";
        return Map.of(
                prefix + "maximum-applications", "10000",
                prefix + "maximum-am-resource-percent", "0.1",
                prefix + "resource-calculator", "org.apache.hadoop.yarn.util.resource.DefaultResourceCalculator",
                prefix + "root.queues", "default",
                prefix + "root.default.capacity", "100",
                prefix + "root.default.user-limit-factor", "1",
                prefix + "root.default.maximum-capacity", "100",
                prefix + "root.default.state", "RUNNING",
                prefix + "node-locality-delay", "40",
                prefix + "rack-locality-additional-delay", "-1");
    }

    private static void write(Path file, Map<String, String> values) throws IOException {
        Files.writeString(
                file,
                values.entrySet().stream()
                        .map(entry -> "<property><name>" + entry.getKey() + "</name><value>" + entry.getValue()
                                + "</value></property>\n")
                        .collect(Collectors.joining("", "<configuration>\n", "</configuration>\n")));
    }

    Ports ports() {
        return ports;
    }

    /** Processor time of its process since it started, user and system. */
    Duration cpu() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("the resource manager has ended or its times are hidden"));
    }

    Gauge gauge() {
        try {
            to.write("gauge\n");
            to.flush();
            String line = from.readLine();
            if (line == null) {
                throw new IllegalStateException("the resource manager has ended");
            }
            return Gauge.parse(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            to.close();
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
