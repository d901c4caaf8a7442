package dev.heddle.rm;

import dev.heddle.common.UserException;
import java.net.InetSocketAddress;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.net.NetUtils;
import org.jspecify.annotations.Nullable;

/**
 * Where one of the RM's services listens, by YARN's keys: {@code KEY.ID} and {@code yarn.resourcemanager.hostname.ID} for
 * one RM of several, {@code KEY} and {@code yarn.resourcemanager.hostname} for a single one.
 *
 * @param key the setting that a person changes
 * @param bind where to listen: the configured port, at {@code yarn.resourcemanager.bind-host} where that is set
 */
record ServiceAddress(String key, InetSocketAddress bind) {
    /**
     * Resolves an address.
     *
     * @param base YARN's key without an RM's id
     * @param id of this RM, or null for a single one
     * @throws UserException if what is configured is no address
     */
    static ServiceAddress of(Configuration configuration, String base, int defaultPort, @Nullable String id) {
        String suffix = id == null ? "" : "." + id;
        String key = base + suffix;
        String address = configuration.getTrimmed(key);
        if (address == null || address.isEmpty() || address.startsWith("${")) {
            String host = configuration.getTrimmed(IdentitySettings.HOSTNAME.key() + suffix);
            if (host == null || host.isEmpty()) {
                if (id != null) {
                    throw new UserException("neither " + key + " nor " + IdentitySettings.HOSTNAME.key() + suffix
                            + " is set: give this resource manager an address");
                }
                host = "0.0.0.0";
            }
            address = host + ":" + defaultPort;
        }
        try {
            InetSocketAddress parsed = NetUtils.createSocketAddr(address, defaultPort, key);
            String bindHost = configuration.getTrimmed(IdentitySettings.BIND_HOST.key());
            return new ServiceAddress(
                    key,
                    bindHost == null || bindHost.isEmpty()
                            ? parsed
                            : new InetSocketAddress(bindHost, parsed.getPort()));
        } catch (IllegalArgumentException e) {
            throw new UserException(key + " is '" + address + "', which is no host:port; correct it", e);
        }
    }
}
