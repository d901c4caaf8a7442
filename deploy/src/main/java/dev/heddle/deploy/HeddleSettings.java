package dev.heddle.deploy;

import dev.heddle.app.ApplicationSettings;
import dev.heddle.common.config.ConfigurationReview;
import dev.heddle.common.config.Setting;
import dev.heddle.common.rpc.transport.RpcSettings;
import dev.heddle.ha.HaSettings;
import dev.heddle.nm.HealthSettings;
import dev.heddle.nm.NodeManagerSettings;
import dev.heddle.nm.services.ServiceSettings;
import dev.heddle.rm.ResourceManagerSettings;
import dev.heddle.rm.queues.QueueFiles;
import dev.heddle.rm.scheduler.queue.config.ClusterKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/** Every setting of every module. Daemons share their files, so each has to know the settings of the others. */
final class HeddleSettings {
    private HeddleSettings() {}

    /** By title, in the order of the reference page. */
    static Map<String, List<Setting<?>>> modules() {
        Map<String, List<Setting<?>>> modules = new LinkedHashMap<>();
        modules.put("Remote procedure calls", RpcSettings.all());
        modules.put("High availability and ZooKeeper", HaSettings.all());
        modules.put("Resource manager", ResourceManagerSettings.all());
        modules.put("Node manager", NodeManagerSettings.all());
        modules.put("Applications", ApplicationSettings.all());
        return modules;
    }

    /** The keys of queues that hold for all of them. */
    static Set<String> queueKeys() {
        return Arrays.stream(ClusterKey.values()).map(ClusterKey::key).collect(Collectors.toSet());
    }

    /** What the configuration says beside these settings. */
    static ConfigurationReview review(Configuration configuration) {
        return new ConfigurationReview(
                modules().values().stream().flatMap(Collection::stream).toList(),
                new ConfigurationReview.Others(
                        queueKeys(),
                        Stream.concat(
                                        QueueFiles.PREFIXES.stream(),
                                        Stream.of(
                                                NodeManagerSettings.RESOURCE_KINDS,
                                                HealthSettings.SCRIPT_PREFIX,
                                                ServiceSettings.OF_ONE))
                                .toList()),
                configuration);
    }
}
