package dev.heddle.common.rpc.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.rpc.compat.TokenSecrets;
import dev.heddle.common.rpc.server.MemoryConnection;
import dev.heddle.common.rpc.server.MemoryServer;
import dev.heddle.common.rpc.transport.RpcSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Conversations of clients with a token, changed on their way: nobody else gets in, and nothing is left behind. */
class TokenMutationTest {
    private static final int MAX_FRAME_BYTES = 4_096;
    private static final long CASES = 15_000;
    private static final long ONE_IN = 60;
    private static final List<String> TEXTS = List.of("first", "second");

    /** The JDK's own, which tells of each wrong checksum. */
    private static final Logger SASL_LOG = Logger.getLogger("javax.security.sasl");

    private final TokenSecrets<RMDelegationTokenIdentifier> secrets = TokenDialogue.secrets();
    private final Repeater repeater = new Repeater(TokenDialogue.OWNER);

    @BeforeAll
    static void silence() {
        SASL_LOG.setLevel(Level.WARNING);
    }

    @AfterAll
    static void unsilence() {
        SASL_LOG.setLevel(null);
    }

    private MemoryServer server(String level) {
        Configuration configuration = new YarnConfiguration();
        configuration.set(CommonConfigurationKeys.HADOOP_RPC_PROTECTION, level);
        configuration.setInt(RpcSettings.MAX_REQUEST.key(), MAX_FRAME_BYTES);
        return MemoryServer.tokenOnly(configuration, secrets, repeater.protocol());
    }

    /** Changes some of what the client sends. */
    private static final class Mangled implements TokenDialogue.Wire {
        private final TokenDialogue.Wire wire;
        private final SplittableRandom random;
        private boolean changed;

        private Mangled(TokenDialogue.Wire wire, SplittableRandom random) {
            this.wire = wire;
            this.random = random;
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            if (random.nextInt(5) > 0) {
                wire.write(bytes);
                return;
            }
            List<byte[]> pieces = new ArrayList<>(List.of(bytes));
            Mutations.mutate(pieces, MAX_FRAME_BYTES, random);
            changed = true;
            for (byte[] piece : pieces) {
                wire.write(piece);
            }
        }

        @Override
        public Answer read() throws IOException {
            return wire.read();
        }
    }

    private void fuzz(String level, String quality) throws IOException {
        MemoryServer server = server(level);
        try (MemoryConnection unchanged = server.connect()) {
            assertThat(new TokenDialogue(new MemoryWire(unchanged), quality, secrets).say(TEXTS))
                    .isEqualTo(TEXTS);
        }
        Fuzz.run("mutated conversations with " + level, CASES / 3, ONE_IN * 3, random -> {
            MemoryConnection connection = server.connect();
            Mangled wire = new Mangled(new MemoryWire(connection), random);
            TokenDialogue dialogue = new TokenDialogue(wire, quality, secrets);
            long before = repeater.heard();
            try {
                List<String> answers = dialogue.say(TEXTS);
                if (!wire.changed) {
                    assertThat(answers).isEqualTo(TEXTS);
                }
            } catch (IOException | RuntimeException e) {
                if (!wire.changed) {
                    throw e;
                }
            }
            if (!quality.equals("auth") && repeater.heard() - before > TEXTS.size()) {
                throw new AssertionError("protected calls were made up");
            }
            connection.close();
            String leftovers = server.leftovers(0);
            if (!leftovers.isEmpty()) {
                throw new AssertionError(leftovers);
            }
        });
        assertThat(repeater.heardOfOthers()).isZero();
    }

    @Test
    void shouldLetNobodyInWhoseConversationWasChanged() throws IOException {
        fuzz("authentication", "auth");
    }

    @Test
    void shouldTakeNothingThatWasChangedWhereIntegrityIsProtected() throws IOException {
        fuzz("integrity", "auth-int");
    }

    @Test
    void shouldTakeNothingThatWasChangedWhereItIsPrivate() throws IOException {
        fuzz("privacy", "auth-conf");
    }

    /** Changes the last byte but ten of the last thing that is sent: a part of a checksum. */
    private static final class Spoiled implements TokenDialogue.Wire {
        private final TokenDialogue.Wire wire;
        private int writesLeft;

        private Spoiled(TokenDialogue.Wire wire, int writes) {
            this.wire = wire;
            this.writesLeft = writes;
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            byte[] sent = bytes.clone();
            if (--writesLeft == 0) {
                sent[sent.length - 10] ^= 1;
            }
            wire.write(sent);
        }

        @Override
        public Answer read() throws IOException {
            return wire.read();
        }
    }

    @Test
    void shouldEndAProtectedConnectionAtTheFirstByteThatWasChanged() {
        int writes = 4 + TEXTS.size();
        for (String[] level : new String[][] {{"integrity", "auth-int"}, {"privacy", "auth-conf"}}) {
            MemoryServer server = server(level[0]);
            MemoryConnection connection = server.connect();
            Spoiled wire = new Spoiled(new MemoryWire(connection), writes);
            assertThatThrownBy(() -> new TokenDialogue(wire, level[1], secrets).say(TEXTS))
                    .isInstanceOf(IOException.class);
            assertThat(wire.writesLeft).isZero();
            assertThat(connection.ended()).as(level[0]).isTrue();
            connection.close();
            assertThat(server.leftovers(0)).isEmpty();
        }
        assertThat(repeater.heard()).isEqualTo(2);
    }
}
