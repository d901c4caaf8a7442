package dev.heddle.rm.wire;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.rm.security.DelegationTokens;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.proto.SecurityProtos;
import org.apache.hadoop.security.proto.SecurityProtos.TokenProto;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;

/** Calls for the tokens that stand for users. As YARN, nobody who came with a token gets another one for it. */
final class DelegationTokenCalls {
    private final ClientCalls calls;

    DelegationTokenCalls(ClientCalls calls) {
        this.calls = calls;
    }

    void addTo(RpcProtocol.Builder protocol) {
        protocol.on(
                        "getDelegationToken",
                        SecurityProtos.GetDelegationTokenRequestProto.getDefaultInstance(),
                        calls.on(this::issue))
                .on(
                        "renewDelegationToken",
                        SecurityProtos.RenewDelegationTokenRequestProto.getDefaultInstance(),
                        calls.on(this::renew))
                .on(
                        "cancelDelegationToken",
                        SecurityProtos.CancelDelegationTokenRequestProto.getDefaultInstance(),
                        calls.on(this::cancel));
    }

    private CompletionStage<SecurityProtos.GetDelegationTokenResponseProto> issue(
            ClientCalls.Call call, SecurityProtos.GetDelegationTokenRequestProto request) throws YarnException {
        checkLoggedIn(call.caller(), "issued");
        UserGroupInformation owner = call.caller().identity();
        UserGroupInformation realUser = owner.getRealUser();
        try {
            Token<RMDelegationTokenIdentifier> token = call.cluster()
                    .delegationTokens()
                    .issue(owner.getUserName(), request.getRenewer(), realUser == null ? "" : realUser.getUserName());
            return CompletableFuture.completedFuture(SecurityProtos.GetDelegationTokenResponseProto.newBuilder()
                    .setToken(WireValues.proto(token))
                    .build());
        } catch (IOException e) {
            throw new YarnException(e);
        }
    }

    private CompletionStage<SecurityProtos.RenewDelegationTokenResponseProto> renew(
            ClientCalls.Call call, SecurityProtos.RenewDelegationTokenRequestProto request) throws YarnException {
        checkLoggedIn(call.caller(), "renewed");
        try {
            Token<RMDelegationTokenIdentifier> token = decode(request.getToken());
            long expiryMs = call.cluster().delegationTokens().renew(token, renewer(call, token));
            return CompletableFuture.completedFuture(SecurityProtos.RenewDelegationTokenResponseProto.newBuilder()
                    .setNewExpiryTime(expiryMs)
                    .build());
        } catch (IOException e) {
            throw new YarnException(e);
        }
    }

    /** As YARN, which lets the user of the resource manager renew every token, in the place of whoever may. */
    private static String renewer(ClientCalls.Call call, Token<RMDelegationTokenIdentifier> token) throws IOException {
        boolean own = UserGroupInformation.getLoginUser()
                .getUserName()
                .equals(call.caller().identity().getUserName());
        return own
                ? DelegationTokens.decode(token).getRenewer().toString()
                : call.person().user();
    }

    private CompletionStage<SecurityProtos.CancelDelegationTokenResponseProto> cancel(
            ClientCalls.Call call, SecurityProtos.CancelDelegationTokenRequestProto request) throws YarnException {
        checkLoggedIn(call.caller(), "cancelled");
        try {
            call.cluster()
                    .delegationTokens()
                    .cancel(
                            decode(request.getToken()),
                            call.caller().identity().getUserName(),
                            call.person().user());
            return CompletableFuture.completedFuture(
                    SecurityProtos.CancelDelegationTokenResponseProto.getDefaultInstance());
        } catch (IOException e) {
            throw new YarnException(e);
        }
    }

    /** Where users must prove who they are, a token is no such proof: else one token would give another for ever. */
    private static void checkLoggedIn(Caller caller, String what) throws YarnException {
        if (UserGroupInformation.isSecurityEnabled() && caller.token() != null) {
            throw new YarnException(
                    new IOException("Delegation Token can be " + what + " only with kerberos authentication"));
        }
    }

    private static Token<RMDelegationTokenIdentifier> decode(TokenProto token) {
        return new Token<>(
                token.getIdentifier().toByteArray(),
                token.getPassword().toByteArray(),
                new Text(token.getKind()),
                new Text(token.getService()));
    }
}
