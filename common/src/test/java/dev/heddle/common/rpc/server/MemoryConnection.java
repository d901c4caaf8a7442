package dev.heddle.common.rpc.server;

import io.netty.buffer.ByteBuf;

/** The client's end of a connection in memory. */
public final class MemoryConnection implements AutoCloseable {
    private final MemoryServer server;
    private final MemoryChannel channel;

    MemoryConnection(MemoryServer server, MemoryChannel channel) {
        this.server = server;
        this.channel = channel;
    }

    /** Sends bytes that the server gets in one read; drops them where it has closed the connection. */
    public void write(byte[] bytes, int from, int to) {
        if (channel.isOpen() && to > from) {
            ByteBuf read = channel.alloc().buffer(to - from);
            read.writeBytes(bytes, from, to - from);
            channel.pipeline().fireChannelRead(read);
            channel.pipeline().fireChannelReadComplete();
        }
        settle();
    }

    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    private void settle() {
        server.run();
        channel.runPendingTasks();
        channel.checkException();
    }

    /** All that the server has sent so far. */
    public byte[] received() {
        return channel.sent();
    }

    /** Whether the server has ended what it sends, or the connection. */
    public boolean ended() {
        return channel.isOutputShutdown() || !channel.isOpen();
    }

    /** Whether the server has closed the connection. */
    public boolean closed() {
        return !channel.isOpen();
    }

    /** Whether the server wants to read. */
    public boolean wanted() {
        return channel.config().isAutoRead();
    }

    /** Reads nothing of what the server sends, until told otherwise. */
    public void stall(boolean still) {
        channel.stall(still);
        settle();
    }

    @Override
    public void close() {
        var unused = channel.close();
        settle();
    }
}
