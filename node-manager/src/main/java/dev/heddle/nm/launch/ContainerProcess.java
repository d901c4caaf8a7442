package dev.heddle.nm.launch;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of a container, the group that it leads, and the supervisor above it. The supervisor ends what is left of
 * the group once the process has ended. Safe for all threads.
 */
public final class ContainerProcess {
    private static final Logger log = LoggerFactory.getLogger(ContainerProcess.class);

    /** The {@code kill} command does not wait for anything; where it hangs the machine does. */
    private static final long KILL_COMMAND_LIMIT_S = 10;

    /** No process is in it. */
    public static final long NO_SESSION = -1;

    private final ProcessIdentity identity;
    private final ProcessRecord record;
    private final CompletableFuture<Integer> exit;

    /** What a process group can be told. */
    public enum Signal {
        QUIT,
        TERM,
        KILL
    }

    /** One that this daemon has started. */
    ContainerProcess(ProcessIdentity identity, ProcessRecord record, Process supervisor) {
        this.identity = identity;
        this.record = record;
        this.exit = supervisor.onExit().thenCompose(ended -> settled(ended.exitValue()));
    }

    private ContainerProcess(ProcessIdentity identity, ProcessRecord record, CompletableFuture<Integer> exit) {
        this.identity = identity;
        this.record = record;
        this.exit = exit;
    }

    /** One that an earlier node manager has started; it may have ended since. */
    public static ContainerProcess adopt(ProcessIdentity identity, ProcessRecord record, ExitWatch watch) {
        return new ContainerProcess(identity, record, watch.exitOf(record, identity));
    }

    public long pid() {
        return identity.pid();
    }

    /**
     * Hears the exit status of the group's leader, 128 plus the signal's number where a signal ended it.
     *
     * @param thread the listener's
     */
    public void onExit(Executor thread, IntConsumer listener) {
        CompletableFuture<Void> unused = exit.thenAccept(status -> thread.execute(() -> listener.accept(status)));
    }

    /**
     * The session that the process leads, or {@link #NO_SESSION} where its number has been given to another process since:
     * the kernel does so only when nothing of the session is left.
     */
    public long session() {
        return identity.isReplaced() ? NO_SESSION : identity.pid();
    }

    /** Completes with the exit status, on any thread. */
    public CompletableFuture<Integer> exit() {
        return exit.copy();
    }

    /** The supervisor ends with the status of the process, unless it was itself ended before that. */
    private CompletableFuture<Integer> settled(int supervisorStatus) {
        // It cannot note the status where the disk is full. A status that stands for a signal may be its own end.
        if (isNoted() || (supervisorStatus < ExitReport.FIRST_SIGNAL && !identity.isAlive())) {
            return CompletableFuture.completedFuture(supervisorStatus);
        }
        log.warn(
                "the supervisor of process {} has ended with status {} before it: the exit status will not be known",
                pid(),
                supervisorStatus);
        return ProcessHandle.of(pid())
                .map(ProcessHandle::onExit)
                .orElseGet(() -> CompletableFuture.completedFuture(null))
                .thenApply(ended -> ExitReport.LOST);
    }

    private boolean isNoted() {
        try {
            return record.exitStatus().isPresent();
        } catch (IOException e) {
            log.warn("{}", e.toString());
            return false;
        }
    }

    /**
     * After the end of the process: ends what it has left in its group, where no supervisor was there to do so. Blocks as
     * {@link #signalGroup} does.
     */
    public void endRemains() throws InterruptedException {
        if (!isNoted()) {
            command(Signal.KILL);
        }
    }

    /**
     * Sends a signal to every process of the group. Blocks for the few milliseconds that a command takes.
     *
     * @return whether there was a process to send it to
     */
    public boolean signalGroup(Signal signal) throws InterruptedException {
        if (command(signal)) {
            return true;
        }
        Optional<ProcessHandle> process = identity.isAlive() ? ProcessHandle.of(pid()) : Optional.empty();
        if (process.isEmpty()) {
            return false;
        }
        // No such group: the process has not yet got as far as leading one.
        return switch (signal) {
            case QUIT -> false;
            case TERM -> process.get().destroy();
            case KILL -> process.get().destroyForcibly();
        };
    }

    /** Whether there was a group to get the signal. */
    private boolean command(Signal signal) throws InterruptedException {
        try {
            Process command = new ProcessBuilder("kill", "-" + signal, "--", "-" + pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return command.waitFor(KILL_COMMAND_LIMIT_S, TimeUnit.SECONDS) && command.exitValue() == 0;
        } catch (IOException e) {
            log.warn("cannot run the kill command for process group {}: {}", pid(), e.toString());
            return false;
        }
    }
}
