package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.model.NodeLists;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.util.HostsFileReader;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/** What operators write about nodes in files: who may take part, and what nodes are counted with. */
public final class NodeFiles {
    private static final String DYNAMIC = "yarn.resource.dynamic.";

    private NodeFiles() {}

    /**
     * The hosts of {@code yarn.resourcemanager.nodes.include-path} and {@code exclude-path}; everybody where none is named.
     * A file of excluded hosts may be XML, with a timeout for each.
     *
     * @throws IOException if a file cannot be read; the message names its key
     */
    public static NodeLists lists(Configuration configuration) throws IOException {
        Set<String> included = new HashSet<>();
        Map<String, @Nullable Integer> excluded = new HashMap<>();
        String includes = path(configuration, NodeListSettings.INCLUDED.key());
        String excludes = path(configuration, NodeListSettings.EXCLUDED.key());
        if (!includes.isEmpty()) {
            read(
                    NodeListSettings.INCLUDED.key(),
                    includes,
                    () -> HostsFileReader.readFileToSet("included", includes, included));
        }
        if (!excludes.isEmpty()) {
            read(
                    NodeListSettings.EXCLUDED.key(),
                    excludes,
                    () -> HostsFileReader.readFileToMap("excluded", excludes, excluded));
        }
        return new NodeLists(included, excluded);
    }

    private static String path(Configuration configuration, String key) {
        return configuration.getTrimmed(key, "");
    }

    private interface Reading {
        void run() throws IOException;
    }

    private static void read(String key, String path, Reading reading) throws IOException {
        try {
            reading.run();
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "cannot read " + path + " (" + e.getMessage() + "): make it a list of hosts, or correct " + key, e);
        }
    }

    /**
     * What {@code yarn.resource.dynamic.*} says, as {@code dynamic-resources.xml} has it.
     *
     * @throws IOException if what is written there is no node or no number
     */
    public static Map<NodeId, Resource> dynamicResources(Configuration configuration) throws IOException {
        Map<NodeId, Resource> totals = new HashMap<>();
        for (String node : configuration.getTrimmedStrings(DYNAMIC + "nodes")) {
            try {
                int colon = node.lastIndexOf(':');
                NodeId id = new NodeId(node.substring(0, colon), Integer.parseInt(node.substring(colon + 1)));
                totals.put(
                        id,
                        new Resource(
                                configuration.getInt(DYNAMIC + node + ".memory", YarnConfiguration.DEFAULT_NM_PMEM_MB),
                                configuration.getInt(DYNAMIC + node + ".vcores", YarnConfiguration.DEFAULT_NM_VCORES)));
            } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
                throw new IOException(
                        DYNAMIC + "nodes names '" + node
                                + "', of which no host:port with a memory in MB and vcores can be" + " made: "
                                + e.getMessage(),
                        e);
            }
        }
        return totals;
    }

    /**
     * How long containers may hold more than their nodes offer by {@link #dynamicResources}, in ms; negative for ever.
     *
     * @throws IOException if what is written there is no number
     */
    public static Map<NodeId, Integer> overcommitMs(Configuration configuration) throws IOException {
        Map<NodeId, Integer> timeouts = new HashMap<>();
        for (NodeId node : dynamicResources(configuration).keySet()) {
            String key = DYNAMIC + node + ".overcommittimeout";
            try {
                timeouts.put(node, configuration.getInt(key, -1));
            } catch (NumberFormatException e) {
                throw new IOException(
                        key + " is '" + configuration.get(key) + "', which is no whole number of ms: correct it", e);
            }
        }
        return timeouts;
    }
}
