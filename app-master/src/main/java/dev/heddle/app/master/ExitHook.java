package dev.heddle.app.master;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that an application whose driver calls {@code System.exit} ends as failed and is not tried again. The exit
 * status stays the driver's: what began to exit cannot be called back. A signal is none of the driver's doing: then this
 * attempt just ends, and the resource manager decides what follows.
 */
final class ExitHook {
    private static final Logger log = LoggerFactory.getLogger(ExitHook.class);
    private static final long FINISH_LIMIT_SECONDS = 20;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Consumer<FinalOutcome> end;

    private ExitHook(Consumer<FinalOutcome> end) {
        this.end = end;
    }

    /** @param end brings the application's end about; its first outcome counts */
    static ExitHook install(Consumer<FinalOutcome> end) {
        ExitHook hook = new ExitHook(end);
        Runtime.getRuntime().addShutdownHook(new Thread(hook::run, "exit"));
        return hook;
    }

    /** The resource manager knows the outcome: nothing is left to do. */
    void finished() {
        finished.countDown();
    }

    private void run() {
        if (finished.getCount() == 0) {
            return;
        }
        if (!calledByProgram()) {
            log.info("a signal ends this process");
            return;
        }
        end.accept(FinalOutcome.failed("the driver called System.exit before its main method returned"));
        try {
            if (!finished.await(FINISH_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                log.warn("the resource manager was not told of the end within {} s", FINISH_LIMIT_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A thread stands in {@code Runtime.exit} where a program asked for the exit, and none where a signal did. */
    private static boolean calledByProgram() {
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            for (StackTraceElement frame : thread.getValue()) {
                if (frame.getClassName().equals(Runtime.class.getName())
                        && frame.getMethodName().equals("exit")) {
                    return true;
                }
            }
        }
        return false;
    }
}
