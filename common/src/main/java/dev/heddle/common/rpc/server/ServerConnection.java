package dev.heddle.common.rpc.server;

import dev.heddle.common.rpc.Caller;
import dev.heddle.common.rpc.wire.FrameAssembler;
import dev.heddle.common.rpc.wire.RequestHeader;
import dev.heddle.common.rpc.wire.ResponseEncoder;
import dev.heddle.common.rpc.wire.ResponseEncoder.Failure;
import dev.heddle.common.rpc.wire.WireConstants;
import dev.heddle.common.rpc.wire.WireException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcErrorCodeProto;
import org.apache.hadoop.ipc.protobuf.RpcHeaderProtos.RpcResponseHeaderProto.RpcStatusProto;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: its bytes become calls, the answers of these become bytes. Belongs to one I/O thread. A peer that breaks
 * the protocol is told so where it can be told, and the connection ends; the others never notice.
 *
 * <p>Nothing here grows with what a peer does not read: while more than a little waits to be sent, no further call of this
 * connection is taken.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter implements FrameAssembler.Sink {
    private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);

    /** How long a peer that was refused may take to read why and to close. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(5);

    private enum Phase {
        GREETING,
        HANDSHAKE,
        READY,
        CLOSING
    }

    private final Service service;
    private final ServerLoop loop;
    private final DuplexChannel channel;
    private final InetAddress peer;
    private final int peerPort;
    private final FrameAssembler frames;
    private final Outbox outbox;
    private final Calls calls;
    private final long openedNanos = System.nanoTime();
    private Phase phase = Phase.GREETING;
    private @Nullable Greeting greeting = new Greeting();
    private @Nullable Handshake handshake;
    private @Nullable Protection protection;
    private byte[] clientId = {};

    private boolean admitted;
    private boolean reading;
    private boolean flushScheduled;
    private boolean waiting;
    private boolean active;
    private long arrivedNanos = openedNanos;
    private long silentSinceNanos = openedNanos;
    private int listIndex;

    /**
     * @param channel whose addresses are of the Internet's kind, and known
     */
    ServerConnection(Service service, ServerLoop loop, DuplexChannel channel) {
        this.service = service;
        this.loop = loop;
        this.channel = channel;
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        this.peer = remote.getAddress();
        this.peerPort = remote.getPort();
        this.frames = new FrameAssembler(channel.alloc(), service.admission().buffers());
        this.outbox = new Outbox(
                channel,
                service.admission().buffers(),
                service.limits().unsentBytes,
                loop.encoder(),
                this::congestionChanged);
        this.calls = new Calls(service, loop, outbox, this::answered);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        String objection = service.admission().admit(peer);
        if (!objection.isEmpty()) {
            breakOff(objection);
            return;
        }
        admitted = true;
        loop.add(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!admitted) {
            return;
        }
        admitted = false;
        phase = Phase.CLOSING;
        calls.close();
        loop.remove(this);
        service.admission().left(peer);
        frames.close();
        outbox.close();
        Protection wrapped = protection;
        if (wrapped != null) {
            wrapped.close();
        }
        Handshake unfinished = handshake;
        if (unfinished != null && !waiting) {
            unfinished.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        reading = true;
        arrivedNanos = System.nanoTime();
        active = true;
        try {
            if (phase == Phase.GREETING) {
                greet(bytes);
            }
            if (phase == Phase.HANDSHAKE || phase == Phase.READY) {
                frames.feed(bytes, this);
            }
        } catch (WireException e) {
            breakOffAfterAnswers(e);
        } finally {
            bytes.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("the connection of {} broke: {}", name(), cause.toString());
        } else {
            service.defects()
                    .found("the connection of " + name() + " is closed because of a defect in this server", cause);
        }
        close();
    }

    private void greet(ByteBuf bytes) {
        Greeting current = greeting;
        if (current == null || !current.read(bytes)) {
            return;
        }
        greeting = null;
        String objection = current.objection();
        if (objection != null) {
            current.answer(outbox.buffer(), loop.encoder());
            closeAfterAnswer(objection);
            return;
        }
        phase = Phase.HANDSHAKE;
        try {
            handshake = new Handshake(
                    service,
                    this,
                    peer,
                    ((InetSocketAddress) channel.localAddress()).getPort(),
                    current.authentication());
        } catch (FatalRpcException e) {
            fail(CallHeader.noCall(WireConstants.NO_CALL_ID), e);
        }
    }

    @Override
    public boolean ready() {
        return !waiting && !outbox.congested() && (phase == Phase.HANDSHAKE || phase == Phase.READY);
    }

    @Override
    public int maxFrameBytes() {
        return phase == Phase.READY
                ? service.limits().requestBytes
                : Math.min(ServerLimits.HANDSHAKE_FRAME_BYTES, service.limits().requestBytes);
    }

    @Override
    public void frame(ByteBuf source, int length) throws WireException {
        frame(source, length, false);
    }

    /** Takes a frame that came as it is or in a wrapped one. */
    void frame(ByteBuf source, int length, boolean unwrapped) throws WireException {
        byte[] scratch = loop.encoder().scratch();
        byte[] bytes = length <= scratch.length ? scratch : new byte[length];
        source.readBytes(bytes, 0, length);
        RequestHeader header = loop.header();
        CallHeader id = CallHeader.noCall(WireConstants.NO_CALL_ID);
        try {
            int next = readHeader(header, bytes, length);
            id = new CallHeader(header.callId(), clientId(header, bytes), header.retryCount());
            check(header);
            if (protection != null && !unwrapped && id.callId() != WireConstants.SASL_CALL_ID) {
                throw new FatalRpcException(
                        RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, "this connection agreed to wrap what it sends");
            }
            if (id.callId() < 0) {
                outOfBand(id, bytes, next, length, unwrapped);
            } else if (phase == Phase.READY) {
                calls.begin(id, bytes, next, length, arrivedNanos);
            } else {
                throw new FatalRpcException(
                        RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, "a call before the context of the connection");
            }
        } catch (FatalRpcException e) {
            fail(id, e);
        }
    }

    private int readHeader(RequestHeader header, byte[] bytes, int length) throws FatalRpcException {
        int next;
        try {
            next = header.read(bytes, 0, length);
        } catch (WireException e) {
            throw new FatalRpcException(RpcErrorCodeProto.FATAL_DESERIALIZING_REQUEST, e.reason());
        }
        if (header.clientIdLength() > ResponseEncoder.MAX_CLIENT_ID_BYTES) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER,
                    "a client id of " + header.clientIdLength() + " bytes, where " + ResponseEncoder.MAX_CLIENT_ID_BYTES
                            + " are allowed");
        }
        return next;
    }

    private static void check(RequestHeader header) throws FatalRpcException {
        if (header.operation() != RequestHeader.OPERATION_FINAL_PACKET) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER,
                    header.operation() < 0
                            ? "no rpc operation in the request header"
                            : "an rpc operation that is not served: " + header.operation());
        }
        if (header.kind() < 0) {
            throw new FatalRpcException(
                    RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, "no rpc kind in the request header");
        }
    }

    /** The client's id, which is nearly always the same as with the call before. */
    private byte[] clientId(RequestHeader header, byte[] bytes) {
        int start = header.clientIdStart();
        int end = start + header.clientIdLength();
        if (!Arrays.equals(clientId, 0, clientId.length, bytes, start, end)) {
            clientId = Arrays.copyOfRange(bytes, start, end);
        }
        return clientId;
    }

    private void outOfBand(CallHeader id, byte[] bytes, int offset, int end, boolean unwrapped)
            throws FatalRpcException, WireException {
        switch (id.callId()) {
            case WireConstants.PING_CALL_ID -> {}
            case WireConstants.SASL_CALL_ID -> {
                Protection wrapped = protection;
                if (wrapped != null && !unwrapped) {
                    wrapped.feed(bytes, offset, end);
                } else {
                    unfinishedHandshake("the conversation about who the client is is over")
                            .sasl(id, bytes, offset, end);
                }
            }
            case WireConstants.CONTEXT_CALL_ID ->
                unfinishedHandshake("a second context of the connection").context(id, bytes, offset, end);
            default ->
                throw new FatalRpcException(
                        RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, "a call with the unknown number " + id.callId());
        }
    }

    private Handshake unfinishedHandshake(String otherwise) throws FatalRpcException {
        Handshake unfinished = handshake;
        if (unfinished == null) {
            throw new FatalRpcException(RpcErrorCodeProto.FATAL_INVALID_RPC_HEADER, otherwise);
        }
        return unfinished;
    }

    /** Tells the peer why the connection ends, and ends it. */
    void fail(CallHeader id, FatalRpcException refusal) {
        if (phase == Phase.CLOSING) {
            return;
        }
        Throwable shown = refusal.shown();
        String message = shown.getMessage() == null ? shown.getClass().getSimpleName() : shown.getMessage();
        calls.encode(
                id,
                new Failure(
                        RpcStatusProto.FATAL, refusal.code(), shown.getClass().getName(), message));
        closeAfterAnswer(message);
    }

    private void closeAfterAnswer(String reason) {
        service.refusals().refused(name(), reason);
        flush();
        phase = Phase.CLOSING;
        calls.close();
        silentSinceNanos = System.nanoTime();
        channel.config().setAutoRead(true);
        // What the peer has still sent is read and dropped: closing over it would take the answer from the peer.
        outbox.end();
    }

    private void breakOff(String reason) {
        service.refusals().refused(name(), reason);
        close();
    }

    /** The bytes that came last make no sense; what was answered before them is sent as far as it can be. */
    private void breakOffAfterAnswers(WireException broken) {
        flush();
        if (phase != Phase.CLOSING) {
            breakOff(broken.reason());
        }
    }

    /** The peer has proven who it is, and how all that follows is protected. */
    void protect(SaslSession session) {
        Protection agreed =
                new Protection(session, channel.alloc(), service.admission().buffers(), this);
        protection = agreed;
        outbox.protect(agreed);
    }

    /** The handshake is over: calls may come. */
    void begin(Caller who, @Nullable String protocolName) {
        calls.open(who, protocolName);
        phase = Phase.READY;
        handshake = null;
    }

    /** No frames are taken until {@link #goOn}: a step of the handshake is on its way on another thread. */
    void pause() {
        waiting = true;
        updateReading();
    }

    /** Ends a {@link #pause}. */
    void goOn() {
        waiting = false;
        if (phase == Phase.CLOSING) {
            Handshake unfinished = handshake;
            if (unfinished != null) {
                unfinished.close();
            }
            return;
        }
        resume();
    }

    private void resume() {
        updateReading();
        try {
            Protection wrapped = protection;
            if (wrapped != null) {
                wrapped.resume();
            }
            frames.resume(this);
        } catch (WireException e) {
            breakOffAfterAnswers(e);
        }
        flush();
    }

    private void updateReading() {
        channel.config().setAutoRead(phase == Phase.CLOSING || (!waiting && !outbox.congested()));
    }

    ServerLoop loop() {
        return loop;
    }

    Outbox outbox() {
        return outbox;
    }

    private void answered() {
        active = true;
        if (outbox.full()) {
            flush();
        } else if (!reading && !flushScheduled) {
            flushScheduled = true;
            loop.flushSoon(this);
        }
    }

    /** Sends the answers that lie ready. */
    void flush() {
        flushScheduled = false;
        try {
            outbox.flush();
        } catch (WireException e) {
            breakOff(e.reason());
        }
    }

    private void congestionChanged() {
        if (outbox.congested()) {
            updateReading();
        } else {
            // Not here: this may run in the middle of reading a frame.
            loop.execute(this::resume);
        }
    }

    /** Ends the connection if it is silent for too long. */
    void closeIfOverdue(long nowNanos) {
        if (active && phase != Phase.CLOSING) {
            // As exact as the rounds are frequent; asking the clock with each answer would cost more.
            active = false;
            silentSinceNanos = nowNanos;
        }
        long silentNanos = nowNanos - silentSinceNanos;
        switch (phase) {
            case GREETING, HANDSHAKE -> {
                if (nowNanos - openedNanos > service.limits().handshakeNanos) {
                    breakOff("it did not say in time who it is");
                }
            }
            case READY -> {
                if (silentNanos > service.limits().idleNanos && (calls.inFlight() == 0 || outbox.unsentBytes() > 0)) {
                    log.debug("{} is closed: it was silent for too long", name());
                    close();
                }
            }
            case CLOSING -> {
                if (silentNanos > LINGER_NANOS) {
                    close();
                }
            }
        }
    }

    /** Closes the connection at once. */
    void close() {
        phase = Phase.CLOSING;
        calls.close();
        var unused = channel.close();
    }

    /** Whether the connection is closed, or about to be: nothing more is sent. */
    boolean closing() {
        return phase == Phase.CLOSING;
    }

    String name() {
        return peer.getHostAddress() + ":" + peerPort;
    }

    int listIndex() {
        return listIndex;
    }

    void setListIndex(int index) {
        listIndex = index;
    }
}
