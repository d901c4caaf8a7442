package dev.heddle.bench.nm;

import dev.heddle.rm.model.ContainerId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Where the first command of each container says that it runs: a connection with the container's id in a line. */
final class Landing implements AutoCloseable {
    private static final int BACKLOG = 1_000;
    private static final long LIMIT_S = 60;

    private final ServerSocket socket;
    private final Map<String, Arrival> arrivals = new ConcurrentHashMap<>();

    /** One that is waited for. */
    private static final class Arrival {
        final CountDownLatch there = new CountDownLatch(1);
        volatile long atNanos;
    }

    Landing() {
        try {
            socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::accept, "landing");
        thread.setDaemon(true);
        thread.start();
    }

    /** What a container's shell is to do first. Takes no process of its own. */
    String command() {
        return "exec 3<>/dev/tcp/127.0.0.1/" + socket.getLocalPort() + "; echo \\$CONTAINER_ID >&3; exec 3>&-";
    }

    private void accept() {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept();
                    BufferedReader reader = new BufferedReader(
                            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
                long now = System.nanoTime();
                String id = reader.readLine();
                Arrival arrival = id == null ? null : arrivals.get(id);
                if (arrival != null) {
                    arrival.atNanos = now;
                    arrival.there.countDown();
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /** Has to be called before the container is started. */
    void expect(ContainerId id) {
        arrivals.put(id.toString(), new Arrival());
    }

    /**
     * Waits for a container.
     *
     * @return when it said that it runs, as {@link System#nanoTime} has it
     */
    long await(ContainerId id) throws InterruptedException {
        Arrival arrival = arrivals.get(id.toString());
        if (arrival == null) {
            throw new IllegalArgumentException(id + " is not expected");
        }
        if (!arrival.there.await(LIMIT_S, TimeUnit.SECONDS)) {
            throw new IllegalStateException(id + " did not run within " + LIMIT_S + " s");
        }
        arrivals.remove(id.toString());
        return arrival.atNanos;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
