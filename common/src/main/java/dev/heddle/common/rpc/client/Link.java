package dev.heddle.common.rpc.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcSaslProto;
import org.apache.hadoop.security.SaslRpcServer.AuthMethod;
import org.apache.hadoop.security.UserGroupInformation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection from the first look at the name service to its end, which comes once and for good. Belongs to its
 * event loop; every method is called there.
 */
final class Link extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Link.class);

    /** Who uses the link. Called on the event loop. */
    interface Owner {
        /** Calls can be sent now, or again after the socket had its fill. */
        void ready(Link link);

        /** Whether calls wait for the link to open. */
        boolean callsWait();

        /** The link has ended. */
        void ended(Link link, Ending ending);
    }

    /** How far a link got before it ended. */
    enum Reached {
        /** The server was not found or went away before there could be a call. */
        NOTHING,
        /** The server was found, but the two did not come to terms: another attempt would end the same way. */
        REFUSAL,
        /** Calls could be sent. */
        OPEN
    }

    /**
     * How a link ended.
     *
     * @param reason null if it was closed for want of calls
     * @param proven whether the server has answered a call
     * @param sent the calls that have no answer
     */
    record Ending(Reached reached, @Nullable Exception reason, boolean proven, List<PendingCall<?>> sent) {}

    private enum Phase {
        CONNECTING,
        AUTHENTICATING,
        OPEN,
        ENDED
    }

    private final RpcClient client;
    private final RpcConnection.Target target;
    private final EventLoop loop;
    private final Owner owner;
    private final FrameReader frames;
    private final FrameReader wrappedFrames;
    private final IntObjectMap<PendingCall<?>> sent = new IntObjectHashMap<>();
    private final LinkWatch watch;
    private Phase phase = Phase.CONNECTING;
    private @Nullable Channel channel;
    private @Nullable SaslNegotiation negotiation;
    private @Nullable SaslWrapping wrapping;

    /** Whether the negotiation works on a message, so that the server has to wait for its reply. */
    private boolean negotiating;

    /** Whether the server has answered a call: only then is it known to have let the caller in. */
    private boolean proven;

    Link(RpcClient client, RpcConnection.Target target, EventLoop loop, Owner owner) {
        this.client = client;
        this.target = target;
        this.loop = loop;
        this.owner = owner;
        this.frames = new FrameReader(client.settings().maxResponseBytes());
        this.wrappedFrames = new FrameReader(client.settings().maxResponseBytes());
        this.watch = new LinkWatch(client.settings(), loop, this::busy, this::heed);
    }

    void start() {
        slowly(
                () -> {
                    UserGroupInformation login = target.identity().kerberosLogin();
                    if (login != null) {
                        login.checkTGTAndReloginFromKeytab();
                    }
                    return Route.find(target.peer(), target.identity());
                },
                this::connect);
    }

    /** Runs a step that may wait on a slow thread and goes on here with what it gave, unless the link has ended by then. */
    private <T extends @Nullable Object> void slowly(Callable<T> step, Consumer<T> next) {
        try {
            client.threads().slow().execute(() -> {
                try {
                    T result = step.call();
                    onLoop(() -> next.accept(result));
                } catch (Exception e) {
                    onLoop(() -> refuse(e));
                }
            });
        } catch (RejectedExecutionException e) {
            // Later, because who began the link is not yet ready to hear of its end.
            onLoop(() -> refuse(new ConnectException("too many connections are being set up already")));
        }
    }

    private void onLoop(Runnable step) {
        try {
            loop.execute(() -> {
                if (phase != Phase.ENDED) {
                    step.run();
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("a connection to {} was being set up when the I/O threads ended", target);
        }
    }

    private void connect(Route route) {
        ClientSettings settings = client.settings();
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(client.threads().channelType())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, settings.connectLimitMs())
                .option(ChannelOption.TCP_NODELAY, settings.tcpNoDelay())
                .option(ChannelOption.SO_KEEPALIVE, true)
                .handler(this)
                .connect(route.server(), route.local());
        channel = connecting.channel();
        connecting.addListener(done -> {
            if (!done.isSuccess() && phase != Phase.ENDED) {
                lose(asException(done.cause()));
            }
        });
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws IOException {
        channel = context.channel();
        if (phase == Phase.ENDED) {
            closeChannel();
            return;
        }
        boolean sasl = client.settings().secure()
                || target.identity().token() != null
                || target.identity().kerberosLogin() != null;
        write(RequestFrames.connectionHeader(sasl));
        if (sasl) {
            phase = Phase.AUTHENTICATING;
            InetSocketAddress server = (InetSocketAddress) context.channel().remoteAddress();
            negotiation = new SaslNegotiation(
                    client.configuration(),
                    client.settings(),
                    target.protocol(),
                    target.identity(),
                    server.getAddress());
            write(RequestFrames.sasl(SaslNegotiation.BEGIN));
            flush();
            watch.start();
            watch.awaiting();
        } else {
            watch.start();
            open(AuthMethod.SIMPLE);
        }
    }

    /** Sends the context together with the first calls: a server that refuses it then has something to answer. */
    private void open(AuthMethod method) throws IOException {
        phase = Phase.OPEN;
        write(target.frames().connectionContext(target.identity(), method));
        owner.ready(this);
        flush();
    }

    /** Whether the socket takes more without piling it up. */
    boolean writable() {
        Channel current = channel;
        return phase == Phase.OPEN && current != null && current.isWritable();
    }

    /** Sends a call, with the next flush. */
    void send(PendingCall<?> call) {
        sent.put(call.id(), call);
        watch.awaiting();
        write(call.take());
    }

    /** Forgets a call whose deadline has passed; its answer, if one comes, is dropped. */
    void forget(PendingCall<?> call) {
        sent.remove(call.id());
    }

    private void write(byte[] frame) {
        SaslWrapping protection = wrapping;
        if (protection != null) {
            protection.add(frame);
        } else {
            put(frame);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A write that fails closes the channel, and that is heard of.
    private void put(byte[] bytes) {
        if (channel != null) {
            channel.write(Unpooled.wrappedBuffer(bytes));
        }
    }

    void flush() {
        try {
            Channel current = channel;
            if (phase == Phase.ENDED || current == null) {
                return;
            }
            if (wrapping != null) {
                put(wrapping.seal());
            }
            current.flush();
        } catch (IOException | RuntimeException e) {
            refuse(e);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (phase != Phase.ENDED) {
                frames.feed((ByteBuf) message, this::frame);
                watch.heard();
            }
        } catch (IOException | RuntimeException e) {
            refuse(e);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private boolean frame(byte[] bytes) throws IOException {
        if (phase == Phase.AUTHENTICATING) {
            negotiate(ResponseFrame.parse(bytes).sasl());
        } else if (wrapping != null) {
            wrapping.open(ResponseFrame.parse(bytes).sasl(), wrappedFrames, this::answer);
        } else {
            return answer(bytes);
        }
        return phase != Phase.ENDED;
    }

    private void negotiate(RpcSaslProto message) throws IOException {
        SaslNegotiation current = negotiation;
        if (negotiating || current == null) {
            throw new ProtocolViolationException("an authentication message before it had the reply to the last");
        }
        negotiating = true;
        slowly(() -> current.step(message), reply -> {
            negotiating = false;
            try {
                negotiated(current, reply);
            } catch (IOException | RuntimeException e) {
                refuse(e);
            }
        });
    }

    private void negotiated(SaslNegotiation current, @Nullable RpcSaslProto reply) throws IOException {
        if (reply != null) {
            write(RequestFrames.sasl(reply));
        }
        if (current.done()) {
            wrapping = current.wrapping();
            open(current.method());
        } else {
            flush();
        }
    }

    private boolean answer(byte[] bytes) throws IOException {
        ResponseFrame response = ResponseFrame.parse(bytes);
        response.checkClient(target.frames());
        PendingCall<?> call = sent.get(response.callId());
        if (call == null && response.callId() >= 0 && !client.issued(response.callId())) {
            throw new ProtocolViolationException("an answer to call " + response.callId() + ", which nobody made");
        }
        switch (response.status()) {
            case SUCCESS -> {
                if (response.callId() < 0) {
                    throw new ProtocolViolationException("an answer of kind " + response.callId() + " out of turn");
                }
                proven = true;
                if (call != null) {
                    call.answer(response.body());
                }
            }
            case ERROR -> {
                if (call == null && response.callId() < 0) {
                    throw ResponseFrame.asIo(response.failure());
                }
                proven = true;
                if (call != null) {
                    call.fail(response.failure());
                }
            }
            case FATAL -> fatal(call, response.failure());
        }
        sent.remove(response.callId());
        return phase != Phase.ENDED;
    }

    /** The server ends the connection: because of one call, or, where it names none, because it lets nobody in. */
    private void fatal(@Nullable PendingCall<?> call, Exception failure) {
        if (call != null) {
            sent.remove(call.id());
            call.fail(failure);
            end(Reached.OPEN, failure);
        } else {
            end(proven ? Reached.OPEN : Reached.REFUSAL, failure);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (writable()) {
            owner.ready(this);
            flush();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        lose(new EOFException("the server closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // The kinds of sockets have exceptions of their own, which say the same.
        lose(cause instanceof IOException ? new SocketException(cause.getMessage()) : asException(cause));
    }

    private boolean busy() {
        return !sent.isEmpty() || (phase == Phase.AUTHENTICATING && owner.callsWait());
    }

    private void heed(LinkWatch.Finding finding) {
        switch (finding) {
            case IDLE -> close();
            case SILENT ->
                lose(new SocketTimeoutException(
                        "the server said nothing for " + client.settings().silenceLimitMs() + " ms"));
            case PING_DUE -> {
                if (phase == Phase.OPEN) {
                    write(target.frames().ping());
                    flush();
                }
            }
        }
    }

    /** Ends the link because it is no longer wanted. */
    void close() {
        end(phase == Phase.OPEN ? Reached.OPEN : Reached.NOTHING, null);
    }

    private static Exception asException(Throwable cause) {
        return cause instanceof Exception e ? e : new IOException(cause);
    }

    /** The server is not there, or no longer. */
    private void lose(Exception reason) {
        end(phase == Phase.OPEN ? Reached.OPEN : Reached.NOTHING, reason);
    }

    /** The two sides do not come to terms; before there is a connection this means that it cannot be had. */
    private void refuse(Exception reason) {
        switch (phase) {
            case CONNECTING -> end(Reached.NOTHING, reason);
            case AUTHENTICATING -> end(Reached.REFUSAL, reason);
            case OPEN -> end(Reached.OPEN, reason);
            case ENDED -> log.debug("a connection to {} that has ended: {}", target, reason.toString());
        }
    }

    private void end(Reached reached, @Nullable Exception reason) {
        if (phase == Phase.ENDED) {
            return;
        }
        phase = Phase.ENDED;
        watch.stop();
        closeChannel();
        if (negotiation != null && !negotiating) {
            negotiation.dispose();
        }
        if (wrapping != null) {
            wrapping.dispose();
        }
        List<PendingCall<?>> unanswered = new ArrayList<>(sent.values());
        sent.clear();
        owner.ended(this, new Ending(reached, reason, proven, unanswered));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // There is nothing to be done about a socket that does not close.
    private void closeChannel() {
        if (channel != null) {
            channel.close();
        }
    }
}
