package dev.heddle.common.rpc.hostile;

import static dev.heddle.common.rpc.compat.RawAnswers.say;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.rpc.compat.CompatServer;
import dev.heddle.common.rpc.compat.RawConnection;
import dev.heddle.common.rpc.compat.TokenSecrets;
import dev.heddle.common.rpc.metrics.ServerStatistics;
import dev.heddle.common.rpc.transport.RpcSettings;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.security.client.RMDelegationTokenIdentifier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What the other tests hold a server in memory to, over sockets and with threads, as far as that can be told apart from
 * chance. The server has one I/O thread, so that whoever has been answered twice knows what it has read before.
 */
class SocketTest {
    private static final int MAX_FRAME_BYTES = 4_096;
    private static final long CASES = 2_000;
    private static final long ONE_IN = 500;
    private static final int PROBE_EVERY = 50;
    private static final int SLOW_CALLS = 300;
    private static final int LONG_TEXT_LENGTH = 100_000;

    /** More rounds of the I/O thread than it takes to accept and to forget what a test has sent its way. */
    private static final int MAX_PROBES = 10_000;

    private static final long MAX_HEAP_GROWTH_BYTES = 64L << 20;

    private final Repeater repeater = new Repeater(Pieces.USER);
    private final Configuration configuration = new YarnConfiguration();
    private final List<AutoCloseable> open = new ArrayList<>();
    private int probes;

    private CompatServer server() {
        configuration.setInt(RpcSettings.IO_THREADS.key(), 1);
        CompatServer server = CompatServer.start(configuration, repeater.protocol());
        open.add(server);
        return server;
    }

    private RawConnection established(CompatServer server) throws IOException {
        RawConnection connection = RawConnection.established(server.address());
        open.add(connection);
        return connection;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /**
     * Returns when the server has read all that was sent before: what came before the first call is read no later than in
     * the same round of the I/O thread, and the second call is read in a later one.
     */
    private void probe(RawConnection bystander) throws IOException {
        for (int i = 0; i < 2; i++) {
            probes++;
            assertThat(say(bystander, probes, "still there")).isEqualTo("still there");
        }
    }

    /** Returns when nobody but the bystander is left, nor anything of the others. */
    private void settle(CompatServer server, RawConnection bystander) throws IOException {
        for (int i = 0; i < MAX_PROBES && server.statistics().connections().open() > 1; i++) {
            probe(bystander);
        }
        probe(bystander);
        ServerStatistics statistics = server.statistics();
        assertThat(statistics.connections().open()).isEqualTo(1);
        assertThat(statistics.callsInFlight()).isZero();
        assertThat(statistics.bufferedBytes()).isZero();
        assertThat(statistics.defects()).isZero();
    }

    @Test
    void shouldAnswerAlikeWhereverAStreamIsCut() throws IOException {
        CompatServer server = server();
        RawConnection bystander = established(server);
        byte[] all = Pieces.joined(Pieces.simple(2));
        for (int cut = 1; cut <= all.length; cut++) {
            try (RawConnection connection = RawConnection.to(server.address())) {
                connection.bytes(Arrays.copyOf(all, cut));
                probe(bystander);
                connection.bytes(Arrays.copyOfRange(all, cut, all.length));
                SocketWire wire = new SocketWire(connection);
                assertThat(wire.read().text()).as("cut at %s", cut).isEqualTo("text 0");
                assertThat(wire.read().text()).as("cut at %s", cut).isEqualTo("text 1");
            }
        }
        settle(server, bystander);
    }

    @Test
    void shouldForgetAConnectionThatEndsAfterAnyByte() throws IOException {
        CompatServer server = server();
        RawConnection bystander = established(server);
        byte[] all = Pieces.joined(Pieces.simple(2));
        for (int length = 0; length <= all.length; length++) {
            try (RawConnection connection = RawConnection.to(server.address())) {
                connection.bytes(Arrays.copyOf(all, length));
            }
        }
        settle(server, bystander);
    }

    @Test
    void shouldOutliveWhateverIsSent() throws IOException {
        configuration.setInt(RpcSettings.MAX_REQUEST.key(), MAX_FRAME_BYTES);
        CompatServer server = server();
        RawConnection bystander = established(server);
        List<byte[]> conversation = Pieces.simple(3);
        probe(bystander);
        long before = usedHeap();
        Fuzz.run("mutated conversations over sockets", CASES, ONE_IN, random -> {
            List<byte[]> pieces = new ArrayList<>(conversation);
            Mutations.mutate(pieces, MAX_FRAME_BYTES, random);
            exchange(server, Pieces.joined(pieces), random);
            if (++probes % PROBE_EVERY == 0) {
                probe(bystander);
            }
        });
        settle(server, bystander);
        assertThat(usedHeap() - before).isLessThan(MAX_HEAP_GROWTH_BYTES);
    }

    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Sends bytes and the end of them, and reads to the end of the answers; or hangs up without reading. */
    private static void exchange(CompatServer server, byte[] sent, SplittableRandom random) throws IOException {
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.setTcpNoDelay(true);
            int cut = random.nextInt(sent.length + 1);
            socket.getOutputStream().write(sent, 0, cut);
            socket.getOutputStream().write(sent, cut, sent.length - cut);
            if (random.nextInt(4) > 0) {
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            }
        } catch (SocketException e) {
            // A server that closes with bytes unread resets the connection, which is an end like another.
        }
    }

