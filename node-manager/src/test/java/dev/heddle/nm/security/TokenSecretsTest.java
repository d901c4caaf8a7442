package dev.heddle.nm.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.hadoop.security.token.SecretManager.InvalidToken;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.security.NMTokenIdentifier;
import org.apache.hadoop.yarn.server.api.records.MasterKey;
import org.apache.hadoop.yarn.util.Records;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenSecretsTest {
    private static final NodeId HERE = NodeId.newInstance("here", 1);
    private static final NodeId ELSEWHERE = NodeId.newInstance("elsewhere", 1);
    private static final ApplicationAttemptId ATTEMPT =
            ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 2), 3);

    private final NmTokenSecrets nmTokens = new NmTokenSecrets(KeyJournal.NONE);
    private final ContainerTokenSecrets containerTokens = new ContainerTokenSecrets(KeyJournal.NONE);

    @BeforeEach
    void setNode() {
        nmTokens.setNodeId(HERE);
        containerTokens.setNodeId(HERE);
    }

    private static MasterKey key(int id, int fill) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        MasterKey key = Records.newRecord(MasterKey.class);
        key.setKeyId(id);
        key.setBytes(ByteBuffer.wrap(bytes));
        return key;
    }

    private static NMTokenIdentifier nmToken(NodeId node, int keyId) {
        return new NMTokenIdentifier(ATTEMPT, node, "alice", keyId);
    }

    private Token containerToken(NodeId node, int keyId, MasterKey key) {
        ContainerTokenIdentifier identifier = new ContainerTokenIdentifier(
                ContainerId.newContainerId(ATTEMPT, 4),
                node.toString(),
                "alice",
                Resource.newInstance(1, 1),
                0,
                keyId,
                5,
                Priority.newInstance(0),
                0);
        ContainerTokenSecrets signer = new ContainerTokenSecrets(KeyJournal.NONE);
        signer.setNodeId(node);
        signer.setCurrentKey(key);
        try {
            return Token.newInstance(
                    identifier.getBytes(),
                    ContainerTokenIdentifier.KIND.toString(),
                    signer.retrievePassword(identifier),
                    "service");
        } catch (InvalidToken e) {
            throw new AssertionError(e);
        }
    }

    private void verify(Token token) throws Exception {
        containerTokens.verify(token, ContainerTokenSecrets.read(token));
    }

    @Test
    void shouldTakeTokensOfTheCurrentAndThePreviousKey() throws Exception {
        containerTokens.setCurrentKey(key(1, 1));
        Token first = containerToken(HERE, 1, key(1, 1));
        verify(first);
        containerTokens.setCurrentKey(key(2, 2));
        verify(first);
        verify(containerToken(HERE, 2, key(2, 2)));
        containerTokens.setCurrentKey(key(2, 2));
        verify(first);

        containerTokens.setCurrentKey(key(3, 3));
        assertThatThrownBy(() -> verify(first)).isInstanceOf(InvalidToken.class).hasMessageContaining("key 1");
    }

    @Test
    void shouldRefuseForgedContainerTokens() {
        containerTokens.setCurrentKey(key(1, 1));

        assertThatThrownBy(() -> verify(containerToken(HERE, 1, key(1, 9))))
                .isInstanceOf(InvalidToken.class)
                .hasMessageContaining("is not signed by this node's resource manager");
        assertThatThrownBy(() -> verify(containerToken(ELSEWHERE, 1, key(1, 1))))
                .isInstanceOf(InvalidToken.class)
                .hasMessageContaining("elsewhere:1");
        assertThatThrownBy(() -> verify(containerToken(HERE, 7, key(7, 1))))
                .isInstanceOf(InvalidToken.class)
                .hasMessageContaining("key 7");
    }

    @Test
    void shouldRefuseContainerTokensBeforeThereIsAKey() {
        assertThatThrownBy(() -> verify(containerToken(HERE, 1, key(1, 1)))).isInstanceOf(InvalidToken.class);
    }

    @Test
    void shouldRefuseNmTokensOfOtherNodesAndUnknownKeys() throws Exception {
        nmTokens.setCurrentKey(key(1, 1));
        assertThat(nmTokens.retrievePassword(nmToken(HERE, 1))).isNotEmpty();

        assertThatThrownBy(() -> nmTokens.retrievePassword(nmToken(ELSEWHERE, 1)))
                .isInstanceOf(InvalidToken.class)
                .hasMessageContaining("elsewhere:1");
        assertThatThrownBy(() -> nmTokens.retrievePassword(nmToken(HERE, 2))).isInstanceOf(InvalidToken.class);
    }

    @Test
    void shouldKeepTheKeyOfAnAttemptThatHasStartedAContainer() throws Exception {
        nmTokens.setCurrentKey(key(1, 1));
        byte[] password = nmTokens.retrievePassword(nmToken(HERE, 1));
        nmTokens.remember(nmToken(HERE, 1));
        nmTokens.setCurrentKey(key(2, 2));
        nmTokens.setCurrentKey(key(3, 3));
        assertThat(nmTokens.retrievePassword(nmToken(HERE, 1))).isEqualTo(password);

        nmTokens.forget(ATTEMPT.getApplicationId());
        assertThatThrownBy(() -> nmTokens.retrievePassword(nmToken(HERE, 1))).isInstanceOf(InvalidToken.class);
    }

    @Test
    void shouldTakeANewKeyOfTheSameNumber() throws Exception {
        containerTokens.setCurrentKey(key(1, 1));
        containerTokens.setCurrentKey(key(1, 2));

        verify(containerToken(HERE, 1, key(1, 2)));
    }
}
