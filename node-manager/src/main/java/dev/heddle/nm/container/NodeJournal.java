package dev.heddle.nm.container;

import dev.heddle.nm.launch.ContainerPaths;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;

/**
 * Hears what the next node manager must know. Called by the writer thread, which it must not block: what it heard is
 * safe once {@link #durable} says so, and nobody outside is told before that.
 */
public interface NodeJournal {
    /** Of a node whose containers do not outlive it. */
    NodeJournal NONE = new NodeJournal() {
        @Override
        public void application(ApplicationId id, String user, ApplicationState state) {}

        @Override
        public void accepted(StartOrder order, ContainerPaths paths) {}

        @Override
        public void changed(ContainerId id, ContainerProgress progress) {}

        @Override
        public void forgotten(ContainerId id, Instant startedUntil, Instant stoppedUntil, Instant now) {}

        @Override
        public CompletableFuture<Void> durable() {
            return CompletableFuture.completedFuture(null);
        }
    };

    /** An application is new here, or has come further; of one that is {@code FINISHED} nothing need be known. */
    void application(ApplicationId id, String user, ApplicationState state);

    /** A container has been accepted, or its order has changed since. */
    void accepted(StartOrder order, ContainerPaths paths);

    /** An accepted container has come further. */
    void changed(ContainerId id, ContainerProgress progress);

    /**
     * An ended container need not be reported any more.
     *
     * @param startedUntil until when a token for it must be refused
     * @param stoppedUntil until when it is remembered as stopped
     */
    void forgotten(ContainerId id, Instant startedUntil, Instant stoppedUntil, Instant now);

    /** Completes, on any thread, once everything that was heard before is safe. May be called by every thread. */
    CompletableFuture<Void> durable();
}
