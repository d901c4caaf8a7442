package dev.heddle.common.rpc.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator who was refused and why, one line a second at most, however many knock. For all threads. */
final class RefusalLog {
    private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int MAX_REASON_LENGTH = 400;
    private static final Pattern NOT_PRINTABLE = Pattern.compile("[^\\p{Print}]", Pattern.UNICODE_CHARACTER_CLASS);

    private final String server;
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLong untold = new AtomicLong();
    private final AtomicLong toldAtNanos = new AtomicLong(System.nanoTime() - INTERVAL_NANOS);

    RefusalLog(String server) {
        this.server = server;
    }

    /** The reason on one line of a bounded length: parts of it are the peer's own words. */
    static String printable(String reason) {
        String start = reason.length() <= MAX_REASON_LENGTH ? reason : reason.substring(0, MAX_REASON_LENGTH) + "...";
        return NOT_PRINTABLE.matcher(start).replaceAll("?");
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
        log.info(
                "{} refused {}: {}{}",
                server,
                peer,
                printable(reason),
                more == 0 ? "" : " (and " + more + " more before)");
    }
}
