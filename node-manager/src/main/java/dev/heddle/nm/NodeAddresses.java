package dev.heddle.nm;

import dev.heddle.common.UserException;
import dev.heddle.common.config.Setting;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.yarn.api.records.NodeId;

/**
 * Where a node listens, and by which name others reach it.
 *
 * @param bind where it listens; port 0 takes a free one
 * @param web where its page and REST interface are
 * @param advertised the host that others use
 */
record NodeAddresses(InetSocketAddress bind, InetSocketAddress web, String advertised) {
    private static final int ANY_PORT = 0;

    /**
     * Reads the settings.
     *
     * @throws UserException if they name no address of this machine
     */
    static NodeAddresses read(Configuration configuration) {
        InetSocketAddress address = address(configuration, NodeManagerSettings.ADDRESS, ANY_PORT);
        return new NodeAddresses(
                bind(configuration, address),
                bind(configuration, address(configuration, WebSettings.ADDRESS, WebSettings.DEFAULT_PORT)),
                advertised(address));
    }

    private static InetSocketAddress address(Configuration configuration, Setting<String> setting, int defaultPort) {
        String key = setting.key();
        String text = setting.get(configuration);
        InetSocketAddress address;
        try {
            address = NetUtils.createSocketAddr(text, defaultPort, key);
        } catch (IllegalArgumentException e) {
            throw new UserException(key + " is '" + text + "', which is no HOST:PORT: correct it", e);
        }
        if (address.isUnresolved()) {
            throw new UserException(
                    "host " + address.getHostString() + ", which " + key + " names, is not known: correct it");
        }
        return address;
    }

    private static InetSocketAddress bind(Configuration configuration, InetSocketAddress address) {
        String bindHost = NodeManagerSettings.BIND_HOST.get(configuration);
        return bindHost.isEmpty() ? address : NetUtils.createSocketAddrForHost(bindHost, address.getPort());
    }

    private static String advertised(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        if (host.isAnyLocalAddress()) {
            try {
                return InetAddress.getLocalHost().getCanonicalHostName();
            } catch (UnknownHostException e) {
                throw new UserException(
                        "this machine does not know its own name (" + e.getMessage() + "): set "
                                + NodeManagerSettings.HOSTNAME.key(),
                        e);
            }
        }
        // The full name, by which file systems tell where blocks lie. Loopback stays as written: its name may lead to
        // another of the machine's loopback addresses, where nothing listens.
        return host.isLoopbackAddress() ? address.getHostString() : host.getCanonicalHostName();
    }

    NodeId nodeId(int port) {
        return NodeId.newInstance(advertised, port);
    }
}
