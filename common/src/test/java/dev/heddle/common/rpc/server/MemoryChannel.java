package dev.heddle.common.rpc.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** The server's end of a connection in memory, which can be told not to take what it is given to send. */
final class MemoryChannel extends EmbeddedChannel implements DuplexChannel {
    private static final InetSocketAddress SERVER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8032);
    private static final InetSocketAddress CLIENT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream(512);
    private boolean stalled;
    private boolean outputEnded;

    MemoryChannel(ByteBufAllocator allocator) {
        super(false, false);
        config().setAllocator(allocator);
    }

    void begin(ChannelHandler handler) {
        pipeline().addLast(handler);
        try {
            register();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that was sent so far. */
    byte[] sent() {
        return sent.toByteArray();
    }

    /** Sends nothing until it is told otherwise. */
    void stall(boolean still) {
        stalled = still;
        if (!still) {
            flush();
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer waiting) throws Exception {
        if (!stalled) {
            super.doWrite(waiting);
        }
    }

    @Override
    protected void handleOutboundMessage(Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (outputEnded && bytes.isReadable()) {
            throw new IllegalStateException("sent after the end: " + bytes.readableBytes() + " bytes");
        }
        sent.write(ByteBufUtil.getBytes(bytes), 0, bytes.readableBytes());
        bytes.release();
    }

    @Override
    protected SocketAddress localAddress0() {
        return SERVER;
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return CLIENT;
    }

    @Override
    public boolean isInputShutdown() {
        return !isOpen();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return promise.setFailure(new UnsupportedOperationException());
    }

    @Override
    public boolean isOutputShutdown() {
        return outputEnded;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        outputEnded = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return promise.setFailure(new UnsupportedOperationException());
    }
}
