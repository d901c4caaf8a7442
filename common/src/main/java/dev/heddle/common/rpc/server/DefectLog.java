package dev.heddle.common.rpc.server;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator of failures that no peer should be able to cause, and counts them. For all threads. */
final class DefectLog {
    private static final Logger log = LoggerFactory.getLogger(DefectLog.class);

    private final AtomicLong defects = new AtomicLong();

    /** How many were found so far. */
    long count() {
        return defects.get();
    }

    void found(String what, Throwable failure) {
        defects.incrementAndGet();
        log.error(what, failure);
    }
}
