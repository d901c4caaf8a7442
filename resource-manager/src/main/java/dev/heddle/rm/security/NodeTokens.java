package dev.heddle.rm.security;

import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.NodeId;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.server.security.BaseNMTokenSecretManager;

/** The tokens with which masters speak to nodes. The nodes get the key when they register. Safe for use by any thread. */
public final class NodeTokens extends BaseNMTokenSecretManager {
    public NodeTokens() {
        currentMasterKey = createNewMasterKey();
    }

    /** The token of an attempt for one node. */
    public Token tokenFor(AttemptId attempt, NodeId node, String user) {
        return createNMToken(HadoopRecords.of(attempt), HadoopRecords.of(node), user);
    }
}
