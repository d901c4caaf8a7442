package dev.heddle.common.runtime;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * Runs a daemon in the foreground: one line that begins with {@code ready} on standard output once it serves, then silence
 * until SIGTERM or SIGINT, upon which it is closed before the process ends.
 */
public final class Foreground {
    private Foreground() {}

    /**
     * Starts the daemon and returns only when the process is being shut down.
     *
     * @throws Exception what the start throws; nothing is left running then
     */
    public static void run(Callable<? extends Daemon> start, PrintStream out) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        Daemon daemon = start.call();
        Thread hook = new Thread(
                () -> {
                    daemon.close();
                    ended.countDown();
                },
                "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        out.println("ready " + daemon.description());
        out.flush();
        ended.await();
    }
}
