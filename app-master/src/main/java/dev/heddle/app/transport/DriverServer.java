package dev.heddle.app.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The driver's port, to which its executors connect. Only an executor that is expected, and that proves to know the
 * application's secret, gets further than the handshake; each expected executor gets there once.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of a failed write or close by closing the channel.
public final class DriverServer implements AutoCloseable {
    private static final int IO_THREADS = 2;
    private static final int BACKLOG = 1024;
    private static final long QUIET_MS = 0;
    private static final long CLOSE_LIMIT_MS = 2_000;

    private final EventLoopGroup group = new NioEventLoopGroup(IO_THREADS, new DefaultThreadFactory("driver-io", true));
    private final Set<String> expected = ConcurrentHashMap.newKeySet();
    private final AtomicInteger strangers = new AtomicInteger();
    private final Secret secret;
    private final SecureRandom random;
    private final TransportLimits limits;
    private volatile @Nullable ExecutorListener listener;
    private @Nullable Channel channel;

    public DriverServer(Secret secret, SecureRandom random, TransportLimits limits) {
        this.secret = secret;
        this.random = random;
        this.limits = limits;
    }

    /** Names who is told of executors; before the first is expected. */
    public void serve(ExecutorListener executors) {
        listener = executors;
    }

    /**
     * Opens the port; once.
     *
     * @param address to listen on, at a port of the system's choice
     * @return the port
     * @throws IOException if the address cannot be bound
     */
    public int start(InetAddress address) throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel accepted) {
                        FrameDecoder frames = new FrameDecoder();
                        accepted.pipeline()
                                .addLast(frames)
                                .addLast(FrameEncoder.INSTANCE)
                                .addLast(new ExecutorHandshake(
                                        secret,
                                        random,
                                        limits,
                                        new Admission(expected, strangers),
                                        frames,
                                        DriverServer.this::listener));
                    }
                });
        ChannelFuture bound = bootstrap.bind(address, 0).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen on " + address.getHostAddress() + ": "
                    + bound.cause().getMessage());
        }
        channel = bound.channel();
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
    }

    private ExecutorListener listener() {
        return Objects.requireNonNull(listener, "an executor before anybody serves it");
    }

    /** From now on an executor of this name may connect, once. */
    public void expect(String executorId) {
        expected.add(executorId);
    }

    /** The executor will not come any more. */
    public void forget(String executorId) {
        expected.remove(executorId);
    }

    @Override
    public void close() {
        if (channel != null) {
            channel.close().awaitUninterruptibly();
        }
        group.shutdownGracefully(QUIET_MS, CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(CLOSE_LIMIT_MS);
    }
}
