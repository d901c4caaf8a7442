package dev.heddle.rm.shares;

import dev.heddle.common.rpc.transport.RpcThreads;
import dev.heddle.rm.RunningResourceManager;
import dev.heddle.rm.contract.Side;
import dev.heddle.testbed.HadoopResourceManagers;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.security.Groups;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/** What the scenarios of a run share: Hadoop's process, the threads of the nodes' ports, a directory, and the racks. */
final class ResourceManagers implements Closeable {
    static final int RACKS = 3;
    private static final int HOSTS_OF_A_RACK = 20;

    private final Path directory;
    private final RpcThreads threads = RpcThreads.start(new Configuration(false));

    /** By the kinds of resources that they know: Hadoop's classes learn them once in a process. */
    private final Map<String, HadoopResourceManagers> hadoops = new HashMap<>();

    private @Nullable HadoopResourceManagers hadoop;
    private @Nullable RunningResourceManager heddle;
    private int scenarios;

    ResourceManagers() {
        try {
            directory = Files.createTempDirectory("shares");
            Files.write(
                    rackTable(),
                    IntStream.rangeClosed(1, RACKS)
                            .boxed()
                            .flatMap(rack -> IntStream.rangeClosed(1, HOSTS_OF_A_RACK)
                                    .mapToObj(host -> host(rack, host) + " " + rack(rack)))
                            .collect(Collectors.toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of a host, on the loopback interface as all of them are. */
    static String host(int rack, int host) {
        return "127.0." + rack + "." + host;
    }

    static String rack(int rack) {
        return "/rack" + rack;
    }

    /** Says which host stands in which rack. Hadoop reads it once in a process. */
    Path rackTable() {
        return directory.resolve("racks");
    }

    RpcThreads threads() {
        return threads;
    }

    /** A new directory for the files of a scenario. */
    Path newDirectory() {
        try {
            return Files.createDirectories(directory.resolve("scenario-" + ++scenarios));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a resource manager from the files of a directory. */
    Side start(Side.Kind kind, Path configurationDirectory) {
        YarnConfiguration configuration = new YarnConfiguration();
        for (String file : List.of("yarn-site.xml", "capacity-scheduler.xml")) {
            configuration.addResource(new org.apache.hadoop.fs.Path(
                    configurationDirectory.resolve(file).toUri()));
        }
        return switch (kind) {
            case HEDDLE -> {
                useGroups(configuration);
                RunningResourceManager running = RunningResourceManager.start(configuration);
                heddle = running;
                yield new Side(kind, client(running.clientConfiguration()), running::close);
            }
            case HADOOP -> {
                HadoopResourceManagers process = hadoop(kinds(configuration));
                process.startResourceManager(configurationDirectory).forEach(configuration::set);
                yield new Side(kind, client(configuration), process::stopResourceManager);
            }
        };
    }

    /** Hadoop's classes remember in a process whose groups they have looked up, and where. */
    private static void useGroups(Configuration configuration) {
        Groups.getUserToGroupsMappingServiceWithLoadedConfiguration(configuration);
        UserGroupInformation.setConfiguration(configuration);
    }

    private static YarnConfiguration client(YarnConfiguration configuration) {
        configuration.setInt(CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_KEY, 0);
        return configuration;
    }

    /** All that a configuration says of them. */
    private static String kinds(Configuration configuration) {
        Map<String, String> settings = new TreeMap<>();
        for (Map.Entry<String, String> entry : configuration) {
            if (entry.getKey().startsWith("yarn.resource-types")) {
                settings.put(entry.getKey(), entry.getValue());
            }
        }
        return settings.toString();
    }

    private HadoopResourceManagers hadoop(String kinds) {
        HadoopResourceManagers process = hadoops.computeIfAbsent(
                kinds, any -> HadoopResourceManagers.start(directory.resolve("hadoop-" + hadoops.size())));
        hadoop = process;
        return process;
    }

    /** The one that was started last. */
    private HadoopResourceManagers hadoop() {
        return Objects.requireNonNull(hadoop, "none was started");
    }

    /**
     * Returns when what was said to the resource manager has had its effect. Hadoop's answers before; Heddle's answers when
     * it has decided.
     */
    void drain(Side.Kind kind) {
        if (kind == Side.Kind.HADOOP) {
            hadoop().drain();
        }
    }

    /** Lets the preemption monitor decide once, that much later than the last time. */
    void preempt(Side.Kind kind, long laterMs) {
        switch (kind) {
            case HEDDLE ->
                Objects.requireNonNull(heddle, "none has been started").preempt(laterMs);
            case HADOOP -> hadoop().preempt(laterMs);
        }
    }

    @Override
    public void close() throws IOException {
        hadoops.values().forEach(HadoopResourceManagers::close);
        threads.close();
        useGroups(new Configuration());
        List<Path> deepestFirst;
        try (Stream<Path> below = Files.walk(directory)) {
            deepestFirst = below.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
