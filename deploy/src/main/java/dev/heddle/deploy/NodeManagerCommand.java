package dev.heddle.deploy;

import dev.heddle.common.runtime.Daemon;
import dev.heddle.nm.NodeManager;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import picocli.CommandLine.Command;

/** {@code heddle node-manager}. */
@Command(name = "node-manager", description = "Run a node manager in the foreground.")
final class NodeManagerCommand extends DaemonCommand {
    @Override
    Daemon start(YarnConfiguration configuration) {
        return NodeManager.start(configuration);
    }
}
