package dev.heddle.rm.security;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.SecretKey;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;

/**
 * The tokens that stand for a user at the client port, for those who cannot log in themselves. A token must be renewed by
 * the one whom it names, and cannot be renewed for ever. Keys are rolled when they have been used for long enough; each is
 * kept as long as a token made with it may live. Has no thread: what is over is dropped when the next token is asked for.
 * Safe for use by any thread.
 */
public final class DelegationTokens extends SecretManager<RMDelegationTokenIdentifier> {
    /** Tokens that are good at a time; one more is refused. */
    static final int CAPACITY = 1_000_000;

    /**
     * How long things are good for, in ms.
     *
     * @param keyIntervalMs for how long new tokens are made with the same key
     * @param renewIntervalMs a token, from its making or its last renewal on
     * @param maxLifetimeMs a token, however often it is renewed
     */
    public record Times(long keyIntervalMs, long renewIntervalMs, long maxLifetimeMs) {}

    private record Key(SecretKey secret, long madeAtMs) {}

    private final Times times;
    private final InstantSource clock;
    private final int capacity;
    private final Map<Integer, Key> keys = new HashMap<>();
    /** When those expire that are good, the first made first. */
    private final Map<RMDelegationTokenIdentifier, Long> expiriesMs = new LinkedHashMap<>();

    private int lastKeyId;
    private int lastSequence;

    public DelegationTokens(Times times, InstantSource clock) {
        this(times, clock, CAPACITY);
    }

    DelegationTokens(Times times, InstantSource clock, int capacity) {
        this.times = times;
        this.clock = clock;
        this.capacity = capacity;
    }

    /**
     * A new token.
     *
     * @param owner whom it stands for
     * @param renewer who may renew it; empty for nobody
     * @param realUser who acts for the owner, or empty
     * @throws IOException if there are too many already
     */
    public synchronized Token<RMDelegationTokenIdentifier> issue(String owner, String renewer, String realUser)
            throws IOException {
        dropWhatIsOver();
        if (expiriesMs.size() >= capacity) {
            throw new IOException(
                    "There are " + capacity + " delegation tokens already: cancel those that are not needed");
        }
        RMDelegationTokenIdentifier identifier = new RMDelegationTokenIdentifier(
                new Text(owner), new Text(renewer), realUser.isEmpty() ? null : new Text(realUser));
        byte[] password = createPassword(identifier);
        return new Token<>(identifier.getBytes(), password, identifier.getKind(), new Text());
    }

    @Override
    protected synchronized byte[] createPassword(RMDelegationTokenIdentifier identifier) {
        long nowMs = clock.millis();
        identifier.setIssueDate(nowMs);
        identifier.setMaxDate(nowMs + times.maxLifetimeMs());
        identifier.setSequenceNumber(++lastSequence);
        Key key = currentKey(nowMs);
        identifier.setMasterKeyId(lastKeyId);
        expiriesMs.put(identifier, Math.min(identifier.getMaxDate(), nowMs + times.renewIntervalMs()));
        return createPassword(identifier.getBytes(), key.secret());
    }

    private Key currentKey(long nowMs) {
        Key current = keys.get(lastKeyId);
        if (current == null || nowMs - current.madeAtMs() >= times.keyIntervalMs()) {
            current = new Key(generateSecret(), nowMs);
            keys.put(++lastKeyId, current);
        }
        return current;
    }

