package dev.heddle.common.rpc.server;

import dev.heddle.common.UserException;
import dev.heddle.common.rpc.RpcProtocol;
import dev.heddle.common.rpc.metrics.ServerStatistics;
import dev.heddle.common.rpc.transport.RpcThreads;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.token.SecretManager;
import org.apache.hadoop.security.token.TokenIdentifier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@link RpcProtocol}s at one port by Hadoop RPC version 9, as stock clients of Hadoop 2.10 to 3.5 speak it.
 * Authentication, authorization and impersonation follow Hadoop's settings ({@code hadoop.security.*},
 * {@code hadoop.rpc.protection}, {@code hadoop.proxyuser.*}, {@code hadoop-policy.xml}); the limits are
 * {@link dev.heddle.common.rpc.transport.RpcSettings}.
 */
public final class RpcServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RpcServer.class);

    private static final long SWEEP_INTERVAL_MS = 1_000;
    private static final long CLOSE_LIMIT_SECONDS = 10;

    /** How a server knows who calls. */
    public enum Authentication {
        /** As {@code hadoop.security.authentication} says, and tokens where there is a secret manager. */
        CONFIGURED,
        /** Only a token will do, also in a cluster without Kerberos: the AM's and the NM's ports. */
        TOKEN_ONLY
    }

    private final Service service;
    private final Map<EventLoop, ServerLoop> loops;
    private final List<Future<?>> sweeps = new ArrayList<>();
    private final ServerBean bean;
    private @Nullable Channel listener;

    private RpcServer(Service service, Map<EventLoop, ServerLoop> loops) {
        this.service = service;
        this.loops = loops;
        this.bean = new ServerBean(this::statistics);
    }

    /**
     * Binds the port and serves.
     *
     * @param bind where to listen; port 0 takes a free one
     * @param addressKey the setting that a person changes when the port is taken
     * @param secrets verifies tokens, or null where no token is accepted
     * @throws UserException if the port cannot be bound, or a setting cannot be used
     */
    public static RpcServer start(
            RpcThreads threads,
            Configuration configuration,
            InetSocketAddress bind,
            String addressKey,
            Authentication authentication,
            @Nullable SecretManager<? extends TokenIdentifier> secrets,
            RpcProtocol... protocols) {
        Map<EventLoop, ServerLoop> loops = new LinkedHashMap<>();
        for (EventExecutor thread : threads.loops()) {
            loops.put((EventLoop) thread, new ServerLoop((EventLoop) thread, loops.size()));
        }
        Service service = Service.of(
                configuration, authentication, secrets, List.of(protocols), addressKey, loops.size(), threads.slow());
        RpcServer server = new RpcServer(service, loops);
        server.listen(threads, bind, addressKey);
        return server;
    }

    private void listen(RpcThreads threads, InetSocketAddress bind, String addressKey) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(threads.loops(), threads.loops())
                .channel(threads.serverChannelType())
                .option(ChannelOption.SO_BACKLOG, service.limits().listenQueue)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                });
        ChannelFuture bound = bootstrap.bind(resolved(bind, addressKey)).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw new UserException(
                    "cannot listen on " + bind.getHostString() + ":" + bind.getPort() + " (" + reason(cause)
                            + "): stop the process that holds it or set " + addressKey + " to another address",
                    cause);
        }
        listener = bound.channel();
        for (ServerLoop loop : loops.values()) {
            sweeps.add(loop.thread()
                    .scheduleWithFixedDelay(
                            () -> loop.sweep(System.nanoTime()),
                            SWEEP_INTERVAL_MS,
                            SWEEP_INTERVAL_MS,
                            TimeUnit.MILLISECONDS));
        }
        bean.register(port());
    }

    /** The system's own words, without the function of Netty's that they come from. */
    private static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.substring(message.lastIndexOf(": ") + 1).trim();
    }

    private static InetSocketAddress resolved(InetSocketAddress bind, String addressKey) {
        InetSocketAddress resolved =
                bind.isUnresolved() ? new InetSocketAddress(bind.getHostString(), bind.getPort()) : bind;
        if (resolved.isUnresolved()) {
            throw new UserException("cannot listen on " + bind.getHostString() + ":" + bind.getPort()
                    + " (no such host): correct " + addressKey);
        }
        return resolved;
    }

    private void accept(SocketChannel channel) {
        ServerLoop loop = loops.get(channel.eventLoop());
        if (loop == null || channel.remoteAddress() == null) {
            log.debug("a connection was gone before it was there");
            var unused = channel.close();
            return;
        }
        channel.pipeline().addLast(new ServerConnection(service, loop, channel));
    }

    /** Where this server listens, with the port that was really taken. */
    public InetSocketAddress address() {
        Channel bound = listener;
        if (bound == null) {
            throw new IllegalStateException("not bound");
        }
        return (InetSocketAddress) bound.localAddress();
    }

    public int port() {
        return address().getPort();
    }

    /** Reads anew who may act for whom and who may use which protocol, for connections from here on. */
    public void refreshAuthorization(Configuration configuration) {
        service.security().refresh(configuration);
    }

    /** What this server has done so far. */
    public ServerStatistics statistics() {
        return service.statistics();
    }

    /** Closes the port and all connections. Calls that are at work go on; their answers are dropped. */
    @Override
    public void close() {
        bean.unregister();
        service.admission().stop();
        Channel bound = listener;
        if (bound != null) {
            bound.close().awaitUninterruptibly(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        sweeps.forEach(sweep -> sweep.cancel(false));
        for (ServerLoop loop : loops.values()) {
            if (!loop.thread().isShuttingDown()) {
                loop.thread().submit(loop::closeAll).awaitUninterruptibly(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
            }
        }
    }
}
