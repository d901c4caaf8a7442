package dev.heddle.common.rpc.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.UserGroupInformation;
import org.jspecify.annotations.Nullable;

/**
 * Where an attempt to connect goes to, and from where.
 *
 * @param local the address that the caller's Kerberos principal names, if it is one of this machine's: a server may check
 *     that they agree. Null for any.
 */
record Route(InetSocketAddress server, @Nullable InetSocketAddress local) {

    /**
     * Asks for the server's address anew, since a host may have moved. May wait for the name service.
     *
     * @throws UnknownHostException if the server's name has no address
     */
    static Route find(InetSocketAddress peer, RpcIdentity identity) throws IOException {
        InetSocketAddress server = NetUtils.createSocketAddrForHost(peer.getHostString(), peer.getPort());
        if (server.isUnresolved()) {
            throw new UnknownHostException("the name " + peer.getHostString() + " has no address");
        }
        UserGroupInformation login = identity.kerberosLogin();
        InetAddress local = login == null
                ? null
                : NetUtils.getLocalInetAddress(SecurityUtil.getHostFromPrincipal(login.getUserName()));
        // A loopback address says nothing to a server elsewhere and could not reach it.
        return local == null || local.isLoopbackAddress()
                ? new Route(server, null)
                : new Route(server, new InetSocketAddress(local, 0));
    }
}
