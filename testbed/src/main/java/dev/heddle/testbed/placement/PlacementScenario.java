package dev.heddle.testbed.placement;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A cluster and who wants something of it, the same for every scheduler. All nodes are equal and have room for
 * {@link #CONTAINERS_OF_A_NODE} containers, all of which are equal; {@link #USERS} users' applications are spread over the
 * queues.
 *
 * @param queues leaves: one, or a multiple of ten in ten parents
 */
public record PlacementScenario(int nodes, int queues, int applications, Wish wish) {
    public static final int CONTAINER_MB = 8_192;
    public static final int CONTAINER_VCORES = 4;
    public static final int CONTAINERS_OF_A_NODE = 8;
    public static final int NODE_MB = CONTAINERS_OF_A_NODE * CONTAINER_MB;
    public static final int NODE_VCORES = CONTAINERS_OF_A_NODE * CONTAINER_VCORES;
    public static final int SMALLEST_MB = 1_024;

    /** How many containers an application asks for at one go where there is room. */
    public static final int CONTAINERS_OF_AN_ASK = 10;

    /** The label of every other node, where there are labels. */
    public static final String LABEL = "special";

    /** The tag of containers that keep apart. */
    public static final String TAG = "apart";

    private static final int USERS = 10;
    private static final int PARENTS = 10;
    private static final int NODES_OF_A_RACK = 40;
    private static final int BYTE = 256;

    /** A prime, so that an application's hosts are all over the cluster. */
    private static final int STRIDE = 7_919;

    private static final String PREFIX = "yarn.scheduler.capacity.";

    /** What applications are particular about. */
    public enum Wish {
        /** Nothing. */
        PLAIN,
        /** Every other application wants nodes with a label, the others want those without. */
        LABELS,
        /** For each container there is a host where it had better run, in a rack that would do as well. */
        LOCALITY,
        /** No two containers of an application on one node. */
        APART
    }

    public PlacementScenario {
        if (queues != 1 && queues % PARENTS != 0) {
            throw new IllegalArgumentException(queues + " queues: one, or a multiple of " + PARENTS);
        }
    }

    /** As a process is told. */
    public List<String> arguments() {
        return List.of(Integer.toString(nodes), Integer.toString(queues), Integer.toString(applications), wish.name());
    }

    public static PlacementScenario parse(List<String> arguments) {
        return new PlacementScenario(
                Integer.parseInt(arguments.get(0)),
                Integer.parseInt(arguments.get(1)),
                Integer.parseInt(arguments.get(2)),
                Wish.valueOf(arguments.get(3)));
    }

    /** The containers that all nodes have room for. */
    public int capacity() {
        return nodes * CONTAINERS_OF_A_NODE;
    }

    /** The name of a node's host: an address, which nobody has to look up. */
    public static String host(int node) {
        return "10." + node / (BYTE * BYTE) + "." + node / BYTE % BYTE + "." + node % BYTE;
    }

    /** The node with that host. */
    public static int node(String host) {
        String[] parts = host.split("\\.", -1);
        return (Integer.parseInt(parts[1]) * BYTE + Integer.parseInt(parts[2])) * BYTE + Integer.parseInt(parts[3]);
    }

    public static String rack(int node) {
        return "/rack" + node / NODES_OF_A_RACK;
    }

    /** The label of a node, or of the nodes that an application wants; empty for none. */
    public String label(int nodeOrApplication) {
        return wish == Wish.LABELS && nodeOrApplication % 2 == 1 ? LABEL : "";
    }

    /** Where an application had better run; each time other hosts. */
    public List<String> hosts(int application, int time) {
        return IntStream.range(0, CONTAINERS_OF_AN_ASK)
                .mapToObj(i -> host((int) (((long) application * CONTAINERS_OF_AN_ASK + i + (long) time * applications)
                        * STRIDE
                        % nodes)))
                .distinct()
                .toList();
    }

    /** The rack of a host. */
    public static String rackOf(String host) {
        return rack(node(host));
    }

    public static String user(int application) {
        return "user" + application % USERS;
    }

    /** The leaf of an application, as it is named in a submission. */
    public String queue(int application) {
        return leaf(application % queues);
    }

    private String leaf(int i) {
        return queues == 1 ? "root.only" : "root.p" + i % PARENTS + ".q" + i;
    }

    /** The scheduler's configuration: all leaves are promised the same and may have everything, in fair order. */
    public Map<String, String> capacityScheduler() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(PREFIX + "maximum-applications", Integer.toString(2 * applications));
        values.put(PREFIX + "maximum-am-resource-percent", "1");
        values.put(PREFIX + "resource-calculator", "org.apache.hadoop.yarn.util.resource.DominantResourceCalculator");
        values.put(PREFIX + "node-locality-delay", "40");
        values.put(PREFIX + "rack-locality-additional-delay", "-1");
        if (queues == 1) {
            values.put(PREFIX + "root.queues", "only");
            putLeaf(values, leaf(0), "100");
        } else {
            values.put(PREFIX + "root.queues", joined("p", IntStream.range(0, PARENTS)));
            for (int parent = 0; parent < PARENTS; parent++) {
                String path = "root.p" + parent;
                putQueue(values, path, Double.toString(100.0 / PARENTS));
                int first = parent;
                values.put(
                        PREFIX + path + ".queues",
                        joined("q", IntStream.range(0, queues / PARENTS).map(i -> first + i * PARENTS)));
            }
            for (int i = 0; i < queues; i++) {
                putLeaf(values, leaf(i), Double.toString(100.0 * PARENTS / queues));
            }
        }
        if (wish == Wish.LABELS) {
            values.put(PREFIX + "root.accessible-node-labels", "*");
            values.put(PREFIX + "root.accessible-node-labels." + LABEL + ".capacity", "100");
        }
        return values;
    }

    private static String joined(String prefix, IntStream numbers) {
        return String.join(",", numbers.mapToObj(number -> prefix + number).toList());
    }

    private void putLeaf(Map<String, String> values, String path, String capacity) {
        putQueue(values, path, capacity);
        values.put(PREFIX + path + ".ordering-policy", "fair");
    }

    private void putQueue(Map<String, String> values, String path, String capacity) {
        values.put(PREFIX + path + ".capacity", capacity);
        values.put(PREFIX + path + ".user-limit-factor", "1000");
        if (wish == Wish.LABELS) {
            values.put(PREFIX + path + ".accessible-node-labels", LABEL);
            values.put(PREFIX + path + ".accessible-node-labels." + LABEL + ".capacity", capacity);
        }
    }
}
