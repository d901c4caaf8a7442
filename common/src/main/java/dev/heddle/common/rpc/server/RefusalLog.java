package dev.heddle.common.rpc.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator who was refused and why, one line a second at most, however many knock. For all threads. */
final class RefusalLog {
    private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String server;
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLong untold = new AtomicLong();
    private final AtomicLong toldAtNanos = new AtomicLong(System.nanoTime() - INTERVAL_NANOS);

    RefusalLog(String server) {
        this.server = server;
    }

    /** How many were refused so far. */
    long count() {
        return refusals.get();
    }

    void refused(String peer, String reason) {
        refusals.incrementAndGet();
        long now = System.nanoTime();
        long last = toldAtNanos.get();
        if (now - last < INTERVAL_NANOS || !toldAtNanos.compareAndSet(last, now)) {
            untold.incrementAndGet();
            return;
        }
        long more = untold.getAndSet(0);
        log.info("{} refused {}: {}{}", server, peer, reason, more == 0 ? "" : " (and " + more + " more before)");
    }
}
