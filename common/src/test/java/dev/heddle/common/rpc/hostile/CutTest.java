package dev.heddle.common.rpc.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.compat.TokenSecrets;
import dev.heddle.common.rpc.hostile.Delivery.CutOffException;
import dev.heddle.common.rpc.server.MemoryConnection;
import dev.heddle.common.rpc.server.MemoryServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;
import org.junit.jupiter.api.Test;

/** A server answers alike however the bytes of a conversation come, and forgets one that breaks off, wherever it does. */
class CutTest {
    /** Levels as Hadoop names them, each beside SASL's name for it. */
    private static final String[][] LEVELS = {
        {"authentication", "auth"}, {"integrity", "auth-int"}, {"privacy", "auth-conf"}
    };

    private static final List<String> TEXTS = List.of("first", "second", "a third that is longer than the others");

    private final Repeater repeater = new Repeater(Pieces.USER);
    private final MemoryServer server = MemoryServer.open(new YarnConfiguration(), repeater.protocol());
    private final TokenSecrets<RMDelegationTokenIdentifier> secrets = TokenDialogue.secrets();
    private final Repeater ownersRepeater = new Repeater(TokenDialogue.OWNER);

    private MemoryServer tokenServer(String level) {
        Configuration configuration = new YarnConfiguration();
        configuration.set(CommonConfigurationKeys.HADOOP_RPC_PROTECTION, level);
        return MemoryServer.tokenOnly(configuration, secrets, ownersRepeater.protocol());
    }

    private byte[] answersTo(List<byte[]> writes) {
        MemoryConnection connection = server.connect();
        writes.forEach(connection::write);
        assertThat(connection.ended()).isFalse();
        connection.close();
        assertThat(server.leftovers(0)).isEmpty();
        return connection.received();
    }

    private static List<byte[]> cut(byte[] all, int... positions) {
        List<byte[]> parts = new ArrayList<>();
        int from = 0;
        for (int to : positions) {
            parts.add(Arrays.copyOfRange(all, from, to));
            from = to;
        }
        parts.add(Arrays.copyOfRange(all, from, all.length));
        return parts;
    }

    @Test
    void shouldAnswerAlikeWhereverAStreamIsCut() throws IOException {
        byte[] all = Pieces.joined(Pieces.simple(5));
        byte[] answers = answersTo(List.of(all));
        assertThat(Answer.all(answers)).hasSize(5);
        for (int first = 0; first < all.length; first++) {
            assertThat(answersTo(cut(all, first))).as("cut at %s", first).isEqualTo(answers);
            int second = Math.min(all.length, first + 5);
            assertThat(answersTo(cut(all, first, second)))
                    .as("cut at %s and %s", first, second)
                    .isEqualTo(answers);
        }
    }

    @Test
    void shouldAnswerAlikeWhenEachByteComesAlone() {
        byte[] all = Pieces.joined(Pieces.simple(5));
        List<byte[]> bytes = new ArrayList<>();
        for (byte each : all) {
            bytes.add(new byte[] {each});
        }
        assertThat(answersTo(bytes)).isEqualTo(answersTo(List.of(all)));
    }

    @Test
    void shouldAnswerAlikeWhenSeveralFramesComeAtOnce() {
        List<byte[]> pieces = Pieces.simple(5);
        byte[] answers = answersTo(pieces);
        for (int from = 0; from < pieces.size(); from++) {
            for (int to = from + 1; to <= pieces.size(); to++) {
                List<byte[]> writes = new ArrayList<>(pieces.subList(0, from));
                writes.add(Pieces.joined(pieces.subList(from, to)));
                writes.addAll(pieces.subList(to, pieces.size()));
                assertThat(answersTo(writes))
                        .as("joined from %s to %s", from, to)
                        .isEqualTo(answers);
            }
        }
    }

    /** Says the texts to a new connection. */
    private long say(MemoryServer to, String quality, Function<MemoryWire, Delivery> delivery) throws IOException {
        MemoryConnection connection = to.connect();
        Delivery delivered = delivery.apply(new MemoryWire(connection));
        try {
            assertThat(new TokenDialogue(delivered, quality, secrets).say(TEXTS))
                    .isEqualTo(TEXTS);
        } finally {
            connection.close();
            assertThat(to.leftovers(0)).isEmpty();
        }
        return delivered.position();
    }

    @Test
    void shouldAnswerAlikeHoweverAProtectedStreamComes() throws IOException {
        for (String[] level : LEVELS) {
            MemoryServer tokens = tokenServer(level[0]);
            long length = say(tokens, level[1], Delivery::joined);
            say(tokens, level[1], wire -> Delivery.cut(wire, position -> true));
            for (long at = 1; at < length; at++) {
                long cut = at;
                say(tokens, level[1], wire -> Delivery.cut(wire, position -> position == cut));
            }
        }
        assertThat(ownersRepeater.heardOfOthers()).isZero();
    }

    @Test
    void shouldForgetAConnectionThatEndsAfterAnyByte() {
        List<byte[]> pieces = Pieces.simple(3);
        byte[] all = Pieces.joined(pieces);
        long[] ends = new long[3];
        int end = all.length;
        for (int call = 2; call >= 0; call--) {
            ends[call] = end;
            end -= pieces.get(pieces.size() - 3 + call).length;
        }
        for (int length = 0; length <= all.length; length++) {
            long before = repeater.heard();
            MemoryConnection connection = server.connect();
            connection.write(all, 0, length);
            connection.close();
            assertThat(server.leftovers(0)).as("ended after %s", length).isEmpty();
            long whole = 0;
            for (long each : ends) {
                whole += each <= length ? 1 : 0;
            }
            assertThat(repeater.heard() - before).as("calls after %s", length).isEqualTo(whole);
        }
    }

    @Test
    void shouldForgetAProtectedConnectionThatEndsAfterAnyByte() throws IOException {
        for (String[] level : LEVELS) {
            MemoryServer tokens = tokenServer(level[0]);
            long length = say(tokens, level[1], Delivery::joined);
            for (long after = 1; after <= length; after++) {
                long end = after;
                boolean cutOff = false;
                try {
                    say(tokens, level[1], wire -> Delivery.ending(wire, end));
                } catch (CutOffException e) {
                    cutOff = true;
                }
                assertThat(cutOff).isTrue();
            }
        }
    }

    @Test
    void shouldDropTheAnswersOfAConnectionThatIsGone() {
        List<byte[]> pieces = Pieces.simple(0);
        for (int call = 0; call < 10; call++) {
            pieces.add(Pieces.echo(call, Repeater.LATER));
        }
        MemoryConnection connection = server.connect();
        pieces.forEach(connection::write);
        assertThat(server.statistics().callsInFlight()).isEqualTo(10);
        connection.close();
        assertThat(server.statistics().connections().open()).isZero();
        assertThat(server.statistics().callsInFlight()).isEqualTo(10);
        repeater.answerAll();
        assertThat(server.leftovers(0)).isEmpty();
        assertThat(connection.received()).isEmpty();
    }

    @Test
    void shouldGiveAnswersInTheOrderInWhichTheyAreThere() throws IOException {
        MemoryConnection connection = server.connect();
        Pieces.simple(0).forEach(connection::write);
        connection.write(Pieces.echo(1, Repeater.LATER));
        connection.write(Pieces.echo(2, "now"));
        repeater.answerAll();
        connection.write(Pieces.ping());
        assertThat(Answer.all(connection.received()))
                .extracting(answer -> answer.header().getCallId())
                .containsExactly(2, 1);
        connection.close();
        assertThat(server.leftovers(0)).isEmpty();
    }
}
