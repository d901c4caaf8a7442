package dev.heddle.nm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.nm.security.ContainerTokenSecrets;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.exceptions.InvalidContainerException;
import org.apache.hadoop.yarn.exceptions.NMNotYetReadyException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.security.NMTokenIdentifier;

/** Who may do what, by the tokens that they show. For the threads of the RPC server. */
final class TokenRules {
    private final ResourceManagerLink.Trust trust;
    private final InstantSource clock;

    /** What a container token is shown for. */
    enum Use {
        START("start container.", "starting "),
        UPDATE("increase container resource.", "increasing resource of ");

        private final String request;
        private final String doing;

        Use(String request, String doing) {
            this.request = request;
            this.doing = doing;
        }
    }

    TokenRules(ResourceManagerLink.Trust trust, InstantSource clock) {
        this.trust = trust;
        this.clock = clock;
    }

    /**
     * Who calls.
     *
     * @throws YarnException if that is no application attempt
     */
    static NMTokenIdentifier caller(Caller caller) throws YarnException {
        if (!(caller.token() instanceof NMTokenIdentifier token)) {
            throw new YarnException("Invalid NMToken");
        }
        if (!caller.user().equals(token.getApplicationAttemptId().toString())) {
            throw new YarnException(
                    "Expected applicationAttemptId: " + caller.user() + "Found: " + token.getApplicationAttemptId());
        }
        return token;
    }

    /** Whether a container is of the same application as whoever calls. */
    static boolean owns(NMTokenIdentifier caller, ContainerId id) {
        ApplicationId application = caller.getApplicationAttemptId().getApplicationId();
        return application.equals(id.getApplicationAttemptId().getApplicationId());
    }

    /** @throws YarnException if the container is of another application than whoever calls */
    static void requireOwn(NMTokenIdentifier caller, ContainerId id, String what) throws YarnException {
        if (!owns(caller, id)) {
            throw new YarnException(
                    caller.getApplicationAttemptId() + " attempted to " + what + " non-application container : " + id);
        }
    }

    /**
     * Reads a container token without believing it.
     *
     * @throws IOException if there is none, or it says nothing that can be read
     */
    static ContainerTokenIdentifier read(Token token) throws IOException {
        if (token == null || token.getIdentifier() == null || token.getPassword() == null) {
            throw new IOException("Invalid ContainerToken");
        }
        return ContainerTokenSecrets.read(token);
    }

    /** @throws NMNotYetReadyException if nobody can be believed yet */
    void requireRegistered() throws NMNotYetReadyException {
        if (!trust.registration().isRegistered()) {
            throw new NMNotYetReadyException("The node manager has not yet registered with a resource manager.");
        }
    }

    /**
     * Checks a container token: its signature and node, and that whoever calls may show it for this, now. Whoever may is
     * remembered, so that it can call again for as long as its application runs.
     *
     * @throws InvalidToken if the resource manager has not signed it for this node
     * @throws YarnException if it must not be used; the message says why
     */
    void check(NMTokenIdentifier caller, Token token, ContainerTokenIdentifier identifier, Use use)
            throws YarnException, InvalidToken {
        trust.containerTokens().verify(token, identifier);
        ContainerId id = identifier.getContainerID();
        String refusal = "Unauthorized request to " + use.request;
        if (!owns(caller, id)) {
            throw new YarnException(refusal + "\nNMToken for application attempt : " + caller.getApplicationAttemptId()
                    + " was used for " + use.doing + "container with container token"
                    + " issued for application attempt : " + id.getApplicationAttemptId());
        }
        if (!caller.getApplicationSubmitter().equals(identifier.getApplicationSubmitter())) {
            throw new YarnException(refusal + "\nThe NM token is for user " + caller.getApplicationSubmitter()
                    + " and the container token for user " + identifier.getApplicationSubmitter() + ".");
        }
        Instant now = clock.instant();
        if (identifier.getExpiryTimeStamp() < now.toEpochMilli()) {
            throw new YarnException(refusal + "\nThis token is expired. current time is " + now.toEpochMilli()
                    + " found " + identifier.getExpiryTimeStamp()
                    + "\nNote: System times on machines may be out of sync. Check system time and time zones.");
        }
        Long resourceManager = trust.registration().identifier();
        if (resourceManager == null || identifier.getRMIdentifier() != resourceManager) {
            throw new InvalidContainerException("\nContainer " + id + " rejected as it is allocated by a previous RM");
        }
        trust.nmTokens().remember(caller);
    }
}
