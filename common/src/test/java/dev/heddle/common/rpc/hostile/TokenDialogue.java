package dev.heddle.common.rpc.hostile;

import dev.heddle.common.rpc.compat.RawConnection;
import dev.heddle.common.rpc.compat.TokenSecrets;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.ipc.RpcConstants;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslAuth;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto.SaslState;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;

/** A client that holds a token: proves it, agrees on a quality of protection, and calls. */
final class TokenDialogue {
    /** Whom the token is of. */
    static final String OWNER = "owner";

    private static final RMDelegationTokenIdentifier TOKEN =
            new RMDelegationTokenIdentifier(new Text(OWNER), new Text("renewer"), new Text());

    /** Takes what the client sends, as it is sent. */
    interface Wire {
        void write(byte[] bytes) throws IOException;

        /**
         * The next frame of the server.
         *
         * @throws EOFException if none will come
         */
        Answer read() throws IOException;
    }

    private final Wire wire;
    private final String quality;
    private final TokenSecrets<RMDelegationTokenIdentifier> secrets;
    private final ByteArrayOutputStream unwrapped = new ByteArrayOutputStream();
    private int unwrappedRead;

    /**
     * @param quality of protection, as SASL names it
     */
    TokenDialogue(Wire wire, String quality, TokenSecrets<RMDelegationTokenIdentifier> secrets) {
        this.wire = wire;
        this.quality = quality;
        this.secrets = secrets;
    }

    static TokenSecrets<RMDelegationTokenIdentifier> secrets() {
        return new TokenSecrets<>(RMDelegationTokenIdentifier::new);
    }

    /**
     * Says these texts, all before the first answer is read.
     *
     * @return the answers, in the order in which they came
     * @throws IOException if the server does not go along
     */
    List<String> say(List<String> texts) throws IOException {
        SaslClient client = authenticate();
        send(
                client,
                Pieces.frame(
                        RawConnection.header(RpcConstants.CONNECTION_CONTEXT_CALL_ID)
                                .build(),
                        RawConnection.context("").toBuilder().clearUserInfo().build()));
        for (int call = 0; call < texts.size(); call++) {
            send(client, Pieces.echo(call, texts.get(call)));
        }
        List<String> answers = new ArrayList<>();
        for (int call = 0; call < texts.size(); call++) {
            Answer answer = read(client);
            if (answer.header().getCallId() != call) {
                throw new IOException("not the answer to call " + call + ": " + answer);
            }
            answers.add(answer.text());
        }
        return answers;
    }

    private SaslClient authenticate() throws IOException {
        wire.write(Pieces.preamble(RawConnection.SASL));
        wire.write(Pieces.sasl(
                RpcSaslProto.newBuilder().setState(SaslState.NEGOTIATE).build()));
        RpcSaslProto offer = RpcSaslProto.parseFrom(wire.read().message());
        if (offer.getAuthsCount() != 1) {
            throw new IOException("a strange offer: " + offer);
        }
        SaslAuth auth = offer.getAuths(0);
        SaslClient client = Sasl.createSaslClient(
                new String[] {auth.getMechanism()},
                null,
                auth.getProtocol(),
                auth.getServerId(),
                Map.of(Sasl.QOP, quality, Sasl.SERVER_AUTH, "true"),
                this::answer);
        wire.write(Pieces.sasl(RpcSaslProto.newBuilder()
                .setState(SaslState.INITIATE)
                .addAuths(auth.toBuilder().clearChallenge())
                .setToken(ByteString.copyFrom(
                        client.evaluateChallenge(auth.getChallenge().toByteArray())))
                .build()));
        RpcSaslProto success = RpcSaslProto.parseFrom(wire.read().message());
        if (success.getState() != SaslState.SUCCESS) {
            throw new IOException("no success: " + success);
        }
        client.evaluateChallenge(success.getToken().toByteArray());
        return client;
    }

    private void answer(Callback... questions) {
        for (Callback question : questions) {
            if (question instanceof NameCallback name) {
                name.setName(Base64.getEncoder().encodeToString(TOKEN.getBytes()));
            } else if (question instanceof PasswordCallback password) {
                password.setPassword(Base64.getEncoder()
                        .encodeToString(secrets.createPassword(TOKEN))
                        .toCharArray());
            } else if (question instanceof RealmCallback realm) {
                realm.setText(realm.getDefaultText());
            }
        }
    }

    private boolean protects() {
        return !quality.equals("auth");
    }

    private void send(SaslClient client, byte[] frame) throws IOException {
        if (!protects()) {
            wire.write(frame);
            return;
        }
        wire.write(Pieces.sasl(RpcSaslProto.newBuilder()
                .setState(SaslState.WRAP)
                .setToken(ByteString.copyFrom(client.wrap(frame, 0, frame.length)))
                .build()));
    }

    private Answer read(SaslClient client) throws IOException {
        if (!protects()) {
            return wire.read();
        }
        while (true) {
            byte[] plain = unwrapped.toByteArray();
            ByteBuffer rest = ByteBuffer.wrap(plain, unwrappedRead, plain.length - unwrappedRead);
            if (rest.remaining() >= Integer.BYTES && rest.getInt(unwrappedRead) <= rest.remaining() - Integer.BYTES) {
                byte[] frame = new byte[rest.getInt()];
                rest.get(frame);
                unwrappedRead = rest.position();
                return Answer.of(frame);
            }
            RpcSaslProto wrapped = RpcSaslProto.parseFrom(wire.read().message());
            if (wrapped.getState() != SaslState.WRAP) {
                throw new IOException("not wrapped: " + wrapped);
            }
            byte[] token = wrapped.getToken().toByteArray();
            unwrapped.writeBytes(client.unwrap(token, 0, token.length));
        }
    }
}
