package dev.heddle.app.transport;

import dev.heddle.app.task.Payload;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's side of the handshake, one per connection. Gives way to an {@link ExecutorSession} when the executor has
 * proved who it is; closes the connection on anything else. Owned by its channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of a failed write or close by closing the channel.
final class ExecutorHandshake extends SimpleChannelInboundHandler<Message> {
    static final int VERSION = 1;
    private static final long LIMIT_MS = 10_000;
    private static final Logger log = LoggerFactory.getLogger(ExecutorHandshake.class);

    private final Secret secret;
    private final SecureRandom random;
    private final TransportLimits limits;
    private final Admission admission;
    private final FrameDecoder frames;
    private final Supplier<ExecutorListener> listeners;
    private Message.@Nullable Hello hello;
    private @Nullable Payload driverNonce;
    private boolean roomForStranger;

    ExecutorHandshake(
            Secret secret,
            SecureRandom random,
            TransportLimits limits,
            Admission admission,
            FrameDecoder frames,
            Supplier<ExecutorListener> listeners) {
        super(Message.class);
        this.secret = secret;
        this.random = random;
        this.limits = limits;
        this.admission = admission;
        this.frames = frames;
        this.listeners = listeners;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        roomForStranger = admission.enter();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (!roomForStranger) {
            refuse(context, "too many connections that have not said who they are");
            return;
        }
        context.executor()
                .schedule(
                        () -> {
                            if (!context.isRemoved()) {
                                refuse(context, "no handshake within " + LIMIT_MS + " ms");
                            }
                        },
                        LIMIT_MS,
                        TimeUnit.MILLISECONDS);
    }

    /** Whichever way the handshake ends: by a session that takes over, or with the connection. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        admission.left();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Message message) {
        Message.Hello before = hello;
        Payload nonce = driverNonce;
        if (message instanceof Message.Hello first && before == null) {
            challenge(context, first);
        } else if (message instanceof Message.Proof proof && before != null && nonce != null) {
            if (!secret.proves(proof.proof(), Secret.Side.EXECUTOR, before.executorId(), nonce, before.nonce())) {
                refuse(context, "it does not know the application's secret");
            } else if (!admission.admit(before.executorId())) {
                refuse(context, "no executor " + before.executorId() + " is expected");
            } else {
                welcome(context, before.executorId());
            }
        } else {
            refuse(context, "its messages make no handshake");
        }
    }

    private void challenge(ChannelHandlerContext context, Message.Hello first) {
        if (first.version() != VERSION) {
            refuse(context, "it speaks version " + first.version() + ", not " + VERSION);
            return;
        }
        Payload nonce = Secret.nonce(random);
        hello = first;
        driverNonce = nonce;
        Payload proof = secret.prove(Secret.Side.DRIVER, first.executorId(), nonce, first.nonce());
        context.writeAndFlush(new Message.Challenge(nonce, proof));
    }

    private void welcome(ChannelHandlerContext context, String executorId) {
        frames.raiseLimit(limits.maxFrameBytes());
        context.writeAndFlush(new Message.Welcome(limits));
        ExecutorListener listener = listeners.get();
        ExecutorConnection connection = new ExecutorConnection(executorId, context.channel());
        context.pipeline()
                .addLast(new IdleStateHandler(
                        limits.timeoutMs(), limits.heartbeatIntervalMs(), 0, TimeUnit.MILLISECONDS))
                .addLast(new ExecutorSession(connection, listener));
        listener.connected(connection);
        context.pipeline().remove(this);
    }

    private static void refuse(ChannelHandlerContext context, String reason) {
        log.warn("connection from {} refused: {}", context.channel().remoteAddress(), reason);
        context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        refuse(context, cause.getMessage() == null ? cause.toString() : cause.getMessage());
    }
}
