package dev.heddle.app.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.task.Payload;
import dev.heddle.app.task.TaskOutcome;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Driver and executors on real sockets of the loopback interface. */
final class TransportTest {
    private static final int LIMIT_SECONDS = 20;
    private static final int SOCKET_LIMIT_MS = 20_000;
    private static final int END_OF_STREAM = -1;
    private static final TransportLimits LIMITS = new TransportLimits(100, 10_000, 1 << 16);

    private final SecureRandom random = new SecureRandom();
    private final Secret secret = Secret.random(random);
    private final DriverServer server = new DriverServer(secret, random, LIMITS);
    private final Driver driver = new Driver();
    private final List<DriverConnection> connections = new ArrayList<>();
    private InetSocketAddress address = new InetSocketAddress(0);

    /** What a driver is told. */
    private static final class Driver implements ExecutorListener {
        final LinkedBlockingQueue<ExecutorConnection> connected = new LinkedBlockingQueue<>();
        final LinkedBlockingQueue<Message.TaskFinished> finished = new LinkedBlockingQueue<>();
        final LinkedBlockingQueue<String> closed = new LinkedBlockingQueue<>();

        @Override
        public void connected(ExecutorConnection connection) {
            connected.add(connection);
        }

        @Override
        public void finished(ExecutorConnection connection, Message.TaskFinished message) {
            finished.add(message);
        }

        @Override
        public void closed(ExecutorConnection connection, String reason) {
            closed.add(reason);
        }
    }

    /** What an executor is told. */
    private static final class Executor implements DriverListener {
        final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

        @Override
        public void welcomed(TransportLimits limits) {
            told.add("welcomed " + limits.maxPayloadBytes());
        }

        @Override
        public void run(Message.RunTask message) {
            told.add("run " + message.taskId() + " " + message.task().size());
        }

        @Override
        public void cancel(long taskId) {
            told.add("cancel " + taskId);
        }

        @Override
        public void shutdown() {
            told.add("shutdown");
        }

        @Override
        public void closed(String reason) {
            told.add("closed: " + reason);
        }

        String next() throws InterruptedException {
            return take(told);
        }
    }

