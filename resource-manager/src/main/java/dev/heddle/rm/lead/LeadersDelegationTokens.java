package dev.heddle.rm.lead;

import java.io.IOException;
import org.apache.hadoop.ipc.StandbyException;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;

/** Verifies delegation tokens with those of the current term; a standby has none, and sends clients on to the leader. */
public final class LeadersDelegationTokens extends SecretManager<RMDelegationTokenIdentifier> {
    private final Leadership leadership;

    public LeadersDelegationTokens(Leadership leadership) {
        this.leadership = leadership;
    }

    @Override
    public void checkAvailableForRead() throws StandbyException {
        leadership.require();
    }

    @Override
    public byte[] retriableRetrievePassword(RMDelegationTokenIdentifier identifier) throws IOException {
        return leadership.require().delegationTokens().retrievePassword(identifier);
    }

    @Override
    public byte[] retrievePassword(RMDelegationTokenIdentifier identifier) throws InvalidToken {
        LeadingCluster leading = leadership.current();
        if (leading == null) {
            throw new InvalidToken("this ResourceManager is in standby state");
        }
        return leading.delegationTokens().retrievePassword(identifier);
    }

    /** Nobody is given a token by this: the leading cluster's own manager makes them. */
    @Override
    protected byte[] createPassword(RMDelegationTokenIdentifier identifier) {
        throw new IllegalStateException("tokens are made by the leading cluster");
    }

    @Override
    public RMDelegationTokenIdentifier createIdentifier() {
        return new RMDelegationTokenIdentifier();
    }
}
