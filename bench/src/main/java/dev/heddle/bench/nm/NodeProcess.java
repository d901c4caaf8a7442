package dev.heddle.bench.nm;

import dev.heddle.bench.Gauge;
import dev.heddle.testbed.HadoopProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A node manager in a JVM of its own, with the settings that it is shipped with. It ends with this object. */
final class NodeProcess implements AutoCloseable {
    private static final long STOP_SECONDS = 30;
    private static final int KB = 1024;

    private final Process process;
    private final BufferedReader from;
    private final Writer to;

    private NodeProcess(Process process, BufferedReader from, Writer to) {
        this.process = process;
        this.from = from;
        this.to = to;
    }

    /**
     * Starts a node manager that reports to a port of this machine.
     *
     * @param directory for its configuration and files
     * @param jvmOptions the same for each of a run
     */
    static NodeProcess start(Kind kind, Path directory, int trackerPort, List<String> jvmOptions) {
        try {
            Path configuration = Files.createDirectories(directory.resolve("conf"));
            write(
                    configuration.resolve("core-site.xml"),
                    Map.of("fs.defaultFS", "file:///", "hadoop.tmp.dir", directory + "/tmp"));
            write(configuration.resolve("yarn-site.xml"), yarn(directory, trackerPort));
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
                    directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> yarn(Path directory, int trackerPort) {
        Map<String, String> values = new TreeMap<>();
        values.put("yarn.resourcemanager.resource-tracker.address", "127.0.0.1:" + trackerPort);
        values.put("yarn.nodemanager.hostname", "127.0.0.1");
        values.put("yarn.nodemanager.address", "127.0.0.1:0");
        values.put("yarn.nodemanager.localizer.address", "127.0.0.1:0");
        values.put("yarn.nodemanager.collector-service.address", "127.0.0.1:0");
        values.put("yarn.nodemanager.webapp.address", "127.0.0.1:0");
        values.put("yarn.nodemanager.local-dirs", directory + "/local");
        values.put("yarn.nodemanager.log-dirs", directory + "/logs");
        values.put("yarn.nodemanager.resource.memory-mb", "1000000");
        values.put("yarn.nodemanager.resource.cpu-vcores", "10000");
        values.put("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "100");
        return values;
    }

    private static NodeProcess awaitReady(Process process, Path directory) throws IOException {
        BufferedReader from = process.inputReader(StandardCharsets.US_ASCII);
        String line = from.readLine();
        while (line != null && !Gauge.isReady(line)) {
            line = from.readLine();
        }
        if (line == null) {
            throw new IllegalStateException("the node manager ended before it served: "
                    + Files.readString(directory.resolve("stderr")).strip());
        }
        return new NodeProcess(process, from, process.outputWriter(StandardCharsets.US_ASCII));
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

    private static void write(Path file, Map<String, String> values) throws IOException {
        Files.writeString(
                file,
                values.entrySet().stream()
                        .map(entry -> "<property><name>" + entry.getKey() + "</name><value>" + entry.getValue()
                                + "</value></property>\n")
                        .collect(Collectors.joining("", "<configuration>\n", "</configuration>\n")));
    }

    /** After a garbage collection. */
    Gauge collected() {
        try {
            to.write(Gauge.COLLECTED + "\n");
            to.flush();
            String line = from.readLine();
            if (line == null) {
                throw new IllegalStateException("the node manager has ended");
            }
            return Gauge.parse(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the process has of the machine's memory now, in bytes. */
    long residentBytes() {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * KB)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("the node manager has ended"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets the node manager end its containers first. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
