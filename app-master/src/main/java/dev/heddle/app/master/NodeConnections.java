package dev.heddle.app.master;

import dev.heddle.common.rpc.client.RpcClient;
import dev.heddle.common.rpc.client.RpcConnection;
import dev.heddle.common.rpc.client.RpcIdentity;
import dev.heddle.common.rpc.client.WhenUnreachable;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.ContainerManagementProtocolPB;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.util.ConverterUtils;

/** One connection to each node for as long as there are calls to it, which share it. For one thread. */
final class NodeConnections implements AutoCloseable {
    private final RpcClient client;
    private final ApplicationAttemptId attempt;
    private final NodeTokens tokens;
    private final Map<NodeId, Shared> open = new HashMap<>();

    private static final class Shared {
        final RpcConnection connection;
        int users;

        Shared(RpcConnection connection) {
            this.connection = connection;
        }
    }

    /**
     * @param attempt as which nodes are called
     * @param tokens that prove it
     */
    NodeConnections(RpcThreads threads, Configuration conf, ApplicationAttemptId attempt, NodeTokens tokens) {
        this.client = RpcClient.create(threads, conf);
        this.attempt = attempt;
        this.tokens = tokens;
    }

    /**
     * A connection to a node, to be given back after the call.
     *
     * @throws IOException if the resource manager has sent no token for the node
     */
    RpcConnection borrow(NodeId node) throws IOException {
        Shared shared = open.get(node);
        if (shared == null) {
            Token token = tokens.of(node);
            if (token == null) {
                throw new IOException("the resource manager has sent no token for " + node);
            }
            shared = new Shared(client.connect(
                    InetSocketAddress.createUnresolved(node.getHost(), node.getPort()),
                    ContainerManagementProtocolPB.class,
                    RpcIdentity.token(
                            attempt.toString(), ConverterUtils.convertFromYarn(token, (InetSocketAddress) null)),
                    WhenUnreachable.FAIL));
            open.put(node, shared);
        }
        shared.users++;
        return shared.connection;
    }

    /** Closes the connection where nobody else has it. */
    void giveBack(NodeId node) {
        Shared shared = open.get(node);
        if (shared != null && --shared.users == 0) {
            open.remove(node);
            shared.connection.close();
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
