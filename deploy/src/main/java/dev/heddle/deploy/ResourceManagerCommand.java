package dev.heddle.deploy;

import dev.heddle.common.config.ConfigurationReview.Area;
import dev.heddle.common.runtime.Daemon;
import dev.heddle.rm.ResourceManager;
import java.util.List;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import picocli.CommandLine.Command;

/** {@code heddle resource-manager}. */
@Command(name = "resource-manager", description = "Run a resource manager in the foreground.")
final class ResourceManagerCommand extends DaemonCommand {
    private static final String UNREAD = "the resource manager does not read it";

    @Override
    List<String> moreFiles() {
        return List.of("capacity-scheduler.xml");
    }

    @Override
    List<Area> areas() {
        return List.of(new Area("yarn.scheduler.", UNREAD), new Area("yarn.resourcemanager.", UNREAD));
    }

    @Override
    Daemon start(YarnConfiguration configuration) {
        return ResourceManager.start(configuration);
    }
}
