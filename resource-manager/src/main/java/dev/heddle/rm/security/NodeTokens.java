package dev.heddle.rm.security;

import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.NodeId;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.security.NMTokenIdentifier;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.apache.hadoop.yarn.server.security.MasterKeyData;
import org.jspecify.annotations.Nullable;

/**
 * The tokens with which masters speak to nodes. The nodes get the key when they register, and the next one with their
 * heartbeats some time before it comes into use. Safe for use by any thread.
 */
public final class NodeTokens extends SecretManager<NMTokenIdentifier> {
    private final RollingKeys keys;

    /**
     * A new key.
     *
     * @param replaced is told each time that another key has come into use: masters need new tokens then
     */
    public NodeTokens(InstantSource clock, RollingKeys.Plan plan, Runnable replaced) {
        keys = new RollingKeys(clock, plan, new SecureRandom().nextInt(), this::generateSecret, replaced);
    }

    public MasterKey currentKey() {
        return keys.now().current().getMasterKey();
    }

    /** The key that a node needs soon, or null where it is the one that it has, or there is none. */
    public @Nullable MasterKey nextKeyFor(int knownKey) {
        return ContainerTokens.nextKey(keys.now(), knownKey);
    }

    /** The token of an attempt for one node. */
    public Token tokenFor(AttemptId attempt, NodeId node, String user) {
        MasterKeyData key = keys.now().current();
        NMTokenIdentifier identifier = new NMTokenIdentifier(
                HadoopRecords.of(attempt),
                HadoopRecords.of(node),
                user,
                key.getMasterKey().getKeyId());
        String service = SecurityUtil.buildTokenService(NetUtils.createSocketAddrForHost(node.host(), node.port()))
                .toString();
        return Token.newInstance(
                identifier.getBytes(),
                NMTokenIdentifier.KIND.toString(),
                createPassword(identifier.getBytes(), key.getSecretKey()),
                service);
    }

    @Override
    protected byte[] createPassword(NMTokenIdentifier identifier) {
        return createPassword(identifier.getBytes(), keys.now().current().getSecretKey());
    }

    @Override
    public byte[] retrievePassword(NMTokenIdentifier identifier) throws InvalidToken {
        MasterKeyData key = keys.now().numbered(identifier.getKeyId());
        if (key == null) {
            throw new InvalidToken("the key of this token for " + identifier.getNodeId() + " was replaced");
        }
        return createPassword(identifier.getBytes(), key.getSecretKey());
    }

    @Override
    public NMTokenIdentifier createIdentifier() {
        return new NMTokenIdentifier();
    }
}
