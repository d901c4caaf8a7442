package dev.heddle.rm.contract;

import dev.heddle.rm.RunningResourceManager;
import dev.heddle.testbed.HadoopProcess;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/**
 * One of the two resource managers, without nodes of its own.
 *
 * @param configuration that leads a client to it
 */
record Side(Kind kind, YarnConfiguration configuration, Closeable running) implements Closeable {
    /** What both have that is not the default. */
    private static final Map<String, String> SETTINGS = Map.of(YarnConfiguration.LOG_AGGREGATION_ENABLED, "true");

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
        Side started =
                switch (kind) {
                    case HEDDLE -> heddle();
                    case HADOOP -> hadoop();
                };
        // A port that nobody listens on is to be told at once.
        started.configuration().setInt(CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_KEY, 0);
        return started;
    }

    private static Side heddle() {
        YarnConfiguration configuration = RunningResourceManager.configuration();
        SETTINGS.forEach(configuration::set);
        RunningResourceManager running = RunningResourceManager.start(configuration);
        return new Side(Kind.HEDDLE, running.clientConfiguration(), running::close);
    }

    private static Side hadoop() {
        try {
            Path directory = Files.createTempDirectory("contract");
            HadoopProcess process = HadoopProcess.cluster(directory, 0, SETTINGS);
            YarnConfiguration configuration = new YarnConfiguration();
            configuration.addResource(new org.apache.hadoop.fs.Path(
                    process.configurationDirectory().resolve("yarn-site.xml").toUri()));
            return new Side(Kind.HADOOP, configuration, () -> {
                process.close();
                delete(directory);
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
    <T> T onPurpose(String why, T heddle, T hadoop) {
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
