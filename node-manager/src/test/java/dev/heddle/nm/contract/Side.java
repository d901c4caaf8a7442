package dev.heddle.nm.contract;

import dev.heddle.nm.FakeResourceManager;
import dev.heddle.nm.NodeManager;
import dev.heddle.nm.NodeManagerSettings;
import dev.heddle.testbed.HadoopProcess;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;

/**
 * One of the two node managers, under a resource manager that says what a test wants said and signs what it wants signed.
 *
 * @param node its name
 * @param directory where its {@code local} and {@code log} directories are, and where tests may put files of their own
 */
record Side(Kind kind, FakeResourceManager resourceManager, NodeId node, Path directory, Closeable running)
        implements Closeable {
    private static final long RESOURCE_MANAGER = 7;
    private static final long REGISTRATION_LIMIT_S = 60;

    /** Containers that are to be started again wait no longer than they ask for. */
    private static final String RETRY_MINIMUM_INTERVAL = YarnConfiguration.NM_CONTAINER_RETRY_MINIMUM_INTERVAL_MS;

    /** Whose it is. */
    enum Kind {
        HEDDLE,
        HADOOP;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Side start(Kind kind) {
        try {
            Path directory = Files.createTempDirectory("contract");
            FakeResourceManager resourceManager = new FakeResourceManager(RESOURCE_MANAGER);
            Configuration settings = new Configuration(false);
            settings.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, resourceManager.address());
            settings.setInt(RETRY_MINIMUM_INTERVAL, 0);
            Closeable running =
                    switch (kind) {
                        case HEDDLE -> heddle(directory, settings);
                        case HADOOP -> hadoop(directory, settings);
                    };
            RegisterNodeManagerRequest registration =
                    resourceManager.registrations.poll(REGISTRATION_LIMIT_S, TimeUnit.SECONDS);
            if (registration == null) {
                running.close();
                throw new AssertionError(kind + "'s node manager does not register");
            }
            return new Side(kind, resourceManager, registration.getNodeId(), directory, running);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static Closeable heddle(Path directory, Configuration settings) {
        YarnConfiguration configuration = new YarnConfiguration();
        settings.forEach(entry -> configuration.set(entry.getKey(), entry.getValue()));
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(YarnConfiguration.NM_WEBAPP_ADDRESS, "127.0.0.1:0");
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("local").toString());
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("log").toString());
        return NodeManager.start(configuration)::close;
    }

    private static Closeable hadoop(Path directory, Configuration settings) throws IOException {
        Path files = Files.createDirectories(directory.resolve("conf"));
        try (OutputStream out = Files.newOutputStream(files.resolve(YarnConfiguration.YARN_SITE_CONFIGURATION_FILE))) {
            settings.writeXml(out);
        }
        return HadoopProcess.nodeManager(directory, files)::close;
    }

    /**
     * What is expected where the two differ and Heddle means to.
     *
     * @param why for whoever reads the test
     */
    <T> T onPurpose(String why, T heddle, T hadoop) {
        if (why.isBlank()) {
            throw new IllegalArgumentException("a difference without a reason");
        }
        return kind == Kind.HEDDLE ? heddle : hadoop;
    }

    @Override
    public void close() throws IOException {
        running.close();
        resourceManager.close();
        List<Path> deepestFirst;
        try (Stream<Path> below = Files.walk(directory)) {
            deepestFirst = below.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
