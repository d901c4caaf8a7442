package dev.heddle.rm.lead;

import java.io.IOException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;

/** Verifies AMRM tokens with the keys of the current term; a standby has none, and sends masters on to the leader. */
public final class LeadersAmRmTokens extends SecretManager<AMRMTokenIdentifier> {
    private final Leadership leadership;

    public LeadersAmRmTokens(Leadership leadership) {
        this.leadership = leadership;
    }

    @Override
    public void checkAvailableForRead() throws StandbyException {
        leadership.require();
    }

    @Override
    public byte[] retriableRetrievePassword(AMRMTokenIdentifier identifier) throws IOException {
        return leadership.require().amRmTokens().retrievePassword(identifier);
    }

    @Override
    public byte[] retrievePassword(AMRMTokenIdentifier identifier) throws InvalidToken {
        LeadingCluster leading = leadership.current();
        if (leading == null) {
            throw new InvalidToken("this ResourceManager is in standby state");
        }
        return leading.amRmTokens().retrievePassword(identifier);
    }

    /** Nobody is given a token by this: the leading cluster's own manager makes them. */
    @Override
    protected byte[] createPassword(AMRMTokenIdentifier identifier) {
        throw new IllegalStateException("tokens are made by the leading cluster");
    }

    @Override
    public AMRMTokenIdentifier createIdentifier() {
        return new AMRMTokenIdentifier();
    }
}
