package dev.heddle.nm.health;

import dev.heddle.nm.directories.DiskChange;
import dev.heddle.nm.directories.NodeDirectories;
import dev.heddle.nm.work.WorkerPool;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the disks and has the health scripts run, each at its interval, and knows from that how the node is. The
 * threads are its own: one for the disks together, one for each script, and one for each directory while it is checked.
 */
public final class HealthWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HealthWatch.class);

    private static final String SEPARATOR = ";";

    private final NodeDirectories directories;
    private final DiskChecks diskChecks;
    private final List<HealthScript> scripts;
    private final InstantSource clock;
    private final Listener listener;
    private final ScheduledThreadPoolExecutor timer;
    private final WorkerPool disks;

    /** What each script said last. Guarded by this object. */
    private final Map<String, String> complaints = new LinkedHashMap<>();

    private volatile NodeHealth current;

    /**
     * When disks are checked.
     *
     * @param enabled otherwise they are checked once, at the start, and do not make the node unhealthy
     * @param limitMs how long a disk may take to answer
     */
    public record DiskChecks(boolean enabled, long intervalMs, long limitMs) {}

    /** Hears what has changed. Called by the threads of the watch, which it may hold up a little. */
    public interface Listener {
        /** A check of the disks has ended; called each time. */
        void disksChecked(DiskChange change);

        /** The node is as well, or as ill, as it was not before. */
        void healthChanged(NodeHealth health);
    }

    public HealthWatch(
            NodeDirectories directories,
            DiskChecks diskChecks,
            List<HealthScript> scripts,
            InstantSource clock,
            Listener listener) {
        this.directories = directories;
        this.diskChecks = diskChecks;
        this.scripts = List.copyOf(scripts);
        this.clock = clock;
        this.listener = listener;
        int directoryCount =
                directories.localRoots().size() + directories.logRoots().size();
        this.disks = new WorkerPool("disk-check", directoryCount, directoryCount);
        AtomicInteger number = new AtomicInteger();
        this.timer = new ScheduledThreadPoolExecutor(1 + scripts.size(), task -> {
            Thread thread = new Thread(task, "health-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.current = look(clock.instant());
        if (!current.healthy()) {
            log.error("this node is not healthy: {}", current.report());
        }
    }

    /**
     * Begins.
     *
     * @param scriptsFirst whether the scripts run, and are waited for, before this returns
     */
    public void start(boolean scriptsFirst) {
        if (diskChecks.enabled()) {
            every(diskChecks.intervalMs(), diskChecks.intervalMs(), this::checkDisks);
        }
        for (HealthScript script : scripts) {
            if (scriptsFirst) {
                run(script);
            }
            every(scriptsFirst ? script.intervalMs() : 0, script.intervalMs(), () -> run(script));
        }
    }

    private void every(long delayMs, long intervalMs, Runnable check) {
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(
                () -> guarded(check), delayMs, Math.max(1, intervalMs), TimeUnit.MILLISECONDS);
    }

    /** A check that fails itself must not be the last one. */
    private void guarded(Runnable check) {
        try {
            check.run();
        } catch (RuntimeException e) {
            if (!timer.isShutdown()) {
                log.error("a check of the node's health has failed", e);
            }
        }
    }

    /** How the node is. For every thread. */
    public NodeHealth current() {
        return current;
    }

    private void checkDisks() {
        // Outside of the lock, so that a disk that does not answer does not hold up what the scripts say.
        DiskChange change = directories.check(disks, diskChecks.limitMs());
        if (change.conditions()) {
            String bad = directories.healthReport();
            log.warn("{}{}", directories.goodReport(), bad.isEmpty() ? "" : "; " + bad);
        }
        listener.disksChecked(change);
        update();
    }

    private void run(HealthScript script) {
        try {
            String complaint = script.run();
            synchronized (this) {
                complaints.put(script.name(), complaint);
                update();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void update() {
        NodeHealth before = current;
        NodeHealth now = look(clock.instant());
        current = now;
        if (now.says(before)) {
            return;
        }
        if (now.healthy() && !before.healthy()) {
            log.info("this node is healthy again");
        } else if (!now.healthy()) {
            log.error("this node is not healthy: {}", now.report());
        }
        listener.healthChanged(now);
    }

    private synchronized NodeHealth look(Instant now) {
        List<String> reports = new ArrayList<>();
        reports.add(diskChecks.enabled() ? directories.healthReport() : "");
        reports.addAll(complaints.values());
        String report = reports.stream().filter(text -> !text.isEmpty()).collect(Collectors.joining(SEPARATOR));
        boolean disksHealthy = !diskChecks.enabled() || directories.areHealthy();
        boolean scriptsHealthy = complaints.values().stream().allMatch(String::isEmpty);
        return new NodeHealth(disksHealthy && scriptsHealthy, report, now);
    }

    /** Ends the checks. Scripts that run are killed. */
    @Override
    public void close() {
        timer.shutdownNow();
        disks.close();
    }
}
