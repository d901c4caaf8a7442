package dev.heddle.nm.launch;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears how processes end whose supervisors were started by an earlier node manager, from what the supervisors note. The
 * kernel tells of the notes as they are written. Safe for all threads.
 */
public final class ExitWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ExitWatch.class);

    /** A supervisor needs less than a millisecond, on an idle machine. */
    private static final long NOTE_LIMIT_MS = 2_000;

    private static final Executor AFTER_LIMIT = CompletableFuture.delayedExecutor(NOTE_LIMIT_MS, TimeUnit.MILLISECONDS);

    private final Map<Path, Waiting> waiting = new ConcurrentHashMap<>();
    private final Map<Path, Boolean> watched = new ConcurrentHashMap<>();
    private @Nullable WatchService watch;

    private record Waiting(ProcessRecord record, CompletableFuture<Integer> exit) {
        /** Completes with what is noted, if something is. */
        boolean settle() {
            try {
                OptionalInt status = record.exitStatus();
                status.ifPresent(exit::complete);
                return status.isPresent();
            } catch (IOException e) {
                log.warn("{}: the container counts as lost", e.getMessage());
                return exit.complete(ExitReport.LOST);
            }
        }
    }

    /** Completes with the exit status, or with {@link ExitReport#LOST} where the process has ended and none is noted. */
    CompletableFuture<Integer> exitOf(ProcessRecord record, ProcessIdentity identity) {
        Waiting each = new Waiting(record, new CompletableFuture<>());
        waiting.put(record.exitFile(), each);
        CompletableFuture<Integer> told =
                each.exit().whenComplete((status, failure) -> waiting.remove(record.exitFile()));
        Path directory = record.exitFile().getParent();
        if (directory != null) {
            watched.computeIfAbsent(directory, this::register);
        }
        // After the registration: what is noted in between is seen here.
        if (!each.settle()) {
            CompletableFuture<?> ended = ProcessHandle.of(identity.pid())
                    .filter(process -> identity.isAlive())
                    .<CompletableFuture<?>>map(ProcessHandle::onExit)
                    .orElseGet(() -> CompletableFuture.completedFuture(null));
            // Where the supervisor was ended before its process, or the kernel has no watch to give.
            CompletableFuture<Void> unused = ended.thenRunAsync(
                    () -> {
                        if (!each.settle()) {
                            each.exit().complete(ExitReport.LOST);
                        }
                    },
                    AFTER_LIMIT);
        }
        return told;
    }

    private synchronized boolean register(Path directory) {
        try {
            WatchService service = watch;
            if (service == null) {
                WatchService fresh = FileSystems.getDefault().newWatchService();
                watch = fresh;
                service = fresh;
                Thread thread = new Thread(() -> run(fresh), "exit-watch");
                thread.setDaemon(true);
                thread.start();
            }
            directory.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
            return true;
        } catch (IOException e) {
            log.warn(
                    "cannot watch {} ({}): the ends of containers of an earlier node manager are heard of some seconds"
                            + " late; more watches are allowed by fs.inotify.max_user_instances and _watches",
                    directory,
                    e.toString());
            return false;
        }
    }

    private void run(WatchService service) {
        try {
            while (true) {
                WatchKey key = service.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
                        List.copyOf(waiting.values()).forEach(Waiting::settle);
                    } else if (key.watchable() instanceof Path directory && event.context() instanceof Path name) {
                        Waiting each = waiting.get(directory.resolve(name));
                        if (each != null) {
                            each.settle();
                        }
                    }
                }
                key.reset();
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            log.debug("the watch has ended");
        }
    }

    @Override
    public synchronized void close() {
        WatchService service = watch;
        if (service != null) {
            try {
                service.close();
            } catch (IOException e) {
                log.debug("closing the watch", e);
            }
        }
    }
}