    private static <T> T take(LinkedBlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came");
        }
        return next;
    }

    @BeforeEach
    void listen() throws IOException {
        server.serve(driver);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        address = new InetSocketAddress(loopback, server.start(loopback));
    }

    @AfterEach
    void close() {
        connections.forEach(DriverConnection::close);
        server.close();
    }

    private DriverConnection connect(String executorId, Secret known, Executor executor) {
        DriverConnection connection = new DriverConnection(address, executorId, known, random, executor);
        connections.add(connection);
        return connection;
    }

    @Test
    void shouldTalkAfterTheHandshake() throws Exception {
        Executor executor = new Executor();
        server.expect("7");
        DriverConnection connection = connect("7", secret, executor);
        assertThat(executor.next()).isEqualTo("welcomed " + LIMITS.maxPayloadBytes());
        ExecutorConnection known = take(driver.connected);
        assertThat(known.executorId()).isEqualTo("7");

        known.send(new Message.RunTask(1, new Payload(new byte[LIMITS.maxPayloadBytes()])));
        known.send(new Message.CancelTask(1));
        connection.send(new Message.TaskFinished(1, new TaskOutcome.Failed("a", "b", Payload.EMPTY)));
        connection.send(new Message.TaskFinished(2, new TaskOutcome.Succeeded(new Payload(new byte[] {5}))));
        known.send(new Message.Shutdown());

        assertThat(executor.next()).isEqualTo("run 1 " + LIMITS.maxPayloadBytes());
        assertThat(executor.next()).isEqualTo("cancel 1");
        assertThat(executor.next()).isEqualTo("shutdown");
        assertThat(take(driver.finished).outcome()).isInstanceOf(TaskOutcome.Failed.class);
        assertThat(take(driver.finished).outcome())
                .isInstanceOfSatisfying(
                        TaskOutcome.Succeeded.class,
                        succeeded -> assertThat(succeeded.value().bytes()).containsExactly(5));
    }

    @Test
    void shouldTellBothSidesOfTheEnd() throws Exception {
        Executor executor = new Executor();
        server.expect("1");
        connect("1", secret, executor);
        assertThat(executor.next()).startsWith("welcomed");

        take(driver.connected).close();

        assertThat(take(driver.closed)).contains("closed");
        assertThat(executor.next()).isEqualTo("closed: the driver closed the connection");
    }

    @Test
    void shouldStayTogetherThroughHeartbeatsWhileNobodySpeaks() throws Exception {
        server.close();
        TransportLimits impatient = new TransportLimits(50, 500, 1024);
        try (DriverServer other = new DriverServer(secret, random, impatient)) {
            other.serve(driver);
            address = new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), other.start(InetAddress.getLoopbackAddress()));
            other.expect("1");
            Executor executor = new Executor();
            connect("1", secret, executor);
            take(driver.connected);
            assertThat(executor.next()).startsWith("welcomed");

            assertThat(executor.told.poll(4 * impatient.timeoutMs(), TimeUnit.MILLISECONDS))
                    .isNull();
            assertThat(driver.closed).isEmpty();
        }
    }

    @Test
    void shouldPartFromAnExecutorThatDoesNotKnowTheSecret() throws Exception {
        Executor executor = new Executor();
        server.expect("1");
        connect("1", Secret.random(random), executor);

        assertThat(executor.next()).isEqualTo("closed: the other side does not know the application's secret");
        assertThat(driver.connected).isEmpty();
    }

    @Test
    void shouldRefuseAProofThatWasMadeWithAnotherSecret() throws Exception {
        server.expect("1");
        try (Stranger stranger = new Stranger(address)) {
            Payload nonce = Secret.nonce(random);
            stranger.send(new Message.Hello(ExecutorHandshake.VERSION, "1", nonce));
            Message.Challenge challenge = (Message.Challenge) stranger.receive();
            Secret guessed = Secret.random(random);

            stranger.send(new Message.Proof(guessed.prove(Secret.Side.EXECUTOR, "1", challenge.nonce(), nonce)));

            assertThat(stranger.read()).isEqualTo(END_OF_STREAM);
        }
        assertThat(driver.connected).isEmpty();
    }

    @Test
    void shouldRefuseTheDriversOwnProof() throws Exception {
        server.expect("1");
        try (Stranger stranger = new Stranger(address)) {
            stranger.send(new Message.Hello(ExecutorHandshake.VERSION, "1", Secret.nonce(random)));
            Message.Challenge challenge = (Message.Challenge) stranger.receive();

            stranger.send(new Message.Proof(challenge.proof()));

            assertThat(stranger.read()).isEqualTo(END_OF_STREAM);
        }
        assertThat(driver.connected).isEmpty();
    }

    @Test
    void shouldRefuseAnExecutorThatIsNotExpectedOrComesTwice() throws Exception {
        Executor unexpected = new Executor();
        connect("9", secret, unexpected);
        assertThat(unexpected.next()).startsWith("closed");

        server.expect("1");
        Executor first = new Executor();
        connect("1", secret, first);
        assertThat(first.next()).startsWith("welcomed");
        Executor second = new Executor();
        connect("1", secret, second);
        assertThat(second.next()).startsWith("closed");
    }

    @Test
    void shouldHangUpOnAStrangersFrames() throws Exception {
        byte[][] frames = {
            {0x7f, 0, 0, 0},
            {-1, -1, -1, -1},
            {0, 0, 0, 0},
            {0, 0, 0, 1, 99},
            {0, 0, 0, 9, 1, 0, 0, 0, 1, 0, 0, 0, 50},
            {0, 0, 0, 2, 9, 9},
            {0, 0, 0, 1, 9},
            "GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
        };
        for (byte[] frame : frames) {
            try (Stranger stranger = new Stranger(address)) {
                stranger.write(frame);
                assertThat(stranger.read()).isEqualTo(END_OF_STREAM);
            }
        }
        assertThat(driver.connected).isEmpty();
    }

    @Test
    void shouldPartFromAnExecutorWhoseFrameIsTooLarge() throws Exception {
        Executor executor = new Executor();
        server.expect("1");
        DriverConnection connection = connect("1", secret, executor);
        assertThat(executor.next()).startsWith("welcomed");

        connection.send(new Message.TaskFinished(
                1, new TaskOutcome.Succeeded(new Payload(new byte[LIMITS.maxFrameBytes() + 1]))));

        assertThat(take(driver.closed)).contains("the limit is " + LIMITS.maxFrameBytes());
        assertThat(driver.finished).isEmpty();
    }

    @Test
    void shouldTellAnExecutorThatThereIsNoDriver() throws Exception {
        server.close();
        Executor executor = new Executor();
        connect("1", secret, executor);

        assertThat(executor.next()).startsWith("closed: cannot connect to");
    }

    @Test
    void shouldKeepTheSecretOutOfTexts() {
        assertThat(secret).hasToString("secret");
    }

    /** A peer that speaks in raw bytes. */
    private static final class Stranger implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;
        private final DataOutputStream out;

        Stranger(InetSocketAddress address) throws IOException {
            socket = new Socket(address.getAddress(), address.getPort());
            socket.setSoTimeout(SOCKET_LIMIT_MS);
            in = new DataInputStream(socket.getInputStream());
            out = new DataOutputStream(socket.getOutputStream());
        }

        void write(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        void send(Message message) throws IOException {
            io.netty.buffer.ByteBuf buffer = io.netty.buffer.Unpooled.buffer();
            MessageCodec.encode(message, buffer);
            out.writeInt(buffer.readableBytes());
            buffer.readBytes(out, buffer.readableBytes());
            out.flush();
        }

        Message receive() throws IOException {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return MessageCodec.decode(io.netty.buffer.Unpooled.wrappedBuffer(frame));
        }

        /** The next byte, or -1 where the other side has hung up, politely or not. */
        int read() throws IOException {
            try {
                return in.read();
            } catch (java.net.SocketException e) {
                return END_OF_STREAM;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
