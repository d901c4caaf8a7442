package dev.heddle.nm.launch;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process of a container, and the process group that it leads. Safe for all threads. */
public final class ContainerProcess {
    private static final Logger log = LoggerFactory.getLogger(ContainerProcess.class);

    /** The {@code kill} command does not wait for anything; where it hangs the machine does. */
    private static final long KILL_COMMAND_LIMIT_S = 10;

    private final Process process;

    /** What a process group can be told. */
    public enum Signal {
        QUIT,
        TERM,
        KILL
    }

    ContainerProcess(Process process) {
        this.process = process;
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Hears the exit status of the group's leader, 128 plus the signal's number where a signal ended it.
     *
     * @param thread the listener's
     */
    public void onExit(Executor thread, IntConsumer listener) {
        CompletableFuture<Void> unused =
                process.onExit().thenAccept(ended -> thread.execute(() -> listener.accept(ended.exitValue())));
    }

    /**
     * Sends a signal to every process of the group. Blocks for the few milliseconds that a command takes.
     *
     * @return whether there was a process to send it to
     */
    public boolean signalGroup(Signal signal) throws InterruptedException {
        try {
            Process command = new ProcessBuilder("kill", "-" + signal, "--", "-" + process.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (command.waitFor(KILL_COMMAND_LIMIT_S, TimeUnit.SECONDS) && command.exitValue() == 0) {
                return true;
            }
        } catch (IOException e) {
            log.warn("cannot run the kill command for process group {}: {}", process.pid(), e.toString());
        }
        // No such group: it has ended, or the process has not yet got as far as leading one.
        boolean alive = process.isAlive();
        switch (signal) {
            case QUIT -> {
                return false;
            }
            case TERM -> process.destroy();
            case KILL -> process.destroyForcibly();
        }
        return alive;
    }
}
