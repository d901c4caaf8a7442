package dev.heddle.nm.isolation;

import java.util.List;
import java.util.function.Supplier;

/** Ends processes that may start others while they are being ended. Blocks. */
final class KillRounds {
    /** Against what starts processes faster than they are ended, which only a limit on processes stops for good. */
    private static final long LIMIT_NANOS = 5_000_000_000L;

    private static final long FIRST_PAUSE_MS = 1;
    private static final long MAX_PAUSE_MS = 50;

    private KillRounds() {}

    /**
     * Sends SIGKILL to all of them again and again, until there are none.
     *
     * @param members those that live
     * @return whether none is left; false where they have resisted for some seconds, as in the middle of a broken disk
     */
    static boolean run(Supplier<List<Long>> members) throws InterruptedException {
        long beganNanos = System.nanoTime();
        long pauseMs = FIRST_PAUSE_MS;
        while (true) {
            List<Long> left = members.get();
            if (left.isEmpty()) {
                return true;
            }
            left.forEach(KillRounds::kill);
            if (System.nanoTime() - beganNanos > LIMIT_NANOS) {
                return false;
            }
            Thread.sleep(pauseMs);
            pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
        }
    }

    /** By a handle, which knows when its process began and spares another one that got the same number since. */
    static void kill(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
}
