package dev.heddle.deploy;

import dev.heddle.common.config.ConfigurationReview.Area;
import dev.heddle.common.runtime.Daemon;
import dev.heddle.nm.NodeManager;
import java.util.List;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import picocli.CommandLine.Command;

/** {@code heddle node-manager}. */
@Command(name = "node-manager", description = "Run a node manager in the foreground.")
final class NodeManagerCommand extends DaemonCommand {
    @Override
    List<Area> areas() {
        return List.of(new Area("yarn.nodemanager.", "the node manager does not read it"));
    }

    /** What YARN has nodes say of their further kinds of resources. */
    @Override
    List<String> moreFiles() {
        return List.of("node-resources.xml");
    }

    @Override
    Daemon start(YarnConfiguration configuration) {
        return NodeManager.start(configuration);
    }
}
