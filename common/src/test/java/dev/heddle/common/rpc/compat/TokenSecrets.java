package dev.heddle.common.rpc.compat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import javax.crypto.SecretKey;
import org.apache.hadoop.security.SecurityUtil;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.jspecify.annotations.Nullable;

/** Issues tokens under one key and knows them again, or fails as a test wants it to. */
public final class TokenSecrets<T extends TokenIdentifier> extends SecretManager<T> {
    private static final SecretKey KEY = createSecretKey("a key of twenty bytes".getBytes(StandardCharsets.UTF_8));

    private final Supplier<T> blank;
    private volatile @Nullable IOException failure;

    /**
     * Secrets of one kind of token.
     *
     * @param blank makes an identifier to be read into
     */
    public TokenSecrets(Supplier<T> blank) {
        this.blank = blank;
    }

    /** Fails from now on whoever asks for a password. */
    public void fail(IOException failure) {
        this.failure = failure;
    }

    /** A user who holds a token, and nothing else, for a server. */
    public UserGroupInformation holder(T identifier, InetSocketAddress server) {
        Token<T> token = new Token<>(identifier, this);
        SecurityUtil.setTokenService(token, server);
        UserGroupInformation user = UserGroupInformation.createRemoteUser("holder");
        user.addToken(token);
        return user;
    }

    @Override
    public byte[] createPassword(T identifier) {
        return createPassword(identifier.getBytes(), KEY);
    }

    @Override
    public byte[] retrievePassword(T identifier) throws InvalidToken {
        if (failure instanceof InvalidToken invalid) {
            throw invalid;
        }
        return createPassword(identifier);
    }

    @Override
    public byte[] retriableRetrievePassword(T identifier) throws IOException {
        IOException known = failure;
        if (known != null && !(known instanceof InvalidToken)) {
            throw known;
        }
        return retrievePassword(identifier);
    }

    @Override
    public T createIdentifier() {
        return blank.get();
    }
}
