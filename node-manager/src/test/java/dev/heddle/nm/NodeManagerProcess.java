package dev.heddle.nm;

import java.nio.file.Path;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** A node manager as a process of its own, which ends in an orderly way when its standard input does. */
final class NodeManagerProcess {
    private NodeManagerProcess() {}

    /** Runs one by the configuration file that is the only argument. */
    public static void main(String[] arguments) throws Exception {
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.addResource(
                new org.apache.hadoop.fs.Path(Path.of(arguments[0]).toUri()));
        NodeManager nodeManager = NodeManager.start(configuration);
        Runtime.getRuntime().addShutdownHook(new Thread(nodeManager::close, "stop"));
        System.out.println("ready " + nodeManager.nodeId());
        while (System.in.read() >= 0) {
            // Nothing is said to it.
        }
        System.exit(0);
    }
}
