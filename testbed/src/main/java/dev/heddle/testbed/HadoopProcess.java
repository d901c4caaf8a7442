package dev.heddle.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Hadoop's own servers, each in a process of its own with Hadoop's full class path, which never meets Heddle's.
 *
 * <p>Every server listens on random ports of the loopback interface and writes the configuration that reaches it as
 * {@code yarn-site.xml} into its {@link #configurationDirectory}.
 */
public final class HadoopProcess implements AutoCloseable {
    private static final String MAIN_CLASS = "dev.heddle.testbed.hadoop.HadoopServer";
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);

    private final ChildProcess process;
    private final Path configurationDirectory;

    private HadoopProcess(ChildProcess process, Path configurationDirectory) {
        this.process = process;
        this.configurationDirectory = configurationDirectory;
    }

    /**
     * Starts {@code MiniYARNCluster}: one RM and a number of NMs, which may be none.
     *
     * @param directory for its data, logs and configuration
     */
    public static HadoopProcess cluster(Path directory, int nodeManagers) {
        return cluster(directory, nodeManagers, Map.of());
    }

    /**
     * As {@link #cluster(Path, int)}.
     *
     * @param settings beside the testbed's own, over which they go
     */
    public static HadoopProcess cluster(Path directory, int nodeManagers, Map<String, String> settings) {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(nodeManagers)));
        settings.forEach((key, value) -> arguments.add(key + "=" + value));
        return start(directory, directory.resolve("conf"), "cluster", arguments);
    }

    /**
     * Starts Hadoop's NM from the {@code yarn-site.xml} of a directory, whoever's RM that file names. Its ports and
     * folders are its own.
     */
    public static HadoopProcess nodeManager(Path directory, Path configurationOfResourceManager) {
        return start(directory, configurationOfResourceManager, "node-manager", List.of("1"));
    }

    /** Hadoop's class path, to run a class of Hadoop's (a command line, say) in a process of its own. */
    public static String classPath() {
        try (InputStream in = HadoopProcess.class.getResourceAsStream("/hadoop-class-path.txt")) {
            if (in == null) {
                throw new IllegalStateException("the testbed was not built by Maven: hadoop-class-path.txt is missing");
            }
            Path own = Path.of(HadoopProcess.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return own + ":" + new String(in.readAllBytes(), StandardCharsets.UTF_8).trim();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HadoopProcess start(Path directory, Path configuration, String role, List<String> arguments) {
        try {
            Files.createDirectories(directory);
            Files.createDirectories(configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> all = new ArrayList<>(List.of(role, directory.toString(), configuration.toString()));
        all.addAll(arguments);
        ChildProcess process = ChildProcess.java(
                directory,
                "hadoop-" + role,
                Map.of(),
                List.of("-Xmx768m", "-Djava.net.preferIPv4Stack=true", "-Djava.io.tmpdir=" + directory),
                classPath(),
                MAIN_CLASS,
                all.toArray(new String[0]));
        try {
            process.awaitReady(START_LIMIT);
        } catch (AssertionError e) {
            process.close();
            throw e;
        }
        return new HadoopProcess(process, configuration);
    }

    /** Holds a {@code yarn-site.xml} (and {@code core-site.xml}) for clients and daemons. */
    public Path configurationDirectory() {
        return configurationDirectory;
    }

    public ChildProcess process() {
        return process;
    }

    /** Lets the server stop, so that its nodes end their containers; what still runs after the limit is ended hard. */
    @Override
    public void close() {
        List<ProcessHandle> below = process.descendants();
        process.closeInput();
        try {
            process.awaitExit(STOP_LIMIT);
        } finally {
            process.close();
            below.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
