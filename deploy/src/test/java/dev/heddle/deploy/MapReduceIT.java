package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.NodeManager;
import dev.heddle.rm.ResourceManager;
import dev.heddle.testbed.Await;
import dev.heddle.testbed.ChildProcess;
import dev.heddle.testbed.HadoopProcess;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop's own MapReduce, client and all, with reducers that fetch from two of these nodes through its shuffle service. */
class MapReduceIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int NODES = 2;

    private final Path directory;

    private final List<NodeManager> nodes = new ArrayList<>();
    private ResourceManager resourceManager;

    MapReduceIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void startCluster() {
        // Each service registers its metrics once in a process, and there are two nodes in this one.
        DefaultMetricsSystem.setMiniClusterMode(true);
        resourceManager = ResourceManager.start(loopback());
        Map<String, String> addresses = addresses();
        for (int number = 1; number <= NODES; number++) {
            YarnConfiguration configuration = loopback();
            addresses.forEach(configuration::set);
            Path own = directory.resolve("node" + number);
            configuration.set(
                    YarnConfiguration.NM_LOCAL_DIRS, own.resolve("local").toString());
            configuration.set(YarnConfiguration.NM_LOG_DIRS, own.resolve("logs").toString());
            configuration.set(YarnConfiguration.NM_AUX_SERVICES, "mapreduce_shuffle");
            configuration.set("yarn.nodemanager.aux-services.mapreduce_shuffle.classpath", HadoopProcess.classPath());
            configuration.setInt("mapreduce.shuffle.port", 0);
            configuration.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
            // Room for one task and the master at most, so that the tasks are spread.
            configuration.setInt(YarnConfiguration.NM_PMEM_MB, 2048);
            nodes.add(NodeManager.start(configuration));
        }
        nodes.forEach(node -> Await.until(node.description(), LIMIT, node::isRegistered));
    }

    @AfterEach
    void stopCluster() {
        nodes.forEach(NodeManager::close);
        resourceManager.close();
    }

    private static YarnConfiguration loopback() {
        YarnConfiguration configuration = new YarnConfiguration();
        for (String key : new String[] {
            YarnConfiguration.RM_ADDRESS,
            YarnConfiguration.RM_SCHEDULER_ADDRESS,
            YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
            YarnConfiguration.RM_ADMIN_ADDRESS,
            YarnConfiguration.RM_WEBAPP_ADDRESS,
            YarnConfiguration.NM_ADDRESS,
            YarnConfiguration.NM_WEBAPP_ADDRESS
        }) {
            configuration.set(key, "127.0.0.1:0");
        }
        return configuration;
    }

    private Map<String, String> addresses() {
        ResourceManager.Addresses addresses = resourceManager.addresses();
        Map<String, String> values = new LinkedHashMap<>();
        values.put(YarnConfiguration.RM_ADDRESS, text(addresses.client()));
        values.put(YarnConfiguration.RM_SCHEDULER_ADDRESS, text(addresses.scheduler()));
        values.put(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, text(addresses.tracker()));
        values.put(YarnConfiguration.RM_ADMIN_ADDRESS, text(addresses.administration()));
        values.put(YarnConfiguration.RM_WEBAPP_ADDRESS, addresses.page());
        return values;
    }

    private static String text(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    /** What a client of this cluster is configured with; its job takes all of it along. */
    private Path clientConfiguration() {
        Path conf = directory.resolve("conf");
        Map<String, String> values = addresses();
        values.put("fs.defaultFS", "file:///");
        values.put("hadoop.tmp.dir", directory.resolve("tmp").toString());
        values.put(
                "yarn.app.mapreduce.am.staging-dir",
                directory.resolve("staging").toString());
        values.put("yarn.application.classpath", conf.toString());
        values.put("mapreduce.application.classpath", HadoopProcess.classPath());
        values.put("mapreduce.framework.name", "yarn");
        values.put("yarn.app.mapreduce.am.resource.mb", "768");
        values.put("yarn.app.mapreduce.am.command-opts", "-Xmx256m -Djava.net.preferIPv4Stack=true");
        for (String task : List.of("map", "reduce")) {
            values.put("mapreduce." + task + ".memory.mb", "768");
            values.put("mapreduce." + task + ".java.opts", "-Xmx200m -Djava.net.preferIPv4Stack=true");
        }
        values.put("mapreduce.task.io.sort.mb", "10");
        return Commands.configuration(conf, values);
    }

    @Test
    void shouldCountWords() throws IOException {
        Path input = Files.createDirectories(directory.resolve("input"));
        Files.writeString(input.resolve("first"), "warp weft warp\nheddle\n");
        Files.writeString(input.resolve("second"), "weft\nheddle warp reed\n");
        Path output = directory.resolve("output");
        try (ChildProcess job = ChildProcess.java(
                directory,
                "job",
                Map.of(),
                List.of("-Xmx256m", "-Djava.net.preferIPv4Stack=true"),
                clientConfiguration() + ":" + HadoopProcess.classPath(),
                "org.apache.hadoop.mapred.WordCount",
                "-m",
                "2",
                "-r",
                "2",
                input.toString(),
                output.toString())) {
            assertThat(job.awaitExit(LIMIT)).as(job.stdout() + job.stderr()).isZero();
        }

        assertThat(counts(output)).isEqualTo(Map.of("warp", "3", "weft", "2", "heddle", "2", "reed", "1"));
        assertThat(output.resolve("part-00001")).isRegularFile();
    }

    private static Map<String, String> counts(Path output) throws IOException {
        Map<String, String> counts = new TreeMap<>();
        try (Stream<Path> parts = Files.list(output)) {
            for (Path part : parts.filter(path -> path.getFileName().toString().startsWith("part-"))
                    .toList()) {
                for (String line : Files.readAllLines(part)) {
                    String[] words = line.split("\t", 2);
                    counts.put(words[0], words[1]);
                }
            }
        }
        return counts;
    }
}
