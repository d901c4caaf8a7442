package dev.heddle.deploy.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;

/**
 * The configuration of a demo's cluster: each daemon gets a directory with a {@code yarn-site.xml} of its own, and so do
 * clients.
 *
 * @param directory of the demo
 * @param libraries the directory of Heddle's jars, which every node of the demo has at the same place
 * @param nodeMemoryMb what each node manager offers
 */
record DemoConfiguration(Path directory, Path libraries, int nodeMemoryMb) {
    static final List<String> RESOURCE_MANAGERS = List.of("rm1", "rm2");
    static final List<String> NODE_MANAGERS =
            IntStream.rangeClosed(1, 3).mapToObj(number -> "nm" + number).toList();
    static final String ZOOKEEPER = "zookeeper";

    /** The protocols that a resource manager serves, each at an address of its own. */
    private static final List<String> ADDRESSES =
            List.of("address", "scheduler.address", "resource-tracker.address", "admin.address", "webapp.address");

    private static final int NODE_VCORES = 4;
    private static final String CLIENT = "client";

    /** How many ports {@link #write} takes. */
    static int portsNeeded() {
        return 1 + RESOURCE_MANAGERS.size() * ADDRESSES.size();
    }

    /** What to set {@code HADOOP_CONF_DIR} to for commands that talk to the demo's cluster. */
    Path clientDirectory() {
        return directoryOf(CLIENT);
    }

    Path directoryOf(String name) {
        return directory.resolve("conf").resolve(name);
    }

    /** Where a daemon's own log and its containers' logs lie. */
    Path logs() {
        return directory.resolve("logs");
    }

    /** Where a node manager keeps the logs of its containers. */
    Path containerLogs(String nodeManager) {
        return logs().resolve(nodeManager + "-containers");
    }

    /** What is of no use after the demo. */
    Path work() {
        return directory.resolve("work");
    }

    /** Writes every file anew, with addresses that were not used before. */
    void write(FreePorts ports) throws IOException {
        Map<String, String> shared = shared(ports);
        writeFile(CLIENT, shared, Map.of());
        writeFile(
                ZOOKEEPER,
                shared,
                Map.of(
                        "heddle.zookeeper.address",
                        shared.getOrDefault("hadoop.zk.address", ""),
                        "heddle.zookeeper.data-dir",
                        work().resolve(ZOOKEEPER).toString()));
        for (String id : RESOURCE_MANAGERS) {
            writeFile(id, shared, Map.of("yarn.resourcemanager.ha.id", id));
        }
        for (String name : NODE_MANAGERS) {
            writeFile(name, shared, nodeManager(name));
        }
    }

    private Map<String, String> shared(FreePorts ports) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("fs.defaultFS", "file:///");
        values.put("hadoop.tmp.dir", work().resolve("tmp").toString());
        values.put("hadoop.zk.address", ports.nextAddress());
        values.put("yarn.resourcemanager.cluster-id", directory.getFileName().toString());
        values.put("yarn.resourcemanager.ha.enabled", "true");
        values.put("yarn.resourcemanager.ha.rm-ids", String.join(",", RESOURCE_MANAGERS));
        for (String id : RESOURCE_MANAGERS) {
            for (String address : ADDRESSES) {
                values.put("yarn.resourcemanager." + address + "." + id, ports.nextAddress());
            }
        }
        values.put("yarn.scheduler.minimum-allocation-mb", "64");
        values.put("yarn.scheduler.maximum-allocation-mb", Integer.toString(nodeMemoryMb));
        values.put("yarn.scheduler.maximum-allocation-vcores", Integer.toString(NODE_VCORES));
        // Everything is near: who finds a standby or nobody yet asks again soon.
        values.put("yarn.client.failover-sleep-base-ms", "50");
        values.put("yarn.client.failover-sleep-max-ms", "500");
        values.put("yarn.resourcemanager.connect.retry-interval.ms", "100");
        values.put("yarn.resourcemanager.connect.max-wait.ms", "30000");
        values.put("yarn.client.app-submission.poll-interval", "100");
        values.put("heddle.yarn.report.interval", "100ms");
        values.put("heddle.yarn.jars", "local:" + libraries);
        values.put("heddle.yarn.stagingDir", work().resolve("staging").toUri().toString());
        return values;
    }

    private Map<String, String> nodeManager(String name) {
        return Map.of(
                "yarn.nodemanager.hostname", "127.0.0.1",
                "yarn.nodemanager.address", "127.0.0.1:0",
                "yarn.nodemanager.webapp.address", "127.0.0.1:0",
                "yarn.nodemanager.local-dirs", work().resolve(name).toString(),
                "yarn.nodemanager.log-dirs", containerLogs(name).toString(),
                "yarn.nodemanager.resource.memory-mb", Integer.toString(nodeMemoryMb),
                "yarn.nodemanager.resource.cpu-vcores", Integer.toString(NODE_VCORES));
    }

    private void writeFile(String name, Map<String, String> shared, Map<String, String> own) throws IOException {
        Configuration configuration = new Configuration(false);
        shared.forEach(configuration::set);
        own.forEach(configuration::set);
        Path file = Files.createDirectories(directoryOf(name)).resolve("yarn-site.xml");
        try (OutputStream out = Files.newOutputStream(file)) {
            configuration.writeXml(out);
        }
    }

    /** Every daemon's name, those that others depend on first. */
    static List<String> daemons() {
        List<String> names = new ArrayList<>();
        names.add(ZOOKEEPER);
        names.addAll(RESOURCE_MANAGERS);
        names.addAll(NODE_MANAGERS);
        return names;
    }
}
