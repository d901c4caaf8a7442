package dev.heddle.app.transport;

import dev.heddle.app.task.Payload;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;

/** The executor's side of its connection: the handshake and what follows. Owned by its channel's event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of a failed write or close by closing the channel.
final class DriverSession extends SimpleChannelInboundHandler<Message> {
    private static final long HANDSHAKE_LIMIT_MS = 10_000;

    private final String executorId;
    private final Secret secret;
    private final Payload executorNonce;
    private final FrameDecoder frames;
    private final DriverListener listener;
    private State state = State.GREETING;
    private String reason = "the driver closed the connection";

    private enum State {
        GREETING,
        PROVING,
        WELCOMED
    }

    DriverSession(String executorId, Secret secret, SecureRandom random, FrameDecoder frames, DriverListener listener) {
        super(Message.class);
        this.executorId = executorId;
        this.secret = secret;
        this.executorNonce = Secret.nonce(random);
        this.frames = frames;
        this.listener = listener;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.writeAndFlush(new Message.Hello(ExecutorHandshake.VERSION, executorId, executorNonce));
        context.executor()
                .schedule(
                        () -> {
                            if (state != State.WELCOMED) {
                                fail(
                                        context,
                                        "the driver did not finish the handshake within " + HANDSHAKE_LIMIT_MS + " ms");
                            }
                        },
                        HANDSHAKE_LIMIT_MS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Message message) {
        switch (state) {
            case GREETING -> answer(context, message);
            case PROVING -> begin(context, message);
            case WELCOMED -> serve(context, message);
        }
    }

    private void answer(ChannelHandlerContext context, Message message) {
        if (message instanceof Message.Challenge challenge
                && secret.proves(challenge.proof(), Secret.Side.DRIVER, executorId, challenge.nonce(), executorNonce)) {
            state = State.PROVING;
            context.writeAndFlush(new Message.Proof(
                    secret.prove(Secret.Side.EXECUTOR, executorId, challenge.nonce(), executorNonce)));
        } else {
            fail(context, "the other side does not know the application's secret");
        }
    }

    private void begin(ChannelHandlerContext context, Message message) {
        if (!(message instanceof Message.Welcome welcome)) {
            fail(context, "the driver sent " + message.getClass().getSimpleName() + " in the handshake");
            return;
        }
        TransportLimits limits = welcome.limits();
        state = State.WELCOMED;
        frames.raiseLimit(limits.maxFrameBytes());
        context.pipeline()
                .addBefore(
                        context.name(),
                        null,
                        new IdleStateHandler(
                                limits.timeoutMs(), limits.heartbeatIntervalMs(), 0, TimeUnit.MILLISECONDS));
        listener.welcomed(limits);
    }

    private void serve(ChannelHandlerContext context, Message message) {
        if (message instanceof Message.RunTask run) {
            listener.run(run);
        } else if (message instanceof Message.CancelTask cancel) {
            listener.cancel(cancel.taskId());
        } else if (message instanceof Message.Shutdown) {
            listener.shutdown();
        } else if (!(message instanceof Message.Heartbeat)) {
            fail(context, "the driver sent " + message.getClass().getSimpleName());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent idle) {
            if (idle.state() == IdleState.READER_IDLE) {
                fail(context, "the driver was silent for longer than heddle.network.timeout");
            } else {
                context.writeAndFlush(new Message.Heartbeat());
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(context, "the connection to the driver failed: " + cause.getMessage());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listener.closed(reason);
    }

    private void fail(ChannelHandlerContext context, String why) {
        reason = why;
        context.close();
    }
}
