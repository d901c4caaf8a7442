package dev.heddle.deploy;

import dev.heddle.common.runtime.Daemon;
import dev.heddle.common.runtime.ExitOnFault;
import dev.heddle.ha.EmbeddedZooKeeper;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import picocli.CommandLine.Command;

/** {@code heddle zookeeper}. */
@Command(
        name = "zookeeper",
        description = "Run a ZooKeeper server in the foreground, for clusters that have no ensemble of their own.")
final class ZooKeeperCommand extends DaemonCommand {
    @Override
    Daemon start(YarnConfiguration configuration) {
        return EmbeddedZooKeeper.start(configuration, new ExitOnFault());
    }
}
