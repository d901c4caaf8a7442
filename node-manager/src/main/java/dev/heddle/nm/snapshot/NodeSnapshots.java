package dev.heddle.nm.snapshot;

import dev.heddle.nm.container.ContainerSnapshot;
import dev.heddle.nm.container.ContainerState;
import dev.heddle.nm.container.StartOrder;
import dev.heddle.nm.launch.ExitReport;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.jspecify.annotations.Nullable;

/**
 * The latest picture of each application and container. The writer thread replaces the pictures of what has changed; any
 * thread reads, without waiting and without being waited for. Each picture is consistent in itself; two of them may be
 * from different moments.
 */
public final class NodeSnapshots {
    /** Applications that have ended, and of which it is known whose logs those are that may still be here. */
    private static final int MAX_FORMER = 10_000;

    private final InstantSource clock;
    private final ConcurrentNavigableMap<ApplicationId, ApplicationSnapshot> applications =
            new ConcurrentSkipListMap<>();
    private final ConcurrentNavigableMap<ContainerId, ContainerSnapshot> containers = new ConcurrentSkipListMap<>();
    private final ConcurrentNavigableMap<ApplicationId, ApplicationSnapshot> former = new ConcurrentSkipListMap<>();
    private volatile Counts counts = Counts.NONE;
    private volatile LaunchTimes launches = LaunchTimes.NONE;

    // These belong to the writer thread.
    private final Map<ContainerId, Instant> accepted = new HashMap<>();
    private final Map<ApplicationId, Boolean> ages = new LinkedHashMap<>();

    public NodeSnapshots(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * An application has its first container here. By the writer thread.
     *
     * @param first the order of such a container, or null where none is left
     */
    public void applicationStarted(ApplicationId id, String user, @Nullable StartOrder first) {
        applications.put(
                id,
                new ApplicationSnapshot(
                        id,
                        user,
                        false,
                        first == null ? Map.of() : first.launch().acls()));
        former.remove(id);
    }

    /** An application has ended elsewhere. By the writer thread. */
    public void applicationEnding(ApplicationId id) {
        applications.computeIfPresent(id, (key, last) -> last.ended());
    }

    /** Nothing of an application is left but its logs. By the writer thread. */
    public void applicationEnded(ApplicationId id) {
        ApplicationSnapshot last = applications.remove(id);
        if (last == null) {
            return;
        }
        former.put(id, last.ended());
        ages.remove(id);
        ages.put(id, true);
        if (ages.size() > MAX_FORMER) {
            ApplicationId oldest = ages.keySet().iterator().next();
            ages.remove(oldest);
            former.remove(oldest);
        }
    }

    /** A container of an earlier node manager is known. By the writer thread. */
    public void containerRestored(ContainerSnapshot container) {
        containers.put(container.id(), container);
    }

    /** A container has been accepted or has reached another state. By the writer thread. */
    public void containerChanged(ContainerSnapshot container) {
        ContainerSnapshot before = containers.put(container.id(), container);
        Counts last = counts;
        if (before == null) {
            accepted.put(container.id(), clock.instant());
            counts = new Counts(last.accepted() + 1, last.launched(), last.completed(), last.failed(), last.killed());
        } else if (container.state() == ContainerState.RUNNING) {
            Instant since = accepted.remove(container.id());
            if (since != null) {
                launches = launches.with(clock.millis() - since.toEpochMilli());
                counts = new Counts(
                        last.accepted(), last.launched() + 1, last.completed(), last.failed(), last.killed());
            }
        } else if (container.isDone()) {
            accepted.remove(container.id());
            counts = ended(last, container.exitStatus());
        }
    }

    private static Counts ended(Counts last, int exitStatus) {
        boolean completed = exitStatus == 0;
        // Negative ones but -1 are YARN's for containers that somebody wanted dead.
        boolean killed = exitStatus < -1 || ExitReport.wasKilled(exitStatus);
        return new Counts(
                last.accepted(),
                last.launched(),
                last.completed() + (completed ? 1 : 0),
                last.failed() + (completed || killed ? 0 : 1),
                last.killed() + (killed ? 1 : 0));
    }

    /** A container's end need not be known any longer. By the writer thread. */
    public void containerForgotten(ContainerId id) {
        containers.remove(id);
        accepted.remove(id);
    }

    public Collection<ApplicationSnapshot> applications() {
        return Collections.unmodifiableCollection(applications.values());
    }

    public @Nullable ApplicationSnapshot application(ApplicationId id) {
        return applications.get(id);
    }

    /** An application that is here, or of which logs may still be. */
    public @Nullable ApplicationSnapshot owner(ApplicationId id) {
        ApplicationSnapshot current = applications.get(id);
        return current == null ? former.get(id) : current;
    }

    public Collection<ContainerSnapshot> containers() {
        return Collections.unmodifiableCollection(containers.values());
    }

    /** Those of one application. */
    public Collection<ContainerSnapshot> containers(ApplicationId application) {
        ContainerId first = ContainerId.newContainerId(ApplicationAttemptId.newInstance(application, 0), 0);
        ContainerId last = ContainerId.newContainerId(
                ApplicationAttemptId.newInstance(application, Integer.MAX_VALUE), Long.MAX_VALUE);
        return Collections.unmodifiableCollection(
                containers.subMap(first, true, last, true).values());
    }

    public @Nullable ContainerSnapshot container(ContainerId id) {
        return containers.get(id);
    }

    public Counts counts() {
        return counts;
    }

    public LaunchTimes launches() {
        return launches;
    }
}
