package dev.heddle.common.rpc.compat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Stands between a client and a server, keeps every byte that passes, and can change one on its way to the server. A
 * connection has a thread for each direction; what they share is guarded by this object's monitor.
 */
final class RecordingProxy implements AutoCloseable {
    private static final long LIMIT_SECONDS = 30;

    private final InetSocketAddress target;
    private final ServerSocket listener;
    private final byte[] changedText;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final List<Socket> sockets = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private int connections;
    private int ended;

    private RecordingProxy(InetSocketAddress target, ServerSocket listener, byte[] changedText) {
        this.target = target;
        this.listener = listener;
        this.changedText = changedText;
    }

    /** A proxy that passes on what it gets. */
    static RecordingProxy to(InetSocketAddress target) {
        return changing(target, "");
    }

    /** A proxy that flips one bit of the last byte of a text wherever it goes to the server in the clear. */
    static RecordingProxy changing(InetSocketAddress target, String text) {
        try {
            ServerSocket listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
            RecordingProxy proxy = new RecordingProxy(target, listener, text.getBytes(StandardCharsets.UTF_8));
            proxy.run("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    synchronized int connections() {
        return connections;
    }

    /** Every byte from clients to the server so far. */
    synchronized byte[] sent() {
        return sent.toByteArray();
    }

    /** Every byte from the server to clients so far. */
    synchronized byte[] received() {
        return received.toByteArray();
    }

    /** Whether a text has passed in the clear, in either direction. */
    boolean saw(String text) {
        return contains(sent(), text) || contains(received(), text);
    }

    private static boolean contains(byte[] bytes, String text) {
        return new String(bytes, StandardCharsets.ISO_8859_1).contains(text);
    }

    /** Waits until what was sent is as wanted. */
    void awaitSent(Predicate<byte[]> wanted) throws InterruptedException, TimeoutException {
        await(() -> wanted.test(sent.toByteArray()));
    }

    /** Waits until a connection has ended. */
    void awaitEnd() throws InterruptedException, TimeoutException {
        await(() -> ended > 0);
    }

    private synchronized void await(BooleanSupplier wanted) throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!wanted.getAsBoolean()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMs <= 0) {
                throw new TimeoutException("not within " + LIMIT_SECONDS + " s");
            }
            wait(leftMs);
        }
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            Socket server = new Socket(target.getAddress(), target.getPort());
            synchronized (this) {
                connections++;
                sockets.add(client);
                sockets.add(server);
            }
            if (listener.isClosed()) {
                client.close();
                server.close();
            }
            run("sent", () -> pump(client, server, sent, changedText));
            run("received", () -> {
                try {
                    pump(server, client, received, new byte[0]);
                } finally {
                    // Also when the client, told by the server that this is the end, was the first to close.
                    synchronized (this) {
                        ended++;
                        notifyAll();
                    }
                }
            });
        }
    }

    private void pump(Socket from, Socket to, ByteArrayOutputStream record, byte[] changed) throws IOException {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] buffer = new byte[65_536];
        int matched = 0;
        try {
            for (int count = read(from, in, buffer); count >= 0; count = read(from, in, buffer)) {
                for (int i = 0; i < count && changed.length > 0; i++) {
                    matched = buffer[i] == changed[matched] ? matched + 1 : buffer[i] == changed[0] ? 1 : 0;
                    if (matched == changed.length) {
                        buffer[i] ^= 1;
                        matched = 0;
                    }
                }
                synchronized (this) {
                    record.write(buffer, 0, count);
                    notifyAll();
                }
                out.write(buffer, 0, count);
            }
        } finally {
            to.close();
        }
    }

    /** A connection that the peer resets has ended like one that it closes. */
    private static int read(Socket socket, InputStream in, byte[] buffer) throws IOException {
        try {
            return in.read(buffer);
        } catch (SocketException e) {
            if (socket.isClosed()) {
                throw e;
            }
            return -1;
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private void run(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // One end has closed: the connection is over.
                    }
                },
                "recording-proxy " + name);
        synchronized (this) {
            threads.add(thread);
        }
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        List<Thread> running;
        synchronized (this) {
            for (Socket socket : sockets) {
                socket.close();
            }
            running = List.copyOf(threads);
        }
        try {
            for (Thread thread : running) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
