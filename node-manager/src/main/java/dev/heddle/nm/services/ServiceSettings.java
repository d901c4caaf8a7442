package dev.heddle.nm.services;

import dev.heddle.common.config.Setting;
import java.util.List;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/** Settings for auxiliary services. The keys that carry a service's name are {@link ServiceDeclaration}'s. */
public final class ServiceSettings {
    /** Begins the keys of each service, which carry its name. */
    public static final String OF_ONE = YarnConfiguration.NM_AUX_SERVICES + ".";

    static final Setting<String> NAMES = Setting.text(
            YarnConfiguration.NM_AUX_SERVICES,
            "",
            "Auxiliary services of this node, separated by commas, such as mapreduce_shuffle. For each NAME,"
                    + " yarn.nodemanager.aux-services.NAME.class says which class it is, .classpath where its jars are"
                    + " (as for a shell, parted by colons), and .system-classes which classes are taken from this daemon"
                    + " even so.");
    static final Setting<Boolean> MANIFEST_ENABLED = Setting.bool(
            YarnConfiguration.NM_AUX_SERVICES_MANIFEST_ENABLED,
            YarnConfiguration.DEFAULT_NM_AUX_SERVICES_MANIFEST_ENABLED,
            "Whether a file besides the configuration names the auxiliary services, which this node manager cannot do:"
                    + " true is refused.");
    static final Setting<Long> CALL_LIMIT = Setting.millis(
            "heddle.nodemanager.aux-services.call-limit-ms",
            60_000,
            "How long an auxiliary service may take to start, or to take a container. A service that takes longer to"
                    + " start ends this daemon; a container that it does not take in time fails.");

    private ServiceSettings() {}

    public static List<Setting<?>> all() {
        return List.of(NAMES, MANIFEST_ENABLED, CALL_LIMIT);
    }
}
