package dev.heddle.testbed.hadoop;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.apache.hadoop.yarn.server.nodemanager.NodeManager;
import org.apache.hadoop.yarn.server.nodemanager.containermanager.ContainerManagerImpl;
import org.apache.hadoop.yarn.util.resource.ResourceUtils;

/** The main class of a process that runs one of Hadoop's servers until its standard input closes. */
public final class HadoopServer {
    private static final String LOOPBACK = "127.0.0.1";

    /** How long a node that stops waits for its containers' processes. */
    private static final long KILL_WAIT_MS = 2_000;

    private HadoopServer() {}

    /** What this process runs, as far as it has to be stopped. */
    private record Running(List<NodeManager> nodes, Runnable stopResourceManager) {}

    /** Arguments: {@code cluster|node-manager DIRECTORY CONFIGURATION_DIRECTORY NODE_MANAGERS [KEY=VALUE...]}. */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[1]);
        Path configuration = Path.of(args[2]);
        Running running =
                switch (args[0]) {
                    case "cluster" ->
                        cluster(directory, configuration, List.of(args).subList(3, args.length));
                    case "node-manager" -> new Running(List.of(nodeManager(directory, configuration)), () -> {});
                    default -> throw new IllegalArgumentException("unknown role " + args[0]);
                };
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // Nothing is ever said on this pipe: its end is what counts.
        }
        // First who might start more.
        running.stopResourceManager().run();
        running.nodes().parallelStream().forEach(HadoopServer::endContainers);
        // Nothing else is worth the half minute that an orderly stop of Hadoop's services takes.
        Runtime.getRuntime().halt(0);
    }

    private static void endContainers(NodeManager node) {
        ((ContainerManagerImpl) node.getNMContext().getContainerManager()).cleanUpApplicationsOnNMShutDown();
    }

    private static Running cluster(Path directory, Path configuration, List<String> arguments) throws IOException {
        int nodeManagers = Integer.parseInt(arguments.get(0));
        System.setProperty("test.build.data", directory.resolve("data").toString());
        YarnConfiguration conf = new YarnConfiguration();
        common(conf);
        conf.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 128);
        conf.setInt(YarnConfiguration.NM_PMEM_MB, 4096);
        conf.set("yarn.scheduler.capacity.root.queues", "default");
        conf.set("yarn.scheduler.capacity.root.default.capacity", "100");
        conf.set("yarn.scheduler.capacity.maximum-am-resource-percent", "0.5");
        for (String setting : arguments.subList(1, arguments.size())) {
            int equals = setting.indexOf('=');
            conf.set(setting.substring(0, equals), setting.substring(equals + 1));
        }
        // Hadoop's classes learn them once in a process, and not from this configuration.
        ResourceUtils.resetResourceTypes(conf);
        MiniYARNCluster cluster = new MiniYARNCluster("testbed", nodeManagers, 1, 1);
        cluster.init(conf);
        cluster.start();
        try (OutputStream out = Files.newOutputStream(configuration.resolve("yarn-site.xml"))) {
            cluster.getConfig().writeXml(out);
        }
        return new Running(
                IntStream.range(0, nodeManagers)
                        .mapToObj(cluster::getNodeManager)
                        .toList(),
                () -> cluster.getResourceManager().stop());
    }

    private static NodeManager nodeManager(Path directory, Path configuration) {
        YarnConfiguration conf = new YarnConfiguration();
        conf.addResource(new org.apache.hadoop.fs.Path(
                configuration.resolve("yarn-site.xml").toUri()));
        common(conf);
        conf.set(YarnConfiguration.NM_ADDRESS, LOOPBACK + ":0");
        conf.set(YarnConfiguration.NM_LOCALIZER_ADDRESS, LOOPBACK + ":0");
        conf.set(YarnConfiguration.NM_WEBAPP_ADDRESS, LOOPBACK + ":0");
        conf.set(YarnConfiguration.NM_LOCAL_DIRS, directory.resolve("local").toString());
        conf.set(YarnConfiguration.NM_LOG_DIRS, directory.resolve("log").toString());
        conf.setInt(YarnConfiguration.NM_PMEM_MB, 4096);
        conf.setInt(YarnConfiguration.NM_VCORES, 8);
        NodeManager nodeManager = new NodeManager();
        nodeManager.init(conf);
        nodeManager.start();
        return nodeManager;
    }

    private static void common(Configuration conf) {
        conf.set(CommonConfigurationKeysPublic.FS_DEFAULT_NAME_KEY, "file:///");
        conf.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, false);
        conf.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
        conf.setBoolean(YarnConfiguration.NM_DISK_HEALTH_CHECK_ENABLE, false);
        conf.setInt(YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_MS, 100);
        conf.setLong(YarnConfiguration.NM_PROCESS_KILL_WAIT_MS, KILL_WAIT_MS);
    }
}
