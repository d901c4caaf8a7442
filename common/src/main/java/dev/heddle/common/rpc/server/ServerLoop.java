package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.wire.RequestHeader;
import dev.heddle.common.rpc.wire.ResponseEncoder;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * What the connections of a server share that live on the same I/O thread: the places to decode and encode, the list of
 * those that have answers to send, and the round that looks for connections that are silent for too long. Belongs to that
 * thread.
 */
final class ServerLoop implements Runnable {
    private final EventLoop thread;
    private final int index;
    private final RequestHeader header = new RequestHeader();
    private final ResponseEncoder encoder = new ResponseEncoder();
    private final List<ServerConnection> connections = new ArrayList<>();
    private List<ServerConnection> unflushed = new ArrayList<>();
    private List<ServerConnection> flushing = new ArrayList<>();

    ServerLoop(EventLoop thread, int index) {
        this.thread = thread;
        this.index = index;
    }

    EventLoop thread() {
        return thread;
    }

    /** Which of the server's I/O threads this is. */
    int index() {
        return index;
    }

    RequestHeader header() {
        return header;
    }

    ResponseEncoder encoder() {
        return encoder;
    }

    /** Runs something on this thread; drops it where the thread has ended, as then all connections have. */
    void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            // The process ends.
        }
    }

    void add(ServerConnection connection) {
        connection.setListIndex(connections.size());
        connections.add(connection);
    }

    void remove(ServerConnection connection) {
        ServerConnection last = connections.remove(connections.size() - 1);
        if (last != connection) {
            connections.set(connection.listIndex(), last);
            last.setListIndex(connection.listIndex());
        }
    }

    /** Sends a connection's answers once the tasks are done that wait for this thread now: they may bring more. */
    void flushSoon(ServerConnection connection) {
        unflushed.add(connection);
        if (unflushed.size() == 1) {
            execute(this);
        }
    }

    /** Sends what is to be sent. */
    @Override
    public void run() {
        List<ServerConnection> now = unflushed;
        unflushed = flushing;
        flushing = now;
        for (int i = 0; i < now.size(); i++) {
            now.get(i).flush();
        }
        now.clear();
    }

    /** Closes the connections whose time is up. */
    void sweep(long nowNanos) {
        for (int i = connections.size() - 1; i >= 0; i--) {
            // A close moves the last one to this place, which this round has seen.
            connections.get(i).closeIfOverdue(nowNanos);
        }
    }

    /** Closes all connections. */
    void closeAll() {
        for (ServerConnection connection : List.copyOf(connections)) {
            connection.close();
        }
    }

    int connectionCount() {
        return connections.size();
    }
}
