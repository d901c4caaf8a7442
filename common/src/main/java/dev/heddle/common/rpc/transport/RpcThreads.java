package dev.heddle.common.rpc.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;

/**
 * The threads that a process's RPC servers and clients share: a few for I/O, which never wait, and a few more that come
 * and go for the steps of setting up a connection that may wait (Kerberos, groups of users, names of hosts). Sockets are
 * watched by epoll where the platform has it and by the JDK's selector elsewhere.
 */
public final class RpcThreads implements AutoCloseable {
    private static final int MAX_AUTOMATIC_IO_THREADS = 8;

    /** Steps that may wait for a slow thread. A connection has one at most. */
    private static final int SLOW_QUEUE_CAPACITY = 100_000;

    private static final long SLOW_THREAD_IDLE_SECONDS = 30;
    private static final long CLOSE_LIMIT_SECONDS = 5;

    private final EventLoopGroup loops;
    private final ThreadPoolExecutor slow;

    private RpcThreads(EventLoopGroup loops, ThreadPoolExecutor slow) {
        this.loops = loops;
        this.slow = slow;
    }

    /**
     * Starts the threads, which take work as it comes.
     *
     * @throws dev.heddle.common.UserException if a setting is out of its range
     */
    public static RpcThreads start(Configuration configuration) {
        int configured = RpcSettings.IO_THREADS.get(configuration);
        int ioThreads = configured > 0
                ? configured
                : Math.max(
                        1,
                        Math.min(MAX_AUTOMATIC_IO_THREADS, Runtime.getRuntime().availableProcessors() / 2));
        DefaultThreadFactory factory = new DefaultThreadFactory("rpc-io", true);
        EventLoopGroup loops = Epoll.isAvailable()
                ? new EpollEventLoopGroup(ioThreads, factory)
                : new NioEventLoopGroup(ioThreads, factory);
        int slowThreads = RpcSettings.SLOW_THREADS.get(configuration);
        ThreadPoolExecutor slow = new ThreadPoolExecutor(
                slowThreads,
                slowThreads,
                SLOW_THREAD_IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(SLOW_QUEUE_CAPACITY),
                new DefaultThreadFactory("rpc-slow", true));
        slow.allowCoreThreadTimeOut(true);
        return new RpcThreads(loops, slow);
    }

    public EventLoopGroup loops() {
        return loops;
    }

    /** One of the I/O threads, for state that shall have one thread. What runs there must not wait for anything. */
    public ScheduledExecutorService loop() {
        return loops.next();
    }

    /** For steps that may wait. Refuses ({@link java.util.concurrent.RejectedExecutionException}) when far too many do. */
    public Executor slow() {
        return slow;
    }

    /** The kind of socket that connects. */
    public Class<? extends SocketChannel> channelType() {
        return Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    /** The kind of socket that listens. */
    public Class<? extends ServerSocketChannel> serverChannelType() {
        return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** Ends the threads; close what uses them first. */
    @Override
    public void close() {
        slow.shutdown();
        loops.shutdownGracefully(0, CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
