package dev.heddle.nm.localization;

import dev.heddle.nm.directories.Deletion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** One download that waits or runs. Owned by the writer thread, but for {@link #run}. */
final class Download {
    final String application;

    /** The file system that it comes from. */
    final String store;

    private final Target target;
    private final Outcome outcome;
    private final Transfer transfer;
    private final FutureTask<Downloader.Copy> task;
    private long seenBytes = -1;
    private Instant progressAt = Instant.MIN;

    /**
     * Where the copy goes.
     *
     * @param emptyParents how many directories above it go with it where they are empty
     */
    record Target(Path directory, int emptyParents) {}

    /** Hears how it has ended, once. Called by the writer thread. */
    interface Outcome {
        void arrived(Downloader.Copy copy);

        void failed(Exception why);
    }

    /**
     * @param application on whose behalf it is done
     */
    Download(
            String application,
            org.apache.hadoop.fs.Path source,
            Target target,
            Transfer transfer,
            Callable<Downloader.Copy> work,
            Outcome outcome) {
        this.application = application;
        this.store = source.toUri().getScheme() + "://" + source.toUri().getAuthority();
        this.target = target;
        this.transfer = transfer;
        this.outcome = outcome;
        this.task = new FutureTask<>(work);
    }

    /** Does it, on a worker. */
    void run() {
        task.run();
        // What interrupted this download must not interrupt the next one.
        Thread.interrupted();
    }

    /** Nobody wants it any more: it ends as soon as the worker notices, and the outcome hears nothing. */
    void cancel() {
        transfer.stop();
        task.cancel(true);
    }

    boolean isCancelled() {
        return task.isCancelled();
    }

    /** Whether nothing has come for a time. Called again and again while it runs. */
    boolean isStalled(Instant now, Duration limit) {
        long bytes = transfer.transferredBytes();
        if (bytes != seenBytes) {
            seenBytes = bytes;
            progressAt = now;
        }
        return Duration.between(progressAt, now).compareTo(limit) > 0;
    }

    /** Removes what it has left. Blocks. */
    void sweep() {
        Deletion.deleteWithEmptyParents(target.directory(), target.emptyParents());
    }

    void fail(Exception why) {
        outcome.failed(why);
    }

    /** Tells the outcome; once {@link #run} has returned and if it was not cancelled. */
    void tell() {
        Downloader.Copy copy = null;
        Exception failure = new IOException("it was interrupted");
        try {
            copy = task.get();
        } catch (ExecutionException e) {
            failure = cause(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (copy != null) {
            outcome.arrived(copy);
        } else {
            outcome.failed(failure);
        }
    }

    private static Exception cause(ExecutionException e) {
        @Nullable Throwable cause = e.getCause();
        return cause instanceof Exception exception ? exception : new IOException(String.valueOf(cause), e);
    }
}
