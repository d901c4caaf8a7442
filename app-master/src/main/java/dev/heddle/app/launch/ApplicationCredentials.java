package dev.heddle.app.launch;

import dev.heddle.app.transport.Secret;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;

/**
 * The application's secret on its way from the application master to an executor: in the container's credentials, which the
 * node writes to a file that its user alone can read.
 */
public final class ApplicationCredentials {
    private static final Text SECRET = new Text("heddle.application.secret");
    private static final String FILE_VARIABLE = "HADOOP_TOKEN_FILE_LOCATION";

    private ApplicationCredentials() {}

    /** Credentials for an executor: the secret and the application's tokens, except the application master's own. */
    public static ByteBuffer forExecutor(Credentials ofMaster, Secret secret) throws IOException {
        Credentials credentials = new Credentials();
        for (Token<?> token : ofMaster.getAllTokens()) {
            if (!token.getKind().equals(AMRMTokenIdentifier.KIND_NAME)) {
                credentials.addToken(token.getService(), token);
            }
        }
        credentials.addSecretKey(SECRET, secret.bytes());
        return serialize(credentials);
    }

    public static ByteBuffer serialize(Credentials credentials) throws IOException {
        try (DataOutputBuffer buffer = new DataOutputBuffer()) {
            credentials.writeTokenStorageToStream(buffer);
            return ByteBuffer.wrap(buffer.getData(), 0, buffer.getLength());
        }
    }

    /**
     * The secret that this container was given.
     *
     * @throws IOException if it was given none
     */
    public static Secret secret(Map<String, String> environment) throws IOException {
        String file = environment.get(FILE_VARIABLE);
        if (file == null) {
            throw new IOException("no " + FILE_VARIABLE + " in the environment: this is no container");
        }
        Credentials credentials = new Credentials();
        try (DataInputStream in = new DataInputStream(Files.newInputStream(Path.of(file)))) {
            credentials.readTokenStorageStream(in);
        }
        byte[] bytes = credentials.getSecretKey(SECRET);
        if (bytes == null) {
            throw new IOException("no application's secret in the container's credentials");
        }
        return new Secret(bytes);
    }
}
