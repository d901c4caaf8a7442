package dev.heddle.common.rpc.client;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.security.token.TokenIdentifier;

/** Issues and checks tokens of the tests' own kind; a password is made from the identifier with a key. */
final class TestTokens extends SecretManager<TestTokens.Identifier> {
    static final Text KIND = new Text("TEST_TOKEN");

    private final javax.crypto.SecretKey key =
            createSecretKey("a key for tests alone".getBytes(StandardCharsets.US_ASCII));

    /** Says who the bearer is. */
    static final class Identifier extends TokenIdentifier {
        private String user = "";

        @Override
        public Text getKind() {
            return KIND;
        }

        @Override
        public UserGroupInformation getUser() {
            return UserGroupInformation.createRemoteUser(user);
        }

        @Override
        public void write(DataOutput out) throws IOException {
            out.writeUTF(user);
        }

        @Override
        public void readFields(DataInput in) throws IOException {
            user = in.readUTF();
        }
    }

    Token<Identifier> issue(String user) {
        Identifier identifier = createIdentifier();
        identifier.user = user;
        return new Token<>(identifier, this);
    }

    @Override
    protected byte[] createPassword(Identifier identifier) {
        return createPassword(identifier.getBytes(), key);
    }

    @Override
    public byte[] retrievePassword(Identifier identifier) {
        return createPassword(identifier);
    }

    @Override
    public Identifier createIdentifier() {
        return new Identifier();
    }
}
