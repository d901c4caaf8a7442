package dev.heddle.nm.security;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.security.NMTokenIdentifier;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.jspecify.annotations.Nullable;

/**
 * Verifies NM tokens: what an application master (or the resource manager for it) shows when it connects to this node.
 *
 * <p>Read by the threads of the RPC server, written by the thread that talks to the resource manager. An attempt that has
 * started a container keeps the key of its token for as long as its application runs, however often keys roll: the
 * resource manager issues no second token to it.
 */
public final class NmTokenSecrets extends SecretManager<NMTokenIdentifier> {
    private final Map<ApplicationAttemptId, MasterKeys.Key> keysOfAttempts = new ConcurrentHashMap<>();
    private final KeyJournal journal;
    private volatile MasterKeys keys = MasterKeys.NONE;
    private volatile @Nullable NodeId nodeId;

    public NmTokenSecrets(KeyJournal journal) {
        this.journal = journal;
    }

    /** Says which node this is; a token for another is refused. */
    public void setNodeId(NodeId nodeId) {
        this.nodeId = nodeId;
    }

    /** Takes the key that the resource manager signs with from now on. */
    public void setCurrentKey(MasterKey key) {
        MasterKeys rolled = keys.rolledTo(read(key));
        if (!rolled.equals(keys)) {
            keys = rolled;
            journal.rolled(rolled.held());
        }
    }

    /** Takes over the keys of an earlier node manager; before everything else. */
    public void restore(HeldKeys held) {
        MasterKey current = held.current();
        MasterKey previous = held.previous();
        keys = new MasterKeys(current == null ? null : read(current), previous == null ? null : read(previous));
    }

    private static MasterKeys.Key read(MasterKey key) {
        ByteBuffer bytes = key.getBytes().duplicate();
        byte[] secret = new byte[bytes.remaining()];
        bytes.get(secret);
        return new MasterKeys.Key(key.getKeyId(), createSecretKey(secret), key);
    }

    /** The key last taken, or null before the first registration. */
    public @Nullable MasterKey currentKey() {
        MasterKeys.Key current = keys.current();
        return current == null ? null : current.record();
    }

    /** Remembers the key of a token whose owner has started a container here. */
    public void remember(NMTokenIdentifier token) {
        MasterKeys.Key key = keys.find(token.getKeyId());
        if (key != null) {
            MasterKeys.Key before = keysOfAttempts.put(token.getApplicationAttemptId(), key);
            if (!key.equals(before)) {
                journal.remembered(token.getApplicationAttemptId(), key.record());
            }
        }
    }

    /** Takes over what an earlier node manager remembered. */
    public void restoreRemembered(Map<ApplicationAttemptId, MasterKey> remembered) {
        remembered.forEach((attempt, key) -> keysOfAttempts.put(attempt, read(key)));
    }

    /** Forgets the keys of an application that has ended. */
    public void forget(ApplicationId application) {
        keysOfAttempts.keySet().removeIf(attempt -> attempt.getApplicationId().equals(application));
        journal.forgotten(application);
    }

    @Override
    public byte[] retrievePassword(NMTokenIdentifier token) throws InvalidToken {
        NodeId here = nodeId;
        if (here == null || !here.equals(token.getNodeId())) {
            throw new InvalidToken("The NM token of " + token.getApplicationAttemptId() + " is for node "
                    + token.getNodeId() + ", and this is " + here + ".");
        }
        MasterKeys.Key key = keys.find(token.getKeyId());
        if (key == null) {
            MasterKeys.Key remembered = keysOfAttempts.get(token.getApplicationAttemptId());
            key = remembered != null && remembered.id() == token.getKeyId() ? remembered : null;
        }
        if (key == null) {
            throw new InvalidToken("The NM token of " + token.getApplicationAttemptId() + " is signed with key "
                    + token.getKeyId() + ", which this node does not hold (any more).");
        }
        return createPassword(token.getBytes(), key.secret());
    }

    @Override
    protected byte[] createPassword(NMTokenIdentifier token) {
        throw new UnsupportedOperationException("only the resource manager issues NM tokens");
    }

    @Override
    public NMTokenIdentifier createIdentifier() {
        return new NMTokenIdentifier();
    }
}
