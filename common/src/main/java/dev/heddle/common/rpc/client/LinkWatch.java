package dev.heddle.common.rpc.client;

import io.netty.channel.EventLoop;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks after a connection in its quiet times: when to show a sign of life, to give up, or to close. For one event loop. */
final class LinkWatch {
    /** What it is time for. */
    enum Finding {
        /** Nobody needs the connection any more. */
        IDLE,
        /** The server owes an answer and has said nothing for too long. */
        SILENT,
        /** Calls wait, and nothing was said or sent for a while. */
        PING_DUE
    }

    private final long idleNanos;
    private final long silenceNanos;
    private final long pingNanos;
    private final EventLoop loop;
    private final BooleanSupplier busy;
    private final Consumer<Finding> heed;
    private @Nullable ScheduledFuture<?> timer;
    private boolean stopped;
    private boolean awaiting;
    private long awaitingSince;
    private long lastActivity;

    /**
     * Looks at nothing before it is started.
     *
     * @param busy whether anybody waits for the server
     */
    LinkWatch(ClientSettings settings, EventLoop loop, BooleanSupplier busy, Consumer<Finding> heed) {
        this.idleNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(1, settings.maxIdleMs()));
        this.silenceNanos = TimeUnit.MILLISECONDS.toNanos(settings.silenceLimitMs());
        this.pingNanos = TimeUnit.MILLISECONDS.toNanos(settings.pingIntervalMs());
        this.loop = loop;
        this.busy = busy;
        this.heed = heed;
    }

    void start() {
        lastActivity = System.nanoTime();
        schedule(lastActivity);
    }

    void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** Something was sent that the server has to answer. */
    void awaiting() {
        lastActivity = System.nanoTime();
        if (!awaiting) {
            awaiting = true;
            awaitingSince = lastActivity;
        }
    }

    /** Something came from the server. */
    void heard() {
        lastActivity = System.nanoTime();
        awaiting = busy.getAsBoolean();
        awaitingSince = lastActivity;
    }

    private void look() {
        long now = System.nanoTime();
        if (awaiting && silenceNanos > 0 && now - awaitingSince >= silenceNanos) {
            heed.accept(Finding.SILENT);
        } else if (!busy.getAsBoolean() && now - lastActivity >= idleNanos) {
            heed.accept(Finding.IDLE);
        } else if (busy.getAsBoolean() && pingNanos > 0 && now - lastActivity >= pingNanos) {
            lastActivity = now;
            heed.accept(Finding.PING_DUE);
        }
        if (!stopped) {
            schedule(now);
        }
    }

    private void schedule(long now) {
        long delay = remaining(idleNanos, lastActivity, now);
        if (silenceNanos > 0) {
            delay = Math.min(delay, remaining(silenceNanos, awaitingSince, now));
        }
        if (pingNanos > 0) {
            delay = Math.min(delay, remaining(pingNanos, lastActivity, now));
        }
        timer = loop.schedule(this::look, delay, TimeUnit.NANOSECONDS);
    }

    /** A limit that has passed without being heeded did not apply; it is looked at again after another such time. */
    private static long remaining(long limit, long since, long now) {
        long left = limit - (now - since);
        return left > 0 && left <= limit ? left : limit;
    }
}
