package dev.heddle.rm.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Instant;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;
import org.junit.jupiter.api.Test;

class DelegationTokensTest {
    private static final long KEY_MS = 1_000;
    private static final long RENEW_MS = 500;
    private static final long LIFE_MS = 2_000;

    private long nowMs = 1_700_000_000_000L;
    private final DelegationTokens tokens = new DelegationTokens(
            new DelegationTokens.Times(KEY_MS, RENEW_MS, LIFE_MS), () -> Instant.ofEpochMilli(nowMs), 3);

    private void accept(Token<RMDelegationTokenIdentifier> token) throws IOException {
        assertThat(tokens.retrievePassword(token.decodeIdentifier())).isEqualTo(token.getPassword());
    }

    private void assertNotAccepted(Token<RMDelegationTokenIdentifier> token) {
        assertThatExceptionOfType(InvalidToken.class)
                .isThrownBy(() -> tokens.retrievePassword(token.decodeIdentifier()));
    }

    @Test
    void shouldStandForItsOwnerUntilItMustBeRenewed() throws IOException {
        Token<RMDelegationTokenIdentifier> token = tokens.issue("ann", "bob", "carl");
        accept(token);
        assertThat(token.decodeIdentifier().getUser().getUserName()).isEqualTo("ann");
        assertThat(token.decodeIdentifier().getUser().getRealUser().getUserName())
                .isEqualTo("carl");
        nowMs += RENEW_MS;
        accept(token);
        assertThat(tokens.renew(token, "bob")).isEqualTo(nowMs + RENEW_MS);
        nowMs += RENEW_MS + 1;
        assertNotAccepted(token);
    }

    @Test
    void shouldBeRenewedNoLongerThanItsLife() throws IOException {
        Token<RMDelegationTokenIdentifier> token = tokens.issue("ann", "bob", "");
        long endMs = nowMs + LIFE_MS;
        nowMs = endMs - 100;
        assertThat(tokens.renew(token, "bob")).isEqualTo(endMs);
        nowMs = endMs + 1;
        assertThatExceptionOfType(InvalidToken.class)
                .isThrownBy(() -> tokens.renew(token, "bob"))
                .withMessageContaining("tried to renew an expired token");
        assertNotAccepted(token);
    }

    @Test
    void shouldBeGoodAlsoAfterItsKeyWasRolled() throws IOException {
        Token<RMDelegationTokenIdentifier> old = tokens.issue("ann", "bob", "");
        nowMs += KEY_MS;
        tokens.renew(old, "bob");
        Token<RMDelegationTokenIdentifier> young = tokens.issue("ann", "bob", "");
        assertThat(young.decodeIdentifier().getMasterKeyId())
                .isNotEqualTo(old.decodeIdentifier().getMasterKeyId());
        accept(old);
        accept(young);
    }

    @Test
    void shouldBeRenewedByNobodyButItsRenewer() throws IOException {
        Token<RMDelegationTokenIdentifier> token = tokens.issue("ann", "bob", "");
        assertThatExceptionOfType(AccessControlException.class)
                .isThrownBy(() -> tokens.renew(token, "ann"))
                .withMessageContaining("non-matching renewer bob");
        Token<RMDelegationTokenIdentifier> forNobody = tokens.issue("ann", "", "");
        assertThatExceptionOfType(AccessControlException.class)
                .isThrownBy(() -> tokens.renew(forNobody, ""))
                .withMessageContaining("without a renewer");
    }

    @Test
    void shouldBeCancelledByItsOwnerOrItsRenewer() throws IOException {
        Token<RMDelegationTokenIdentifier> first = tokens.issue("ann", "bob", "");
        Token<RMDelegationTokenIdentifier> second = tokens.issue("ann", "bob", "");
        assertThatExceptionOfType(AccessControlException.class)
                .isThrownBy(() -> tokens.cancel(first, "eve@REALM", "eve"))
                .withMessageContaining("is not authorized to cancel");
        accept(first);
        tokens.cancel(first, "ann", "ann");
        tokens.cancel(second, "bob@REALM", "bob");
        assertNotAccepted(first);
        assertNotAccepted(second);
        assertThatExceptionOfType(InvalidToken.class).isThrownBy(() -> tokens.cancel(first, "ann", "ann"));
        assertThatExceptionOfType(InvalidToken.class).isThrownBy(() -> tokens.renew(first, "bob"));
    }

    @Test
    void shouldNotTakeAForgedToken() throws IOException {
        Token<RMDelegationTokenIdentifier> token = tokens.issue("ann", "bob", "");
        Token<RMDelegationTokenIdentifier> forged =
                new Token<>(token.getIdentifier(), new byte[20], token.getKind(), token.getService());
        assertThatExceptionOfType(AccessControlException.class).isThrownBy(() -> tokens.renew(forged, "bob"));
        assertThatExceptionOfType(AccessControlException.class).isThrownBy(() -> tokens.cancel(forged, "ann", "ann"));
        Token<RMDelegationTokenIdentifier> garbage =
                new Token<>(new byte[] {1, 2, 3}, new byte[0], token.getKind(), token.getService());
        assertThatExceptionOfType(InvalidToken.class).isThrownBy(() -> tokens.renew(garbage, "bob"));
        accept(token);
    }

    @Test
    void shouldHaveALimitThatTokensWhichAreOverDoNotCountFor() throws IOException {
        for (int i = 0; i < 3; i++) {
            tokens.issue("ann", "bob", "");
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> tokens.issue("ann", "bob", ""))
                .withMessageContaining("3 delegation tokens already");
        nowMs += RENEW_MS + 1;
        assertThatCode(() -> tokens.issue("ann", "bob", "")).doesNotThrowAnyException();
    }
}
