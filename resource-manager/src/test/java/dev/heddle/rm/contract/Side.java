package dev.heddle.rm.contract;

import dev.heddle.rm.RunningResourceManager;
import dev.heddle.testbed.HadoopProcess;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.net.TableMapping;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.util.resource.DominantResourceCalculator;

/**
 * One of the two resource managers, without nodes of its own.
 *
 * @param configuration that leads a client to it
 */
public record Side(Kind kind, YarnConfiguration configuration, Closeable running) implements Closeable {
    /** Whose it is. */
    public enum Kind {
        HEDDLE,
        HADOOP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A kind of resource that is counted in single pieces. */
    static final String GPU = "yarn.io/gpu";

    /** One that is counted in Gi. */
    static final String DISK = "disk";

    private static final Map<String, String> KINDS = Map.of(
            "yarn.resource-types",
            GPU + "," + DISK,
            "yarn.resource-types.disk.units",
            "Gi",
            "yarn.resource-types.disk.maximum-allocation",
            "5000");

    /** A host that is in a rack of its own; every other one is in the default rack. */
    static final String HOST_IN_OTHER_RACK = "127.0.0.2";

    /** Where that is. */
    static final String OTHER_RACK = "/other-rack";

    /** A label that the queue may have. */
    static final String LABEL = "gpu";

    /** A host that no node may be on. */
    static final String EXCLUDED_HOST = "127.0.0.3";

    /**
     * Starts a resource manager.
     *
     * @param constraintHandler what becomes of placement constraints; where that is something, there are labels, too
     * @param furtherKinds whether it knows more than memory and cores
     */
    static Side start(Kind kind, String constraintHandler, boolean furtherKinds) {
        try {
            Path directory = Files.createTempDirectory("contract");
            Path racks = Files.writeString(directory.resolve("racks"), HOST_IN_OTHER_RACK + " " + OTHER_RACK + "\n");
            Path excluded = Files.writeString(directory.resolve("excluded"), EXCLUDED_HOST + "\n");
            Map<String, String> settings = new HashMap<>(Map.of(
                    YarnConfiguration.RM_NODES_EXCLUDE_FILE_PATH,
                    excluded.toString(),
                    YarnConfiguration.LOG_AGGREGATION_ENABLED,
                    "true",
                    YarnConfiguration.RM_PLACEMENT_CONSTRAINTS_HANDLER,
                    constraintHandler,
                    CommonConfigurationKeysPublic.NET_TOPOLOGY_NODE_SWITCH_MAPPING_IMPL_KEY,
                    TableMapping.class.getName(),
                    CommonConfigurationKeysPublic.NET_TOPOLOGY_TABLE_MAPPING_FILE_KEY,
                    racks.toString()));
            if (furtherKinds) {
                // Else the largest container would depend on how long the resource manager has been there.
                settings.put(YarnConfiguration.RM_WORK_PRESERVING_RECOVERY_SCHEDULING_WAIT_MS, "0");
                settings.putAll(KINDS);
                settings.put("yarn.scheduler.capacity.resource-calculator", DominantResourceCalculator.class.getName());
            }
            if (!constraintHandler.equals(YarnConfiguration.DISABLED_RM_PLACEMENT_CONSTRAINTS_HANDLER)) {
                settings.putAll(label(directory.resolve("labels")));
            }
            return start(kind, directory, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one queue may have all of one label. */
    private static Map<String, String> label(Path store) {
        return Map.of(
                YarnConfiguration.NODE_LABELS_ENABLED,
                "true",
                YarnConfiguration.FS_NODE_LABELS_STORE_ROOT_DIR,
                store.toUri().toString(),
                "yarn.scheduler.capacity.root.accessible-node-labels." + LABEL + ".capacity",
                "100",
                "yarn.scheduler.capacity.root.default.accessible-node-labels." + LABEL + ".capacity",
                "100");
    }

    private static Side start(Kind kind, Path directory, Map<String, String> settings) {
        Side started =
                switch (kind) {
                    case HEDDLE -> heddle(directory, settings);
                    case HADOOP -> hadoop(directory, settings);
                };
        // A port that nobody listens on is to be told at once.
        started.configuration().setInt(CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_KEY, 0);
        return started;
    }

    private static Side heddle(Path directory, Map<String, String> settings) {
        YarnConfiguration configuration = RunningResourceManager.configuration();
        settings.forEach(configuration::set);
        RunningResourceManager running = RunningResourceManager.start(configuration);
        return new Side(Kind.HEDDLE, running.clientConfiguration(), () -> {
            running.close();
            delete(directory);
        });
    }

    private static Side hadoop(Path directory, Map<String, String> settings) {
        HadoopProcess process = HadoopProcess.cluster(directory, 0, withFilesToReadAgain(directory, settings));
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.addResource(new org.apache.hadoop.fs.Path(
                process.configurationDirectory().resolve("yarn-site.xml").toUri()));
        return new Side(Kind.HADOOP, configuration, () -> {
            process.close();
            delete(directory);
        });
    }

    /** Hadoop's looks for its files on the class path, where none of a test's can be, unless they are told to be elsewhere. */
    private static Map<String, String> withFilesToReadAgain(Path directory, Map<String, String> settings) {
        Path files = directory.resolve("files");
        try {
            Files.createDirectories(files);
            Configuration again = new Configuration(false);
            again.set(
                    YarnConfiguration.RM_NODES_EXCLUDE_FILE_PATH,
                    String.valueOf(settings.get(YarnConfiguration.RM_NODES_EXCLUDE_FILE_PATH)));
            try (OutputStream out =
                    Files.newOutputStream(files.resolve(YarnConfiguration.YARN_SITE_CONFIGURATION_FILE))) {
                again.writeXml(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> all = new HashMap<>(settings);
        all.put(
                YarnConfiguration.RM_CONFIGURATION_PROVIDER_CLASS,
                "org.apache.hadoop.yarn.FileSystemBasedConfigurationProvider");
        all.put(YarnConfiguration.FS_BASED_RM_CONF_STORE, files.toUri().toString());
        return all;
    }

    /** The file with the hosts that no node may be on, one a line. */
    Path excludedHosts() {
        return Path.of(configuration.get(YarnConfiguration.RM_NODES_EXCLUDE_FILE_PATH));
    }

    private static void delete(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> below = Files.walk(directory)) {
            deepestFirst = below.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }

    /**
     * What is expected where the two differ and Heddle means to.
     *
     * @param why for whoever reads the test
     */
    public <T> T onPurpose(String why, T heddle, T hadoop) {
        if (why.isBlank()) {
            throw new IllegalArgumentException("a difference without a reason");
        }
        return kind == Kind.HEDDLE ? heddle : hadoop;
    }

    @Override
    public void close() throws IOException {
        running.close();
    }
}
