package dev.heddle.nm;

import dev.heddle.testbed.ChildProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Node managers as processes of their own, which end in an orderly way when their standard input does. */
final class NodeManagerProcess {
    private static final String READY = "ready ";

    private NodeManagerProcess() {}

    /** A configuration for one that keeps everything in a directory, and that containers outlive. */
    static YarnConfiguration configuration(Path directory, FakeResourceManager resourceManager) {
        YarnConfiguration configuration = new YarnConfiguration(new Configuration(false));
        configuration.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, resourceManager.address());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(YarnConfiguration.NM_WEBAPP_ADDRESS, "127.0.0.1:0");
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("local0") + "," + directory.resolve("local1"));
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs").toString());
        configuration.set(NodeManagerSettings.KILL_DELAY.key(), "200");
        configuration.set(LocalizationSettings.CACHE_SIZE.key(), "20");
        configuration.set(NodeManagerSettings.RECOVERY_ENABLED.key(), "true");
        configuration.set(NodeManagerSettings.RECOVERY_SUPERVISED.key(), "true");
        configuration.set(
                NodeManagerSettings.RECOVERY_DIR.key(),
                directory.resolve("recovery").toString());
        return configuration;
    }

    /** Starts one. Its configuration and output lie in the directory under its name. */
    static ChildProcess start(Path directory, String name, YarnConfiguration configuration) throws IOException {
        Path site = directory.resolve(name + ".xml");
        try (OutputStream out = Files.newOutputStream(site)) {
            configuration.writeXml(out);
        }
        return ChildProcess.java(
                directory,
                name,
                Map.of(),
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"),
                System.getProperty("java.class.path"),
                NodeManagerProcess.class.getName(),
                site.toString());
    }

    /** Waits until it serves, and answers where. */
    static NodeId served(ChildProcess process, Duration limit) {
        return NodeId.fromString(process.awaitReady(limit).substring(READY.length()));
    }

    /** All processes whose command lines name a directory, besides one. */
    static List<ProcessHandle> processes(Path directory, ChildProcess besides) {
        return ProcessHandle.allProcesses()
                .filter(each -> each.pid() != besides.pid()
                        && each.info().commandLine().orElse("").contains(directory.toString()))
                .toList();
    }

    /** Runs one by the configuration file that is the only argument. */
    public static void main(String[] arguments) throws Exception {
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.addResource(
                new org.apache.hadoop.fs.Path(Path.of(arguments[0]).toUri()));
        NodeManager nodeManager = NodeManager.start(configuration);
        Runtime.getRuntime().addShutdownHook(new Thread(nodeManager::close, "stop"));
        System.out.println(READY + nodeManager.nodeId());
        while (System.in.read() >= 0) {
            // Nothing is said to it.
        }
        System.exit(0);
    }
}
