package dev.heddle.app.transport;

import io.netty.channel.Channel;

/** The driver's end of a connection to an executor that has proved to belong to the application. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of a failed write or close by closing the channel.
public final class ExecutorConnection {
    private final String executorId;
    private final Channel channel;

    ExecutorConnection(String executorId, Channel channel) {
        this.executorId = executorId;
        this.channel = channel;
    }

    public String executorId() {
        return executorId;
    }

    /** Sends without waiting. What cannot be sent is lost together with the connection, which is reported as closed. */
    public void send(Message message) {
        channel.writeAndFlush(message).addListener(sent -> {
            if (!sent.isSuccess()) {
                channel.close();
            }
        });
    }

    public void close() {
        channel.close();
    }

    @Override
    public String toString() {
        return "executor " + executorId + " at " + channel.remoteAddress();
    }
}