    @Test
    void shouldCloseThoseWhoDoNotSayInTimeWhoTheyAre() throws IOException {
        configuration.setLong(RpcSettings.HANDSHAKE_LIMIT.key(), 100);
        CompatServer server = server();
        try (RawConnection silent = RawConnection.to(server.address());
                RawConnection begun = RawConnection.to(server.address())) {
            begun.bytes(Pieces.preamble(RawConnection.SASL));
            assertThat(silent.readToEnd()).isEmpty();
            assertThat(begun.readToEnd()).isEmpty();
        }
    }

    @Test
    void shouldCloseThoseWhoAreSilentForLong() throws IOException {
        configuration.setLong(RpcSettings.IDLE_LIMIT.key(), 200);
        assertThat(established(server()).readToEnd()).isEmpty();
    }

    @Test
    void shouldCloseAPeerThatNeverReadsAndServeTheOthers() throws IOException {
        configuration.setInt(RpcSettings.MAX_UNSENT.key(), 1 << 20);
        CompatServer server = server();
        RawConnection bystander = established(server);
        RawConnection slow = established(server);
        String text = Repeater.LATER + "x".repeat(LONG_TEXT_LENGTH);
        for (int call = 0; call < SLOW_CALLS; call++) {
            slow.bytes(Pieces.echo(call, text));
        }
        while (server.statistics().callsInFlight() < SLOW_CALLS) {
            probe(bystander);
        }
        long before = usedHeap();
        repeater.answerAll();
        settle(server, bystander);
        assertThat(slow.readToEnd().length).isLessThan(SLOW_CALLS * LONG_TEXT_LENGTH);
        assertThat(usedHeap() - before).isLessThan(MAX_HEAP_GROWTH_BYTES);
    }

    @Test
    void shouldCloseConnectionsPastTheLimit() throws IOException {
        configuration.setInt(RpcSettings.MAX_CONNECTIONS_PER_ADDRESS.key(), 2);
        CompatServer server = server();
        RawConnection first = established(server);
        RawConnection second = established(server);
        probe(first);
        probe(second);
        try (RawConnection third = RawConnection.to(server.address())) {
            assertThat(third.readToEnd()).isEmpty();
        }
        second.close();
        probe(first);
        probe(established(server));
    }

    /** The bytes of a token's conversation depend on the server's, so a client leads it over the socket. */
    @Test
    void shouldTakeProtectedBytesOneByOne() throws Exception {
        for (String[] level : new String[][] {{"integrity", "auth-int"}, {"privacy", "auth-conf"}}) {
            TokenSecrets<RMDelegationTokenIdentifier> secrets = TokenDialogue.secrets();
            Repeater owners = new Repeater(TokenDialogue.OWNER);
            configuration.set(CommonConfigurationKeys.HADOOP_RPC_PROTECTION, level[0]);
            try (CompatServer server = CompatServer.tokenOnly(configuration, secrets, owners.protocol());
                    RawConnection connection = RawConnection.to(server.address())) {
                Delivery delivery = Delivery.cut(new SocketWire(connection), position -> true);
                assertThat(new TokenDialogue(delivery, level[1], secrets).say(List.of("one", "two")))
                        .containsExactly("one", "two");
            }
        }
    }

    private record SocketWire(RawConnection connection) implements TokenDialogue.Wire {
        @Override
        public void write(byte[] bytes) throws IOException {
            connection.bytes(bytes);
        }

        @Override
        public Answer read() throws IOException {
            RawConnection.Response response = connection.read();
            return new Answer(response.header(), response.body().newCodedInput().readBytes());
        }
    }
}
