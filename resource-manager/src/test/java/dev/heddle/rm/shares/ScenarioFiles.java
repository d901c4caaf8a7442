package dev.heddle.rm.shares;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** {@code yarn-site.xml} and {@code capacity-scheduler.xml} of a scenario, the same for either resource manager. */
final class ScenarioFiles {
    private static final String QUEUES = "yarn.scheduler.capacity.";

    /** Who is in which groups, the first of which is the primary one. The same for all: Hadoop looks once in a process. */
    private static final String GROUPS =
            "alice=engineering,staff;bob=sales,staff;carol=engineering,staff;dave=sales,staff;erin=guests;frank=guests";

    private final Path directory;
    private final Map<String, String> yarn = new TreeMap<>();

    ScenarioFiles(Path directory, Path rackTable) {
        this.directory = directory;
        for (String service : new String[] {"", "scheduler.", "resource-tracker.", "admin.", "webapp."}) {
            yarn.put("yarn.resourcemanager." + service + "address", "127.0.0.1:0");
        }
        for (String service : new String[] {"client", "scheduler.client", "resource-tracker.client", "admin.client"}) {
            yarn.put("yarn.resourcemanager." + service + ".thread-count", "2");
        }
        yarn.put("yarn.resourcemanager.amlauncher.thread-count", "2");
        yarn.put(
                "yarn.resourcemanager.scheduler.class",
                "org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.CapacityScheduler");
        // Else what is allowed to ask for would depend on how long a resource manager has been there.
        yarn.put("yarn.resourcemanager.work-preserving-recovery.scheduling-wait-ms", "0");
        yarn.put("yarn.client.nodemanager-connect.max-wait-ms", "1000");
        yarn.put(
                "yarn.node-labels.fs-store.root-dir",
                directory.resolve("labels").toUri().toString());
        yarn.put("hadoop.tmp.dir", directory.resolve("tmp").toString());
        yarn.put(
                "yarn.node-attribute.fs-store.root-dir",
                directory.resolve("attributes").toUri().toString());
        yarn.put("hadoop.user.group.static.mapping.overrides", GROUPS);
        yarn.put("net.topology.node.switch.mapping.impl", "org.apache.hadoop.net.TableMapping");
        yarn.put("net.topology.table.file.name", rackTable.toString());
    }

    /** Adds lines of {@code key=value} with whole keys to {@code yarn-site.xml}. */
    void yarn(String lines) {
        properties(lines).forEach((key, value) -> yarn.put((String) key, (String) value));
    }

    /** The names of further kinds of resources, or nothing. */
    String kinds() {
        return yarn.getOrDefault("yarn.resource-types", "");
    }

    /** What is in {@code yarn-site.xml}. */
    Configuration configuration() {
        Configuration configuration = new Configuration(false);
        yarn.forEach(configuration::set);
        return configuration;
    }

    void writeYarn() {
        write("yarn-site.xml", yarn);
    }

    /** Writes {@code capacity-scheduler.xml} from lines of {@code key=value}, in which most keys lack their beginning. */
    void writeQueues(String lines) {
        Map<String, String> queues = new TreeMap<>();
        // Hadoop's scheduler decides when a node speaks, so that one can tell when it has.
        queues.put(QUEUES + "schedule-asynchronously.enable", "false");
        // How long a scenario takes must not matter.
        queues.put("heddle.scheduler.locality-wait-ms", "-1");
        // Room for masters is what a few scenarios are about, and in the way of all others.
        queues.put(QUEUES + "maximum-am-resource-percent", "1");
        properties(lines).forEach((key, value) -> queues.put(wholeKey((String) key), (String) value));
        write("capacity-scheduler.xml", queues);
    }

    private static String wholeKey(String key) {
        return key.startsWith("yarn.") ? key : QUEUES + key;
    }

    private static Properties properties(String lines) {
        try {
            Properties properties = new Properties();
            properties.load(new StringReader(lines));
            return properties;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String name, Map<String, String> values) {
        Configuration configuration = new Configuration(false);
        values.forEach(configuration::set);
        try (Writer out = Files.newBufferedWriter(directory.resolve(name))) {
            configuration.writeXml(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
