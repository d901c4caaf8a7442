package dev.heddle.rm.security;

import dev.heddle.rm.model.AttemptId;
import java.security.SecureRandom;
import java.time.InstantSource;
import javax.crypto.SecretKey;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.server.security.MasterKeyData;
import org.jspecify.annotations.Nullable;

/**
 * The tokens with which application masters prove who they are on the scheduler port: a password that is the HMAC of the
 * attempt's id under a key that only this RM knows. The key is replaced from time to time; a master is given a new token in
 * the answers to its calls, and the old one is good until the new key comes into use. Safe for use by any thread.
 */
public final class AmRmTokens extends SecretManager<AMRMTokenIdentifier> {
    private final RollingKeys keys;

    public AmRmTokens(InstantSource clock, RollingKeys.Plan plan) {
        keys = new RollingKeys(clock, plan, new SecureRandom().nextInt(), this::generateSecret, () -> {});
    }

    /** The token of an attempt. Its service is empty: the client's side sets it to the address that it dials. */
    public Token<AMRMTokenIdentifier> tokenFor(AttemptId attempt) {
        return tokenFor(attempt, keys.now().newest());
    }

    private static Token<AMRMTokenIdentifier> tokenFor(AttemptId attempt, MasterKeyData key) {
        AMRMTokenIdentifier identifier = new AMRMTokenIdentifier(
                HadoopRecords.of(attempt), key.getMasterKey().getKeyId());
        return new Token<>(
                identifier.getBytes(),
                createPassword(identifier.getBytes(), key.getSecretKey()),
                identifier.getKind(),
                new Text());
    }

    /** The token that a master needs soon, or null where the one that it has called with lasts longer. */
    public @Nullable Token<AMRMTokenIdentifier> successorOf(AMRMTokenIdentifier identifier, AttemptId attempt) {
        MasterKeyData next = keys.now().next();
        return next == null || next.getMasterKey().getKeyId() == identifier.getKeyId() ? null : tokenFor(attempt, next);
    }

    @Override
    protected byte[] createPassword(AMRMTokenIdentifier identifier) {
        SecretKey key = keys.now().newest().getSecretKey();
        return createPassword(identifier.getBytes(), key);
    }

    @Override
    public byte[] retrievePassword(AMRMTokenIdentifier identifier) throws InvalidToken {
        MasterKeyData key = keys.now().numbered(identifier.getKeyId());
        if (key == null) {
            throw new InvalidToken("Invalid AMRMToken from " + identifier.getApplicationAttemptId()
                    + ": not of this leader's key, or of one that was replaced");
        }
        return createPassword(identifier.getBytes(), key.getSecretKey());
    }

    @Override
    public AMRMTokenIdentifier createIdentifier() {
        return new AMRMTokenIdentifier();
    }
}
