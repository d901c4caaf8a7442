package dev.heddle.rm.security;

import dev.heddle.rm.model.AttemptId;
import java.security.SecureRandom;
import javax.crypto.SecretKey;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;

/**
 * The tokens with which application masters prove who they are on the scheduler port: a password that is the HMAC of the
 * attempt's id under a key that only this RM knows. Safe for use by any thread.
 */
public final class AmRmTokens extends SecretManager<AMRMTokenIdentifier> {
    private final int keyId = new SecureRandom().nextInt();
    private final SecretKey key = generateSecret();

    /** The token of an attempt. Its service is empty: the client's side sets it to the address that it dials. */
    public Token<AMRMTokenIdentifier> tokenFor(AttemptId attempt) {
        AMRMTokenIdentifier identifier = new AMRMTokenIdentifier(HadoopRecords.of(attempt), keyId);
        return new Token<>(identifier.getBytes(), createPassword(identifier), identifier.getKind(), new Text());
    }

    @Override
    protected byte[] createPassword(AMRMTokenIdentifier identifier) {
        return createPassword(identifier.getBytes(), key);
    }

    @Override
    public byte[] retrievePassword(AMRMTokenIdentifier identifier) throws InvalidToken {
        if (identifier.getKeyId() != keyId) {
            throw new InvalidToken(
                    "Invalid AMRMToken from " + identifier.getApplicationAttemptId() + ": not of this leader's key");
        }
        return createPassword(identifier);
    }

    @Override
    public AMRMTokenIdentifier createIdentifier() {
        return new AMRMTokenIdentifier();
    }
}
