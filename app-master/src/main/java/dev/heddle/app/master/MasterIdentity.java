package dev.heddle.app.master;

import dev.heddle.common.rpc.client.RpcIdentity;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;

/** As whom an application master calls the resource manager: as the bearer of its attempt's AMRM token. */
final class MasterIdentity {
    private MasterIdentity() {}

    /**
     * Looks through the user's credentials. There may be tokens of other attempts, where an application has submitted
     * another one, and several of this attempt where the resource manager's key has rolled: the newest key counts.
     *
     * @throws IOException if there is none
     */
    static RpcIdentity of(UserGroupInformation user, ApplicationAttemptId attempt) throws IOException {
        Map<Integer, Token<?>> byKey = new TreeMap<>(Comparator.reverseOrder());
        for (Token<?> token : user.getCredentials().getAllTokens()) {
            if (token.getKind().equals(AMRMTokenIdentifier.KIND_NAME)) {
                AMRMTokenIdentifier identifier = new AMRMTokenIdentifier();
                identifier.readFields(new DataInputStream(new ByteArrayInputStream(token.getIdentifier())));
                if (attempt.equals(identifier.getApplicationAttemptId())) {
                    byKey.put(identifier.getKeyId(), token);
                }
            }
        }
        for (Token<?> newest : byKey.values()) {
            return RpcIdentity.token(user.getUserName(), newest);
        }
        throw new IOException("no AMRM token of " + attempt + " in this container's credentials");
    }
}