    private void dropWhatIsOver() {
        long nowMs = clock.millis();
        expiriesMs.values().removeIf(expiryMs -> expiryMs < nowMs);
        Iterator<Map.Entry<Integer, Key>> all = keys.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Integer, Key> key = all.next();
            if (key.getKey() != lastKeyId
                    && nowMs - key.getValue().madeAtMs() > times.keyIntervalMs() + times.maxLifetimeMs()) {
                all.remove();
            }
        }
    }

    @Override
    public synchronized byte[] retrievePassword(RMDelegationTokenIdentifier identifier) throws InvalidToken {
        Long expiryMs = expiriesMs.get(identifier);
        if (expiryMs == null) {
            throw new InvalidToken("token (" + identifier + ") can't be found in cache");
        }
        if (expiryMs < clock.millis()) {
            throw new InvalidToken("token (" + identifier + ") is expired: it was to be renewed in time");
        }
        return passwordOf(identifier);
    }

    private byte[] passwordOf(RMDelegationTokenIdentifier identifier) throws InvalidToken {
        Key key = keys.get(identifier.getMasterKeyId());
        if (key == null) {
            throw new InvalidToken("Unable to find master key for keyId=" + identifier.getMasterKeyId()
                    + " from cache: token (" + identifier + ")");
        }
        return createPassword(identifier.getBytes(), key.secret());
    }

    /**
     * Makes a token good for another while.
     *
     * @return until when, in ms since 1970
     * @throws InvalidToken if it is unknown, forged or can be renewed no more
     * @throws AccessControlException if it names another renewer
     */
    public synchronized long renew(Token<RMDelegationTokenIdentifier> token, String renewer) throws IOException {
        RMDelegationTokenIdentifier identifier = decode(token);
        long nowMs = clock.millis();
        if (identifier.getMaxDate() < nowMs) {
            throw new InvalidToken(renewer + " tried to renew an expired token (" + identifier
                    + ") max expiration date: " + identifier.getMaxDate() + " currentTime: " + nowMs);
        }
        String named = identifier.getRenewer().toString();
        if (named.isEmpty()) {
            throw new AccessControlException(
                    renewer + " tried to renew a token (" + identifier + ") without a renewer");
        }
        if (!named.equals(renewer)) {
            throw new AccessControlException(
                    renewer + " tries to renew a token (" + identifier + ") with non-matching renewer " + named);
        }
        if (!expiriesMs.containsKey(identifier)) {
            throw new InvalidToken("Renewal request for unknown token (" + identifier + ")");
        }
        checkPassword(token, identifier, renewer);
        long expiryMs = Math.min(identifier.getMaxDate(), nowMs + times.renewIntervalMs());
        expiriesMs.put(identifier, expiryMs);
        return expiryMs;
    }

    /**
     * Ends a token.
     *
     * @param user the full name of the one who wants that
     * @param shortName of the same
     * @throws InvalidToken if it is unknown or forged
     * @throws AccessControlException if that is neither its owner nor its renewer
     */
    public synchronized void cancel(Token<RMDelegationTokenIdentifier> token, String user, String shortName)
            throws IOException {
        RMDelegationTokenIdentifier identifier = decode(token);
        String renewer = identifier.getRenewer().toString();
        boolean owner = user.equals(identifier.getOwner().toString());
        if (!owner && (renewer.isEmpty() || !renewer.equals(shortName))) {
            throw new AccessControlException(user + " is not authorized to cancel the token (" + identifier + ")");
        }
        if (!expiriesMs.containsKey(identifier)) {
            throw new InvalidToken("Token not found (" + identifier + ")");
        }
        checkPassword(token, identifier, user);
        expiriesMs.remove(identifier);
    }

    private void checkPassword(
            Token<RMDelegationTokenIdentifier> token, RMDelegationTokenIdentifier identifier, String user)
            throws IOException {
        if (!MessageDigest.isEqual(passwordOf(identifier), token.getPassword())) {
            throw new AccessControlException(user + " brings a token (" + identifier + ") with wrong password");
        }
    }

    /**
     * What a token says, which nobody has verified yet.
     *
     * @throws InvalidToken if that cannot be read
     */
    public static RMDelegationTokenIdentifier decode(Token<RMDelegationTokenIdentifier> token) throws InvalidToken {
        RMDelegationTokenIdentifier identifier = new RMDelegationTokenIdentifier();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(token.getIdentifier()))) {
            identifier.readFields(in);
        } catch (IOException | RuntimeException e) {
            throw new InvalidToken("The token's identifier cannot be read: " + e);
        }
        return identifier;
    }

    @Override
    public RMDelegationTokenIdentifier createIdentifier() {
        return new RMDelegationTokenIdentifier();
    }
}
