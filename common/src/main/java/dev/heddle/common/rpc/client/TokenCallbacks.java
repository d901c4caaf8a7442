package dev.heddle.common.rpc.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.RealmChoiceCallback;
import org.apache.hadoop.security.token.Token;

/** Gives a SASL mechanism a token: its identifier is the name, its password the password, both in base64. */
final class TokenCallbacks implements CallbackHandler {
    private final Token<?> token;

    TokenCallbacks(Token<?> token) {
        this.token = token;
    }

    @Override
    public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback name) {
                name.setName(Base64.getEncoder().encodeToString(token.getIdentifier()));
            } else if (callback instanceof PasswordCallback password) {
                byte[] encoded = Base64.getEncoder().encode(token.getPassword());
                password.setPassword(new String(encoded, StandardCharsets.US_ASCII).toCharArray());
            } else if (callback instanceof RealmCallback realm) {
                realm.setText(realm.getDefaultText());
            } else if (!(callback instanceof RealmChoiceCallback)) {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }
}
