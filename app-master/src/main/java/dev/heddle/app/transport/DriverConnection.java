package dev.heddle.app.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/** The executor's connection to its driver. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of a failed write or close by closing the channel.
public final class DriverConnection implements AutoCloseable {
    private static final int CONNECT_LIMIT_MS = 10_000;
    private static final long CLOSE_LIMIT_MS = 2_000;

    private final EventLoopGroup group = new NioEventLoopGroup(1, new DefaultThreadFactory("executor-io", true));
    private final Channel channel;

    /** Connects and shakes hands; how that goes is told to the listener. */
    public DriverConnection(
            InetSocketAddress driver, String executorId, Secret secret, SecureRandom random, DriverListener listener) {
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_LIMIT_MS)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connected) {
                        FrameDecoder frames = new FrameDecoder();
                        connected
                                .pipeline()
                                .addLast(frames)
                                .addLast(FrameEncoder.INSTANCE)
                                .addLast(new DriverSession(executorId, secret, random, frames, listener));
                    }
                });
        this.channel = bootstrap
                .connect(driver)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        listener.closed("cannot connect to " + driver + ": "
                                + connected.cause().getMessage());
                    }
                })
                .channel();
    }

    /** Sends without waiting. What cannot be sent is lost together with the connection. */
    public void send(Message message) {
        channel.writeAndFlush(message).addListener(sent -> {
            if (!sent.isSuccess()) {
                channel.close();
            }
        });
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSE_LIMIT_MS);
    }
}
