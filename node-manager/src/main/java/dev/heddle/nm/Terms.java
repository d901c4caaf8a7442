package dev.heddle.nm;

import dev.heddle.common.config.ResourceManagerAddresses;
import dev.heddle.common.resources.Resource;
import dev.heddle.nm.descriptors.NodeDescriptors;
import dev.heddle.nm.health.HealthScript;
import dev.heddle.nm.logs.NodeLogs;
import java.net.InetSocketAddress;
import java.util.List;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** What the configuration says of this node, all of it checked before anything is begun. */
record Terms(
        Machine machine,
        NodeAddresses addresses,
        Resource capability,
        NodeDescriptors descriptors,
        List<InetSocketAddress> resourceManagers,
        NodeLogs.Policy logPolicy,
        List<HealthScript> healthScripts) {
    /** @throws dev.heddle.common.UserException if a setting makes no sense */
    static Terms read(YarnConfiguration configuration) {
        Machine machine = Machine.detect();
        return new Terms(
                machine,
                NodeAddresses.read(configuration),
                NodeCapability.read(configuration, machine),
                NodeDescriptors.read(configuration),
                ResourceManagerAddresses.forNodes(configuration),
                LogSettings.policy(configuration),
                HealthSettings.scripts(configuration));
    }
}
