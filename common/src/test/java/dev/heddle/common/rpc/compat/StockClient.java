package dev.heddle.common.rpc.compat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.PrivilegedExceptionAction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.ipc.YarnRPC;

/**
 * YARN's own client of one of its protocols, on a connection that ends with it.
 *
 * @param call the protocol, to be called
 */
record StockClient<T>(T call) implements AutoCloseable {
    /** A client of the user whom the process runs as. It connects at the first call. */
    static <T> StockClient<T> of(Class<T> protocol, InetSocketAddress address, Configuration configuration) {
        return new StockClient<>(
                protocol.cast(YarnRPC.create(configuration).getProxy(protocol, address, configuration)));
    }

    /** A client of another user. */
    static <T> StockClient<T> as(
            UserGroupInformation user, Class<T> protocol, InetSocketAddress address, Configuration configuration)
            throws IOException, InterruptedException {
        return user.doAs((PrivilegedExceptionAction<StockClient<T>>) () -> of(protocol, address, configuration));
    }

    @Override
    public void close() {
        RPC.stopProxy(call);
    }
}
