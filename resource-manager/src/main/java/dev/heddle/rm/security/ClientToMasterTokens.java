package dev.heddle.rm.security;

import dev.heddle.rm.model.AttemptId;
import java.nio.charset.StandardCharsets;
import javax.crypto.SecretKey;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.security.client.BaseClientToAMTokenSecretManager;
import org.apache.hadoop.yarn.security.client.ClientToAMTokenIdentifier;

/**
 * The tokens with which clients prove to an application master who they are. Each attempt has a key of its own, which its
 * master gets when it registers. Keys are derived from one secret and the attempt's id, so that there is nothing to keep.
 * Safe for use by any thread.
 */
public final class ClientToMasterTokens extends BaseClientToAMTokenSecretManager {
    private final SecretKey secret = generateSecret();

    @Override
    public SecretKey getMasterKey(ApplicationAttemptId attempt) {
        return createSecretKey(createPassword(attempt.toString().getBytes(StandardCharsets.UTF_8), secret));
    }

    /** The key of an attempt, encoded, for its master. */
    public byte[] keyOf(AttemptId attempt) {
        return getMasterKey(HadoopRecords.of(attempt)).getEncoded();
    }

    /** A token for a client of an attempt's master. Its service is empty: the client sets it to the master's address. */
    public Token<ClientToAMTokenIdentifier> tokenFor(AttemptId attempt, String client) {
        ClientToAMTokenIdentifier identifier = new ClientToAMTokenIdentifier(HadoopRecords.of(attempt), client);
        return new Token<>(identifier.getBytes(), createPassword(identifier), identifier.getKind(), new Text());
    }
}
