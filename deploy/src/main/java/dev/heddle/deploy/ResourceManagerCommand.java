package dev.heddle.deploy;

import dev.heddle.common.runtime.Daemon;
import dev.heddle.rm.ResourceManager;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import picocli.CommandLine.Command;

/** {@code heddle resource-manager}. */
@Command(name = "resource-manager", description = "Run a resource manager in the foreground.")
final class ResourceManagerCommand extends DaemonCommand {
    @Override
    Daemon start(YarnConfiguration configuration) {
        return ResourceManager.start(configuration);
    }
}
