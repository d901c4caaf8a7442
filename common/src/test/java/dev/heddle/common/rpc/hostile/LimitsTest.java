package dev.heddle.common.rpc.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.UserException;
import dev.heddle.common.config.Setting;
import dev.heddle.common.rpc.compat.RawConnection;
import dev.heddle.common.rpc.server.MemoryConnection;
import dev.heddle.common.rpc.server.MemoryServer;
import dev.heddle.common.rpc.transport.RpcSettings;
import dev.heddle.common.rpc.transport.RpcThreads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.Test;

/** Every limit that a setting names, at the moment at which it is passed. Time is what these tests say it is. */
class LimitsTest {
    private static final int HANDSHAKE_FRAME_BYTES = 1 << 20;
    private static final long LIMIT_MS = 1_000;
    private static final long LINGER_MS = 5_000;

    private final Repeater repeater = new Repeater(Pieces.USER);
    private final Configuration configuration = new YarnConfiguration();

    private MemoryServer server() {
        return MemoryServer.open(configuration, repeater.protocol());
    }

    private static MemoryConnection established(MemoryServer server) {
        MemoryConnection connection = server.connect();
        Pieces.simple(0).forEach(connection::write);
        return connection;
    }

    private static List<Answer> answers(MemoryConnection connection) throws IOException {
        return Answer.all(connection.received());
    }

    private static void assertAnswers(MemoryConnection connection, int callId) throws IOException {
        connection.write(Pieces.echo(callId, "hello"));
        List<Answer> answers = answers(connection);
        Answer last = answers.get(answers.size() - 1);
        assertThat(last.header().getCallId()).isEqualTo(callId);
        assertThat(last.text()).isEqualTo("hello");
    }

