package dev.heddle.app.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;

/** The driver's side of a connection after the handshake. Owned by its channel's event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells of a failed write or close by closing the channel.
final class ExecutorSession extends SimpleChannelInboundHandler<Message> {
    private final ExecutorConnection connection;
    private final ExecutorListener listener;
    private String reason = "its connection was closed";

    ExecutorSession(ExecutorConnection connection, ExecutorListener listener) {
        super(Message.class);
        this.connection = connection;
        this.listener = listener;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Message message) {
        if (message instanceof Message.TaskFinished finished) {
            listener.finished(connection, finished);
        } else if (!(message instanceof Message.Heartbeat)) {
            reason = "it sent " + message.getClass().getSimpleName() + ", which is not an executor's to send";
            context.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent idle) {
            if (idle.state() == IdleState.READER_IDLE) {
                reason = "it was silent for longer than heddle.network.timeout";
                context.close();
            } else {
                context.writeAndFlush(new Message.Heartbeat());
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        reason = "its connection failed: " + cause.getMessage();
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        listener.closed(connection, reason);
    }
}
