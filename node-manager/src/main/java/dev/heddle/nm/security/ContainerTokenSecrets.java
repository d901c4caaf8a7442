package dev.heddle.nm.security;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.jspecify.annotations.Nullable;

/**
 * Verifies container tokens: the resource manager's word that a container may be started here, with how much and for whom.
 *
 * <p>Read by the threads of the RPC server, written by the thread that talks to the resource manager.
 */
public final class ContainerTokenSecrets extends SecretManager<ContainerTokenIdentifier> {
    private final KeyJournal journal;
    private volatile MasterKeys keys = MasterKeys.NONE;
    private volatile @Nullable NodeId nodeId;

    public ContainerTokenSecrets(KeyJournal journal) {
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

    /**
     * Reads what a token says, without believing it.
     *
     * @throws IOException if it says nothing that can be read
     */
    public static ContainerTokenIdentifier read(Token token) throws IOException {
        ContainerTokenIdentifier identifier = new ContainerTokenIdentifier();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes(token.getIdentifier())))) {
            identifier.readFields(in);
        } catch (RuntimeException e) {
            throw new IOException("Invalid container token", e);
        }
        if (identifier.getContainerID() == null || identifier.getResource() == null) {
            throw new IOException("Invalid container token: it names no container or no resource");
        }
        return identifier;
    }

    /**
     * Checks the signature and the node of a token.
     *
     * @throws InvalidToken if the resource manager has not signed it, or has signed it for another node
     */
    public void verify(Token token, ContainerTokenIdentifier identifier) throws InvalidToken {
        // What is signed is what was sent: an identifier written anew may lack fields that this version does not know.
        byte[] expected = password(bytes(token.getIdentifier()), identifier);
        if (!MessageDigest.isEqual(expected, bytes(token.getPassword()))) {
            throw new InvalidToken("The container token of " + identifier.getContainerID()
                    + " is not signed by this node's resource manager.");
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private byte[] password(byte[] signed, ContainerTokenIdentifier identifier) throws InvalidToken {
        NodeId here = nodeId;
        if (here == null || !here.toString().equals(identifier.getNmHostAddress())) {
            throw new InvalidToken("The container token of " + identifier.getContainerID() + " is for node "
                    + identifier.getNmHostAddress() + ", and this is " + here + ".");
        }
        MasterKeys.Key key = keys.find(identifier.getMasterKeyId());
        if (key == null) {
            throw new InvalidToken("The container token of " + identifier.getContainerID() + " is signed with key "
                    + identifier.getMasterKeyId() + ", which this node does not hold (any more).");
        }
        return createPassword(signed, key.secret());
    }

    @Override
    public byte[] retrievePassword(ContainerTokenIdentifier identifier) throws InvalidToken {
        return password(identifier.getBytes(), identifier);
    }

    @Override
    protected byte[] createPassword(ContainerTokenIdentifier identifier) {
        throw new UnsupportedOperationException("only the resource manager issues container tokens");
    }

    @Override
    public ContainerTokenIdentifier createIdentifier() {
        return new ContainerTokenIdentifier();
    }
}
