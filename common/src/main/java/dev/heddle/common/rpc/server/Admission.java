package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.wire.BufferBudget;
import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what a server holds at a time and says when it is enough. For all threads. */
final class Admission {
    private final ServerLimits limits;
    private final AtomicInteger connections = new AtomicInteger();
    private final ConcurrentMap<InetAddress, Integer> connectionsOf = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong busyAnswers = new AtomicLong();
    private final BufferBudget buffers;
    private volatile boolean stopped;

    Admission(ServerLimits limits) {
        this.limits = limits;
        this.buffers = new BufferBudget(limits.bufferedBytes);
    }

    /** Lets a connection in, or says why not. Who was let in leaves by {@link #left}. */
    String admit(InetAddress peer) {
        int ofPeer = connectionsOf.merge(peer, 1, Integer::sum);
        int all = connections.incrementAndGet();
        if (!stopped && all <= limits.connections && ofPeer <= limits.connectionsPerAddress) {
            accepted.incrementAndGet();
            return "";
        }
        left(peer);
        if (stopped) {
            return "this server stops";
        }
        return all > limits.connections
                ? "there are " + limits.connections + " connections, as many as may be"
                : "there are " + limits.connectionsPerAddress + " connections from its address, as many as may be";
    }

    /** Lets nobody in from here on. */
    void stop() {
        stopped = true;
    }

    void left(InetAddress peer) {
        connections.decrementAndGet();
        connectionsOf.computeIfPresent(peer, (address, count) -> count == 1 ? null : count - 1);
    }

    /** Takes a call in, or not: then the answer is "server too busy". */
    boolean beginCall(int ofConnection) {
        if (ofConnection < limits.callsPerConnection) {
            if (calls.incrementAndGet() <= limits.calls) {
                return true;
            }
            calls.decrementAndGet();
        }
        busyAnswers.incrementAndGet();
        return false;
    }

    void endCall() {
        calls.decrementAndGet();
    }

    BufferBudget buffers() {
        return buffers;
    }

    int connections() {
        return connections.get();
    }

    int calls() {
        return calls.get();
    }

    long accepted() {
        return accepted.get();
    }

    long busyAnswers() {
        return busyAnswers.get();
    }
}