    private static byte[] length(int length) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(length).array();
    }

    private static long after(long millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void shouldTakeShorterFramesBeforeItKnowsThePeerThanAfterwards() throws IOException {
        MemoryServer server = server();
        for (int length : new int[] {HANDSHAKE_FRAME_BYTES, HANDSHAKE_FRAME_BYTES + 1}) {
            MemoryConnection stranger = server.connect();
            stranger.write(Pieces.preamble(RawConnection.NO_AUTHENTICATION));
            stranger.write(length(length));
            assertThat(stranger.closed()).as("%s bytes", length).isEqualTo(length > HANDSHAKE_FRAME_BYTES);
            assertThat(stranger.received()).isEmpty();
            stranger.close();
        }
        MemoryConnection known = established(server);
        known.write(Pieces.echo(1, "x".repeat(HANDSHAKE_FRAME_BYTES + 1)));
        assertThat(answers(known)).hasSize(1);
        known.close();
        assertThat(server.leftovers(0)).isEmpty();
    }

    @Test
    void shouldTakeFramesUpToTheLongestRequest() throws IOException {
        configuration.setInt(RpcSettings.MAX_REQUEST.key(), 2_000);
        MemoryServer server = server();
        byte[] fits = Pieces.echo(1, "x".repeat(2_000 - 105));
        assertThat(fits).hasSize(2_000 + Integer.BYTES);
        MemoryConnection connection = established(server);
        connection.write(fits);
        assertThat(answers(connection)).hasSize(1);
        connection.write(length(2_001));
        assertThat(connection.closed()).isTrue();
        assertThat(server.statistics().connections().refused()).isEqualTo(1);
        assertThat(server.leftovers(0)).isEmpty();
    }

    private static void assertTooBusy(Answer answer, int callId) {
        assertThat(answer.header().getCallId()).isEqualTo(callId);
        assertThat(answer.header().getStatus()).isEqualTo(RpcStatusProto.ERROR);
        assertThat(answer.header().getErrorDetail()).isEqualTo(RpcErrorCodeProto.ERROR_RPC_SERVER);
        assertThat(answer.header().getExceptionClassName()).isEqualTo(RetriableException.class.getName());
        assertThat(answer.header().getErrorMsg()).isEqualTo("Server too busy");
    }

    @Test
    void shouldBeTooBusyForMoreCallsOfAConnectionThanItMayHave() throws IOException {
        configuration.setInt(RpcSettings.MAX_CALLS_PER_CONNECTION.key(), 2);
        MemoryServer server = server();
        MemoryConnection connection = established(server);
        MemoryConnection other = established(server);
        for (int call = 1; call <= 3; call++) {
            connection.write(Pieces.echo(call, Repeater.LATER));
        }
        assertThat(answers(connection)).hasSize(1);
        assertTooBusy(answers(connection).get(0), 3);
        assertAnswers(other, 1);
        repeater.answerAll();
        assertAnswers(connection, 4);
        assertThat(answers(connection))
                .extracting(answer -> answer.header().getCallId())
                .containsExactly(3, 1, 2, 4);
        assertThat(server.statistics().busyAnswers()).isEqualTo(1);
    }

    @Test
    void shouldBeTooBusyForMoreCallsInAllThanItMayHave() throws IOException {
        configuration.setInt(RpcSettings.MAX_CALLS.key(), 2);
        MemoryServer server = server();
        MemoryConnection first = established(server);
        MemoryConnection second = established(server);
        first.write(Pieces.echo(1, Repeater.LATER));
        second.write(Pieces.echo(2, Repeater.LATER));
        second.write(Pieces.echo(3, "now"));
        assertTooBusy(answers(second).get(0), 3);
        first.write(Pieces.echo(4, "now"));
        assertTooBusy(answers(first).get(0), 4);
        first.close();
        second.write(Pieces.echo(5, "a call does not end with its connection"));
        assertTooBusy(answers(second).get(1), 5);
        repeater.answerAll();
        assertAnswers(second, 6);
        second.close();
        assertThat(server.leftovers(0)).isEmpty();
    }

    @Test
    void shouldCloseConnectionsPastTheLimits() throws IOException {
        for (Setting<Integer> limit : List.of(RpcSettings.MAX_CONNECTIONS, RpcSettings.MAX_CONNECTIONS_PER_ADDRESS)) {
            configuration.clear();
            configuration.setInt(limit.key(), 2);
            MemoryServer server = server();
            MemoryConnection first = established(server);
            MemoryConnection second = established(server);
            MemoryConnection third = established(server);
            assertThat(third.closed()).as(limit.key()).isTrue();
            assertThat(third.received()).isEmpty();
            assertThat(server.statistics().connections().refused()).isEqualTo(1);
            assertAnswers(first, 1);
            second.close();
            assertAnswers(established(server), 1);
            assertThat(server.leftovers(2)).isEmpty();
        }
    }

    @Test
    void shouldSetNoLimitOfConnectionsAtZero() throws IOException {
        configuration.setInt(RpcSettings.MAX_CONNECTIONS.key(), 0);
        configuration.setInt(RpcSettings.MAX_CONNECTIONS_PER_ADDRESS.key(), 0);
        MemoryServer server = server();
        for (int i = 0; i < 10; i++) {
            assertAnswers(established(server), 1);
        }
    }

    @Test
    void shouldCloseAConnectionThatDoesNotSayInTimeWhoItIs() {
        configuration.setLong(RpcSettings.HANDSHAKE_LIMIT.key(), LIMIT_MS);
        MemoryServer server = server();
        long opened = System.nanoTime();
        List<MemoryConnection> slow = new ArrayList<>();
        for (int bytes = 0; bytes < 40; bytes++) {
            MemoryConnection connection = server.connect();
            connection.write(Pieces.joined(Pieces.simple(0)), 0, bytes);
            slow.add(connection);
        }
        MemoryConnection known = established(server);
        server.sweep(opened + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS));
        assertThat(slow).noneMatch(MemoryConnection::closed);
        // Neither bytes nor pings put it off.
        slow.get(7).write(Pieces.ping());
        server.sweep(after(LIMIT_MS));
        assertThat(slow).allMatch(MemoryConnection::closed);
        assertThat(known.closed()).isFalse();
        assertThat(server.leftovers(1)).isEmpty();
    }

    @Test
    void shouldCloseAConnectionThatIsSilentForLong() throws IOException {
        configuration.setLong(RpcSettings.IDLE_LIMIT.key(), LIMIT_MS);
        MemoryServer server = server();
        MemoryConnection silent = established(server);
        MemoryConnection pinging = established(server);
        MemoryConnection waiting = established(server);
        waiting.write(Pieces.echo(1, Repeater.LATER));
        long now = after(0);
        server.sweep(now);
        pinging.write(Pieces.ping());
        now += TimeUnit.MILLISECONDS.toNanos(LIMIT_MS) + 1;
        server.sweep(now);
        assertThat(silent.closed()).isTrue();
        assertThat(pinging.closed()).isFalse();
        assertThat(waiting.closed()).isFalse();
        repeater.answerAll();
        server.sweep(now + 1);
        assertThat(answers(waiting)).hasSize(1);
        server.sweep(now + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS) + 2);
        assertThat(waiting.closed()).isTrue();
        assertThat(pinging.closed()).isTrue();
        assertThat(server.leftovers(0)).isEmpty();
    }

    @Test
    void shouldCloseARefusedConnectionEvenThoughItKeepsSending() {
        MemoryServer server = server();
        MemoryConnection refused = established(server);
        long now = after(0);
        refused.write(Pieces.echo(-7, "nobody's number"));
        assertThat(refused.ended()).isTrue();
        for (int half = 1; half <= 3; half++) {
            assertThat(refused.closed()).isEqualTo(half == 3);
            refused.write(Pieces.ping());
            server.sweep(now + half * TimeUnit.MILLISECONDS.toNanos(LINGER_MS) * 2 / 3);
        }
        assertThat(refused.closed()).isTrue();
        assertThat(server.leftovers(0)).isEmpty();
    }

    @Test
    void shouldTakeNoCallsOfAPeerThatDoesNotReadAndGoOnWhenItDoes() throws IOException {
        MemoryServer server = server();
        MemoryConnection slow = established(server);
        slow.stall(true);
        int calls = 100;
        for (int call = 0; call < calls; call++) {
            slow.write(Pieces.echo(call, Repeater.AT_LENGTH));
        }
        long answerBytes = (long) Repeater.AT_LENGTH.length() * Repeater.TIMES;
        assertThat(slow.wanted()).isFalse();
        assertThat(repeater.heard()).isLessThan(10);
        assertThat(server.statistics().bufferedBytes()).isBetween(answerBytes, 10 * answerBytes);
        MemoryConnection other = established(server);
        assertAnswers(other, 1);
        slow.stall(false);
        assertThat(slow.wanted()).isTrue();
        assertThat(answers(slow))
                .extracting(answer -> answer.header().getCallId())
                .isEqualTo(IntStream.range(0, calls).boxed().toList());
        other.close();
        slow.close();
        assertThat(server.leftovers(0)).isEmpty();
    }

    @Test
    void shouldCloseAPeerThatLetsTooMuchPileUp() throws IOException {
        configuration.setInt(RpcSettings.MAX_UNSENT.key(), 1 << 20);
        MemoryServer server = server();
        MemoryConnection slow = established(server);
        MemoryConnection other = established(server);
        String text = Repeater.LATER + "x".repeat(100_000);
        for (int call = 0; call < 20; call++) {
            slow.write(Pieces.echo(call, text));
        }
        slow.stall(true);
        repeater.answerAll();
        assertAnswers(other, 1);
        assertThat(slow.closed()).isTrue();
        assertThat(slow.received()).isEmpty();
        assertThat(server.leftovers(1)).isEmpty();
    }

    @Test
    void shouldCloseAPeerThatReadsNothingForLongThoughItsCallsAreAtWork() {
        configuration.setLong(RpcSettings.IDLE_LIMIT.key(), LIMIT_MS);
        MemoryServer server = server();
        MemoryConnection slow = established(server);
        slow.write(Pieces.echo(1, Repeater.LATER));
        slow.stall(true);
        slow.write(Pieces.echo(2, Repeater.AT_LENGTH));
        long now = after(0);
        server.sweep(now);
        assertThat(slow.closed()).isFalse();
        server.sweep(now + TimeUnit.MILLISECONDS.toNanos(LIMIT_MS) + 1);
        assertThat(slow.closed()).isTrue();
        repeater.answerAll();
        assertThat(server.leftovers(0)).isEmpty();
    }

    @Test
    void shouldHoldNoMoreOfUnfinishedFramesThanAllConnectionsMay() throws IOException {
        int limit = 1 << 20;
        configuration.setInt(RpcSettings.MAX_BUFFERED.key(), limit);
        MemoryServer server = server();
        MemoryConnection known = established(server);
        byte[] beginning = ByteBuffer.allocate(100_000).putInt(200_000).array();
        List<MemoryConnection> greedy = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            MemoryConnection connection = established(server);
            connection.write(beginning);
            greedy.add(connection);
            assertThat(server.statistics().bufferedBytes()).isLessThanOrEqualTo(limit);
        }
        assertThat(greedy).filteredOn(MemoryConnection::closed).hasSize(10);
        assertAnswers(known, 1);
        greedy.forEach(MemoryConnection::close);
        assertThat(server.leftovers(1)).isEmpty();
    }

    @Test
    void shouldGrowWithTheBytesThatCameAndNotWithTheLengthThatWasSaid() {
        MemoryServer server = server();
        MemoryConnection boasting = established(server);
        boasting.write(length(RpcSettings.MAX_REQUEST.defaultValue()));
        boasting.write(new byte[1_000]);
        assertThat(boasting.closed()).isFalse();
        assertThat(server.statistics().bufferedBytes()).isLessThan(10_000);
        boasting.close();
        assertThat(server.leftovers(0)).isEmpty();
    }

    @Test
    void shouldNameTheSettingThatIsOutOfRange() {
        for (Setting<?> setting : RpcSettings.all()) {
            for (String value : new String[] {"-1", "99999999999", "many"}) {
                if (setting.defaultValue() instanceof Long && value.startsWith("9")) {
                    continue;
                }
                Configuration wrong = new YarnConfiguration();
                wrong.set(setting.key(), value);
                assertThatExceptionOfType(UserException.class)
                        .as("%s at %s", setting, value)
                        .isThrownBy(() -> setting.get(wrong))
                        .withMessageContainingAll(setting.key(), value);
            }
        }
    }

    @Test
    void shouldNotStartWithASettingOutOfRange() {
        for (Setting<?> setting : RpcSettings.all()) {
            if (setting.key().startsWith("heddle.rpc.client.") || setting.key().endsWith("-threads")) {
                continue;
            }
            configuration.clear();
            configuration.set(setting.key(), "-1");
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(this::server)
                    .withMessageContaining(setting.key());
        }
        for (Setting<?> setting : List.of(RpcSettings.IO_THREADS, RpcSettings.SLOW_THREADS)) {
            configuration.clear();
            configuration.set(setting.key(), "257");
            assertThatExceptionOfType(UserException.class)
                    .isThrownBy(() -> RpcThreads.start(configuration))
                    .withMessageContaining(setting.key());
        }
    }
}
