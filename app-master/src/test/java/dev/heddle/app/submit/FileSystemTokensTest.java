package dev.heddle.app.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FileSystemTokensTest {
    private static final InetSocketAddress RESOURCE_MANAGER = InetSocketAddress.createUnresolved("rm.example", 8032);

    private final Configuration configuration = new Configuration(false);
    private final Credentials credentials = new Credentials();

    /** The local files under another scheme, with tokens whose password is who may renew them. */
    static final class Guarded extends RawLocalFileSystem {
        /** None yet while the file system is constructed, which asks for it. */
        private @Nullable URI uri;

        @Override
        public void initialize(URI name, Configuration conf) {
            uri = name;
            setConf(conf);
        }

        @Override
        public URI getUri() {
            return uri == null ? super.getUri() : uri;
        }

        @Override
        public String getCanonicalServiceName() {
            return getUri().getAuthority();
        }

        @Override
        public Token<?> getDelegationToken(String renewer) {
            return new Token<>(
                    new byte[0],
                    renewer.getBytes(StandardCharsets.UTF_8),
                    new Text("GUARDED"),
                    new Text(getCanonicalServiceName()));
        }
    }

    private FileSystem guarded(String host) throws Exception {
        configuration.set("fs.guarded.impl", Guarded.class.getName());
        return FileSystem.get(URI.create("guarded://" + host + "/"), configuration);
    }

    private String renewer(String host) {
        Token<?> token = credentials.getToken(new Text(host));
        assertThat(token).as("token of " + host).isNotNull();
        return new String(token.getPassword(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldTakeTokensForTheFilesAndTheLogs() throws Exception {
        configuration.set(YarnConfiguration.RM_PRINCIPAL, "rm/_HOST@EXAMPLE");
        configuration.set(YarnConfiguration.NM_REMOTE_APP_LOG_DIR, "guarded://logs/tmp/logs");

        FileSystemTokens.add(configuration, RESOURCE_MANAGER, guarded("files"), credentials);

        assertThat(credentials.numberOfTokens()).isEqualTo(2);
        assertThat(renewer("files")).isEqualTo("rm/rm.example@EXAMPLE");
        assertThat(renewer("logs")).isEqualTo("rm/rm.example@EXAMPLE");
    }

    @Test
    void shouldSayThatNobodyIsNamedToRenewTokens() throws Exception {
        FileSystem files = guarded("files");

        assertThatIOException()
                .isThrownBy(() -> FileSystemTokens.add(configuration, RESOURCE_MANAGER, files, credentials))
                .withMessageContaining(YarnConfiguration.RM_PRINCIPAL);
    }
}
