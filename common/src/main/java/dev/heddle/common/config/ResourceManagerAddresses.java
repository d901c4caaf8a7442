package dev.heddle.common.config;

import dev.heddle.common.UserException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.yarn.conf.HAUtil;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/** Where the resource managers listen, one of which leads, by YARN's settings. */
public final class ResourceManagerAddresses {
    private ResourceManagerAddresses() {}

    /**
     * Every configured resource manager's port for nodes.
     *
     * @throws UserException if a resource manager is named without an address, or with one that cannot be
     */
    public static List<InetSocketAddress> forNodes(Configuration configuration) {
        return read(
                configuration,
                YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
                YarnConfiguration.DEFAULT_RM_RESOURCE_TRACKER_PORT);
    }

    /** As {@link #forNodes}, for application masters. */
    public static List<InetSocketAddress> forMasters(Configuration configuration) {
        return read(configuration, YarnConfiguration.RM_SCHEDULER_ADDRESS, YarnConfiguration.DEFAULT_RM_SCHEDULER_PORT);
    }

    /** As {@link #forNodes}, for those who submit and watch applications. */
    public static List<InetSocketAddress> forClients(Configuration configuration) {
        return read(configuration, YarnConfiguration.RM_ADDRESS, YarnConfiguration.DEFAULT_RM_PORT);
    }

    private static List<InetSocketAddress> read(Configuration configuration, String key, int port) {
        if (!HAUtil.isHAEnabled(configuration)) {
            return List.of(address(configuration, key, YarnConfiguration.RM_HOSTNAME, port, "the resource manager"));
        }
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String id : HAUtil.getRMHAIds(configuration)) {
            addresses.add(address(
                    configuration,
                    HAUtil.addSuffix(key, id),
                    HAUtil.addSuffix(YarnConfiguration.RM_HOSTNAME, id),
                    port,
                    "resource manager " + id + ", which " + YarnConfiguration.RM_HA_IDS + " names,"));
        }
        if (addresses.isEmpty()) {
            throw new UserException(YarnConfiguration.RM_HA_ENABLED + " is true and " + YarnConfiguration.RM_HA_IDS
                    + " names no resource manager: name them");
        }
        return addresses;
    }

    private static InetSocketAddress address(
            Configuration configuration, String addressKey, String hostKey, int port, String who) {
        String address = configured(configuration, addressKey);
        String text = address == null ? configured(configuration, hostKey) : address;
        if (text == null) {
            throw new UserException(who + " has no address: set " + addressKey + " or " + hostKey);
        }
        try {
            return NetUtils.createSocketAddr(text, port, addressKey);
        } catch (IllegalArgumentException e) {
            throw new UserException(addressKey + " is '" + text + "', which is no HOST:PORT: correct it", e);
        }
    }

    private static @Nullable String configured(Configuration configuration, String key) {
        String value = configuration.getTrimmed(key);
        return value == null || value.isEmpty() ? null : value;
    }
}
