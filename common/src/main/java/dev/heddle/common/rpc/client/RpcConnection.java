package dev.heddle.common.rpc.client;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.thirdparty.protobuf.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to one server for one protocol as one identity, over one TCP connection at a time that many calls share. Calls come
 * from any thread and take no lock; all the rest happens on one event loop, where futures are completed too: what hangs on
 * a future must not wait for anything.
 */
public final class RpcConnection implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RpcConnection.class);

    /** The pause before the second attempt to connect; each further one is twice as long, up to the longest. */
    private static final long FIRST_PAUSE_MS = 50;

    private static final long LONGEST_PAUSE_MS = 5_000;
    private static final int MAX_DOUBLINGS = 10;

    private static final Duration LONGEST_DEADLINE = Duration.ofDays(365);

    /** Whom the calls go to, and as whom. */
    record Target(InetSocketAddress peer, Class<?> protocol, RpcIdentity identity, RequestFrames frames) {
        @Override
        public String toString() {
            return peer.getHostString() + ":" + peer.getPort();
        }
    }

    private final RpcClient client;
    private final Target target;
    private final WhenUnreachable whenUnreachable;
    private final EventLoop loop;
    private final AtomicInteger outstanding = new AtomicInteger();
    private final Queue<PendingCall<?>> made = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private volatile boolean closed;

    // These belong to the event loop.
    private final Set<PendingCall<?>> waiting = new LinkedHashSet<>();
    private final Link.Owner owner = new LinkOwner();
    private @Nullable Link link;
    private @Nullable ScheduledFuture<?> retry;
    private @Nullable Exception lastFailure;
    private int failedAttempts;

    RpcConnection(RpcClient client, Target target, WhenUnreachable whenUnreachable, EventLoop loop) {
        this.client = client;
        this.target = target;
        this.whenUnreachable = whenUnreachable;
        this.loop = loop;
    }

    /** What a link tells, which nobody else should be able to call. */
    private final class LinkOwner implements Link.Owner {
        @Override
        public void ready(Link opened) {
            sendWaiting(opened);
        }

        @Override
        public boolean callsWait() {
            return !waiting.isEmpty();
        }

        @Override
        public void ended(Link former, Link.Ending ending) {
            linkEnded(ending);
        }
    }

    /**
     * Makes a call.
     *
     * @param deadline from now until the answer; positive
     * @return completed on the connection's event loop, or on the caller's thread for a call that is refused at once. Fails
     *     with the exception that the server answered with (see {@code package-info}), a {@link ConnectException} or
     *     {@link UnknownHostException} if the server cannot be reached, an {@link OutcomeUnknownException} if the
     *     connection ended before the answer, a {@link SocketTimeoutException} if the deadline passed, or another
     *     {@link IOException} if the server and this client cannot agree on an authentication, too many calls wait, or the
     *     connection is closed. Cancelling it lets go of the answer, not of a request that was sent.
     */
    public <Q extends Message, R extends Message> CompletableFuture<R> call(
            RpcCall<Q, R> call, Q request, Duration deadline) {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("a deadline of " + deadline);
        }
        if (outstanding.incrementAndGet() > client.settings().maxCalls()) {
            outstanding.decrementAndGet();
            return CompletableFuture.failedFuture(new IOException(call + " to " + target + " is one call too many: "
                    + client.settings().maxCalls() + " wait already (heddle.rpc.client.max-calls)"));
        }
        int id = client.nextCallId();
        PendingCall<R> pending = new PendingCall<>(
                id,
                call,
                target.frames().request(id, call.method(), request),
                (deadline.compareTo(LONGEST_DEADLINE) > 0 ? LONGEST_DEADLINE : deadline).toNanos(),
                System.nanoTime(),
                outstanding);
        made.add(pending);
        wake();
        return pending.future();
    }

    /** Many calls that come in a burst wake the loop once, and are written together. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            try {
                loop.execute(this::takeCalls);
            } catch (RejectedExecutionException e) {
                woken.set(false);
                for (PendingCall<?> call = made.poll(); call != null; call = made.poll()) {
                    call.fail(new IOException(call.method() + " to " + target + ": the I/O threads have ended", e));
                }
            }
        }
    }

    private void takeCalls() {
        woken.set(false);
        long now = System.nanoTime();
        for (PendingCall<?> call = made.poll(); call != null; call = made.poll()) {
            if (closed) {
                call.fail(closedFailure(call));
                continue;
            }
            waiting.add(call);
            PendingCall<?> expiring = call;
            call.deadline(loop.schedule(() -> expire(expiring), call.remainingNanos(now), TimeUnit.NANOSECONDS));
        }
        proceed();
    }

    /** Sends what waits, or sees to a connection that it can be sent on. */
    private void proceed() {
        Link current = link;
        if (current != null) {
            sendWaiting(current);
            current.flush();
        } else if (retry == null && !waiting.isEmpty() && !closed) {
            long pauseMs = pauseMs();
            if (pauseMs == 0) {
                connect();
            } else {
                retry = loop.schedule(this::connect, pauseMs, TimeUnit.MILLISECONDS);
            }
        }
    }

    private long pauseMs() {
        if (failedAttempts == 0) {
            return 0;
        }
        long pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(failedAttempts - 1, MAX_DOUBLINGS));
        // A random share, so that many clients of a server that comes back do not come all at once.
        return pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
    }

    private void connect() {
        retry = null;
        if (link == null && !waiting.isEmpty()) {
            Link begun = new Link(client, target, loop, owner);
            link = begun;
            begun.start();
        }
    }

    private void sendWaiting(Link current) {
        Iterator<PendingCall<?>> calls = waiting.iterator();
        while (current.writable() && calls.hasNext()) {
            PendingCall<?> call = calls.next();
            calls.remove();
            if (call.future().isDone()) {
                call.fail(closedFailure(call));
            } else {
                current.send(call);
            }
        }
    }

    private void expire(PendingCall<?> call) {
        waiting.remove(call);
        Link current = link;
        if (call.sent() && current != null) {
            current.forget(call);
        }
        SocketTimeoutException late = new SocketTimeoutException(call.method() + " to " + target + " had no answer in "
                + TimeUnit.NANOSECONDS.toMillis(call.limitNanos()) + " ms; "
                + (call.sent()
                        ? "it was sent, and its outcome is unknown"
                        : "it was not sent" + (lastFailure == null ? "" : ", since " + reason(lastFailure))));
        if (!call.sent() && lastFailure != null) {
            late.initCause(lastFailure);
        }
        call.fail(late);
    }

    private void linkEnded(Link.Ending ending) {
        link = null;
        Exception reason = ending.reason();
        if (reason != null) {
            lastFailure = reason;
            log.debug("the connection to {} ended: {}", target, reason.toString());
        }
        if (ending.proven() || (ending.reached() == Link.Reached.OPEN && reason == null)) {
            failedAttempts = 0;
        } else {
            failedAttempts++;
        }
        switch (ending.reached()) {
            case OPEN -> ending.sent().forEach(call -> call.fail(outcomeUnknown(call, reason)));
            case REFUSAL -> {
                Exception refusal = reason == null ? new IOException(target + " was left") : described(reason);
                ending.sent().forEach(call -> call.fail(refusal));
                failWaiting(refusal);
            }
            case NOTHING -> {
                if (whenUnreachable == WhenUnreachable.FAIL) {
                    failWaiting(unreachable(reason));
                }
            }
        }
        if (waiting.isEmpty() && whenUnreachable == WhenUnreachable.FAIL) {
            // Who asks for an answer at once does not want the next call to pause for the last one's failure.
            failedAttempts = 0;
        }
        proceed();
    }

    private void failWaiting(Exception reason) {
        List<PendingCall<?>> calls = new ArrayList<>(waiting);
        waiting.clear();
        calls.forEach(call -> call.fail(reason));
    }

    private OutcomeUnknownException outcomeUnknown(PendingCall<?> call, @Nullable Exception reason) {
        Exception cause = reason == null ? new IOException("it was closed") : reason;
        return new OutcomeUnknownException(
                "the connection to " + target + " ended before the answer to " + call.method()
                        + ", whose outcome is unknown: " + reason(cause),
                cause);
    }

    /** What the server answered is passed on as it is; what went wrong on this side says with whom. */
    private Exception described(Exception reason) {
        if (reason instanceof ProtocolViolationException) {
            return new IOException(target + " does not speak as a Hadoop RPC server does: " + reason(reason), reason);
        }
        return reason;
    }

    private Exception unreachable(@Nullable Exception reason) {
        Exception cause = reason == null ? new IOException("it was left") : reason;
        String message = target + " cannot be reached: " + reason(cause);
        IOException unreachable = cause instanceof UnknownHostException
                ? new UnknownHostException(message)
                : new ConnectException(message);
        unreachable.initCause(cause);
        return unreachable;
    }

    private static String reason(Exception failure) {
        String what = failure instanceof ProtocolViolationException ? "the server sent " : "";
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : what + message;
    }

    private IOException closedFailure(PendingCall<?> call) {
        return new IOException(call.method() + " to " + target + " was not sent: the connection was closed");
    }

    /** Ends the connection, soon; calls that have no answer by then fail, and so do later ones. */
    @Override
    public void close() {
        closed = true;
        client.forget(this);
        try {
            loop.execute(this::shut);
        } catch (RejectedExecutionException e) {
            log.debug("the connection to {} ended with the I/O threads", target);
        }
    }

    private void shut() {
        takeCalls();
        if (retry != null) {
            retry.cancel(false);
            retry = null;
        }
        failWaiting(new IOException("not sent to " + target + ": the connection was closed"));
        Link current = link;
        if (current != null) {
            current.close();
        }
    }

    @Override
    public String toString() {
        return target + " as " + target.identity();
    }
}
