package dev.heddle.app.master;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.yarn.api.records.NMToken;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Token;
import org.jspecify.annotations.Nullable;

/**
 * What this application shows to each node that it has containers on. The resource manager sends a node's token with the
 * first container there, and again when its key has rolled; the newest counts. Thread-safe.
 */
final class NodeTokens {
    private final Map<NodeId, Token> tokens = new ConcurrentHashMap<>();

    void keep(List<NMToken> sent) {
        sent.forEach(token -> tokens.put(token.getNodeId(), token.getToken()));
    }

    /** The token for a node, or null where there is none. */
    @Nullable
    Token of(NodeId node) {
        return tokens.get(node);
    }
}
