package dev.heddle.bench.rpc;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One thread's share of the load. Every call has a slot by its id, which holds when it was due and on which connection
 * its answer has to come; an answer that fits no slot is an error. All methods but the constructor run on the event
 * loop's thread.
 */
final class LoadLoop {
    private static final int SLOTS = 1 << 20;
    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final int SIGNIFICANT_DIGITS = 3;

    private final EventLoop loop;
    private final List<LoadConnection> connections = new ArrayList<>();
    private final @Nullable LoadConnection[] owners = new LoadConnection[SLOTS];
    private final long[] dueNanos = new long[SLOTS];
    private final Histogram latency = new Histogram(LONGEST_NANOS, SIGNIFICANT_DIGITS);
    private final Histogram lag = new Histogram(LONGEST_NANOS, SIGNIFICANT_DIGITS);

    private int nextId = CallFrame.FIRST_ID;
    private long sent;
    private long answered;
    private long errors;
    private @Nullable String firstError;
    private boolean calling;
    private boolean closing;

    /** Whether an answer is followed by the next call. */
    private boolean closedLoop;

    private double intervalNanos;
    private long firstDueNanos;
    private long issued;
    private @Nullable ScheduledFuture<?> nextSending;

    private boolean measuring;
    private long measuredFromNanos;
    private long measuredToNanos;

    LoadLoop(EventLoop loop) {
        this.loop = loop;
    }

    EventLoop loop() {
        return loop;
    }

    void add(LoadConnection connection) {
        connections.add(connection);
    }

    /** Keeps a number of calls under way on each connection. */
    void callInClosedLoop(int window) {
        calling = true;
        closedLoop = true;
        for (LoadConnection connection : connections) {
            for (int i = 0; i < window; i++) {
                send(connection, System.nanoTime());
            }
            connection.flush();
        }
    }

    /** Calls at a fixed rate, on one connection after the other, however late the answers come. */
    void callInOpenLoop(double callsPerSecond) {
        calling = true;
        closedLoop = false;
        issued = 0;
        intervalNanos = TimeUnit.SECONDS.toNanos(1) / callsPerSecond;
        firstDueNanos = System.nanoTime();
        sendWhatIsDue();
    }

    private void sendWhatIsDue() {
        long now = System.nanoTime();
        long due = firstDueNanos + (long) (issued * intervalNanos);
        long flushFrom = issued;
        while (calling && due - now <= 0) {
            if (measuring && measuredFromNanos - due <= 0) {
                lag.recordValue(Math.min(now - due, LONGEST_NANOS));
            }
            send(connections.get((int) (issued % connections.size())), due);
            issued++;
            due = firstDueNanos + (long) (issued * intervalNanos);
        }
        long flushTo = Math.min(issued, flushFrom + connections.size());
        for (long i = flushFrom; i < flushTo; i++) {
            connections.get((int) (i % connections.size())).flush();
        }
        if (calling) {
            nextSending =
                    loop.schedule(this::sendWhatIsDue, Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private void send(LoadConnection connection, long due) {
        int slot = nextId & (SLOTS - 1);
        if (owners[slot] != null) {
            calling = false;
            error("more than " + SLOTS
                    + " calls wait for their answers: the server, or this load generator, cannot keep up");
            return;
        }
        owners[slot] = connection;
        dueNanos[slot] = due;
        connection.call(nextId);
        sent++;
        nextId = nextId == CallFrame.LAST_ID ? CallFrame.FIRST_ID : nextId + 1;
    }

    /** An answer has come. */
    void answered(LoadConnection connection, int callId, boolean asExpected, long now) {
        int slot = callId & (SLOTS - 1);
        if (owners[slot] != connection) {
            error("an answer to call " + callId + ", which is not under way on its connection");
            return;
        }
        owners[slot] = null;
        answered++;
        if (!asExpected) {
            error("call " + callId + " failed or was answered with something else");
        }
        long due = dueNanos[slot];
        if (measuredFromNanos - due <= 0 && (measuring || due - measuredToNanos < 0)) {
            latency.recordValue(Math.min(now - due, LONGEST_NANOS));
        }
        if (closedLoop && calling) {
            send(connection, now);
        }
    }

    void broken(Throwable cause) {
        error("a connection broke: " + cause);
    }

    void disconnected() {
        if (!closing) {
            error("the server closed a connection");
        }
    }

    private void error(String message) {
        errors++;
        if (firstError == null) {
            firstError = message;
        }
    }

    /** From now on calls are measured by when they are due. */
    LoadCounts beginMeasuring() {
        latency.reset();
        lag.reset();
        measuring = true;
        measuredFromNanos = System.nanoTime();
        return counts();
    }

    LoadCounts endMeasuring() {
        measuring = false;
        measuredToNanos = System.nanoTime();
        return counts();
    }

    void stopCalling() {
        calling = false;
        if (nextSending != null) {
            nextSending.cancel(false);
        }
    }

    LoadCounts counts() {
        return new LoadCounts(sent, answered, errors, firstError);
    }

    /** From when a call was due to its answer, of all calls that were due while measuring. Complete when all have come. */
    Histogram latency() {
        return latency.copy();
    }

    /** From when a call was due to when it was sent: the load generator's own lateness, which is part of the latency. */
    Histogram lag() {
        return lag.copy();
    }

    void close() {
        closing = true;
        connections.forEach(LoadConnection::close);
        connections.clear();
        Arrays.fill(owners, null);
    }
}
