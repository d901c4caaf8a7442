package dev.heddle.common.runtime;

/**
 * Where a broken invariant ends: the daemon cannot vouch for its state any more, so it must stop acting. One per process.
 */
@FunctionalInterface
public interface FaultHandler {
    /**
     * Never returns to the work that failed.
     *
     * @param what one line for the log: what was being done
     */
    void fatal(String what, Throwable cause);
}
