package dev.heddle.nm.wire;

import dev.heddle.common.UserException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.yarn.conf.HAUtil;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;

/** Where the resource managers listen for nodes, by YARN's settings. */
public final class ResourceManagerAddresses {
    private ResourceManagerAddresses() {}

    /**
     * Every configured resource manager, one of which leads.
     *
     * @throws UserException if a resource manager is named without an address, or with one that cannot be
     */
    public static List<InetSocketAddress> read(YarnConfiguration configuration) {
        String key = YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS;
        int port = YarnConfiguration.DEFAULT_RM_RESOURCE_TRACKER_PORT;
        if (!HAUtil.isHAEnabled(configuration)) {
            String address = configured(configuration, key);
            return List.of(parse(
                    address != null ? address : YarnConfiguration.DEFAULT_RM_RESOURCE_TRACKER_ADDRESS, port, key));
        }
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (String id : HAUtil.getRMHAIds(configuration)) {
            String addressKey = HAUtil.addSuffix(key, id);
            String hostKey = HAUtil.addSuffix(YarnConfiguration.RM_HOSTNAME, id);
            String address = configured(configuration, addressKey);
            String host = configured(configuration, hostKey);
            if (address == null && host == null) {
                throw new UserException("resource manager " + id + ", which " + YarnConfiguration.RM_HA_IDS
                        + " names, has no address: set " + addressKey + " or " + hostKey);
            }
            addresses.add(parse(address != null ? address : String.valueOf(host), port, addressKey));
        }
        if (addresses.isEmpty()) {
            throw new UserException(YarnConfiguration.RM_HA_ENABLED + " is true and " + YarnConfiguration.RM_HA_IDS
                    + " names no resource manager: name them");
        }
        return addresses;
    }

    private static InetSocketAddress parse(String text, int defaultPort, String key) {
        try {
            return NetUtils.createSocketAddr(text, defaultPort, key);
        } catch (IllegalArgumentException e) {
            throw new UserException(key + " is '" + text + "', which is no HOST:PORT: correct it", e);
        }
    }

    private static @Nullable String configured(YarnConfiguration configuration, String key) {
        String value = configuration.getTrimmed(key);
        return value == null || value.isEmpty() ? null : value;
    }
}
