package dev.heddle.nm.logs;

import dev.heddle.nm.logs.LogUpload.Order;
import dev.heddle.nm.logs.UploadState.End;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.LogAggregationStatus;
import org.apache.hadoop.yarn.server.api.ContainerType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which applications' logs are uploaded when, and how far that has come. Every method is called by the writer thread;
 * uploads are workers', one at a time for each application, and an application whose remote file system is slow or away
 * holds up no other.
 */
final class LogAggregation {
    private static final Logger log = LoggerFactory.getLogger(LogAggregation.class);

    /** Containers of one application that have ended and wait for their logs to be uploaded. */
    static final int MAX_ENDED = 100_000;

    /** The pause after the first failure; it doubles with each further one. */
    private static final long FIRST_PAUSE_MS = 1_000;

    private static final long LONGEST_PAUSE_MS = 60_000;
    private static final int PAUSE_DOUBLINGS = 6;

    /** What changes in between need not survive: who ended how is worth little. */
    private static final long SAVE_INTERVAL_MS = 1_000;

    private static final long TRIM_INTERVAL_MS = 1_000;

    private static final int LONGEST_DIAGNOSTICS = 1_000;

    private final Limits limits;
    private final UploadMaker uploads;
    private final Executor workers;
    private final Executor writer;
    private final InstantSource clock;
    private final Runnable changed;
    private final BiConsumer<ApplicationId, Boolean> done;

    private final Map<ApplicationId, Entry> applications = new LinkedHashMap<>();
    private final Map<ApplicationId, Told> reports = new LinkedHashMap<>();
    private Instant trimAt = Instant.MIN;
    private boolean stopping;

    /**
     * What bounds uploads.
     *
     * @param rollIntervalMs how often the logs of running containers are uploaded, 0 for never
     * @param retries how often an upload is tried again
     * @param reportMemoryMs how long the end of an upload is told to resource managers that newly ask
     */
    record Limits(long rollIntervalMs, int retries, long reportMemoryMs) {}

    /** Makes an application's upload, without blocking. */
    interface UploadMaker {
        LogUpload make(LogOwner owner);
    }

    /** A report, until when it is worth telling, and whether the resource manager has it. */
    private record Told(LogReport report, Instant until, boolean known) {}

    private static final class Entry {
        final LogUpload upload;
        final boolean rolling;
        final Map<ContainerId, ContainerType> running = new HashMap<>();
        /** Containers that have ended since the last upload began. */
        final Map<ContainerId, End> ended = new LinkedHashMap<>();

        UploadState state;
        boolean finishing;
        boolean underWay;
        boolean unsaved = true;
        int failures;
        Instant nextAt;
        Instant saveAt;

        Entry(LogUpload upload, boolean rolling, UploadState state, Instant now) {
            this.upload = upload;
            this.rolling = rolling;
            this.state = state;
            this.nextAt = now;
            this.saveAt = now;
        }
    }

    /**
     * @param changed hears of news for the resource manager
     * @param done hears that an application's logs are done with, and whether all have been uploaded
     */
    LogAggregation(
            Limits limits,
            UploadMaker uploads,
            Executor workers,
            Executor writer,
            InstantSource clock,
            Runnable changed,
            BiConsumer<ApplicationId, Boolean> done) {
        this.limits = limits;
        this.uploads = uploads;
        this.workers = workers;
        this.writer = writer;
        this.clock = clock;
        this.changed = changed;
        this.done = done;
    }

    /**
     * Begins with an application.
     *
     * @param state how far an earlier life has come, {@link UploadState#NOTHING} where there was none
     */
    void begin(LogOwner owner, UploadState state) {
        Instant now = clock.instant();
        boolean rolling =
                limits.rollIntervalMs() > 0 && LogPatterns.of(owner.context()).anyRolled();
        Entry entry = new Entry(uploads.make(owner), rolling, state, now);
        entry.nextAt = now.plusMillis(limits.rollIntervalMs());
        applications.put(owner.application(), entry);
        report(owner.application(), LogAggregationStatus.RUNNING, "");
    }

    boolean knows(ApplicationId application) {
        return applications.containsKey(application);
    }

    void started(ContainerId container, ContainerType type) {
        Entry entry = applications.get(application(container));
        if (entry != null) {
            entry.running.put(container, type);
        }
    }

    void ended(ContainerId container, ContainerType type, int exitStatus) {
        Entry entry = applications.get(application(container));
        if (entry == null) {
            return;
        }
        entry.running.remove(container);
        if (entry.ended.size() + entry.state.ended().size() >= MAX_ENDED) {
            log.warn("the logs of {} are not brought together: those of {} others wait already", container, MAX_ENDED);
            return;
        }
        entry.ended.put(container, new End(type, exitStatus));
        entry.unsaved = true;
    }

    private static ApplicationId application(ContainerId container) {
        return container.getApplicationAttemptId().getApplicationId();
    }

    /** Uploads what is left of an application's logs: none of its containers is left. */
    void finish(ApplicationId application) {
        Entry entry = applications.get(application);
        if (entry != null && !entry.finishing) {
            entry.finishing = true;
            entry.failures = 0;
            entry.nextAt = clock.instant();
            proceed(application, entry, clock.instant());
        }
    }

    /** Begins what is due. */
    void tick(Instant now) {
        for (Map.Entry<ApplicationId, Entry> each : List.copyOf(applications.entrySet())) {
            proceed(each.getKey(), each.getValue(), now);
        }
        if (!now.isBefore(trimAt)) {
            trimAt = now.plusMillis(TRIM_INTERVAL_MS);
            reports.values().removeIf(told -> isOver(told, now));
        }
    }

    private static boolean isOver(Told told, Instant now) {
        return told.known() && told.report().isFinal() && now.isAfter(told.until());
    }

    private void proceed(ApplicationId id, Entry entry, Instant now) {
        if (entry.underWay) {
            return;
        }
        if ((entry.finishing || entry.rolling) && !now.isBefore(entry.nextAt)) {
            entry.nextAt = now.plusMillis(limits.rollIntervalMs());
            upload(id, entry);
        } else if (entry.unsaved && !now.isBefore(entry.saveAt)) {
            entry.saveAt = now.plusMillis(SAVE_INTERVAL_MS);
            save(entry);
        }
    }

    private void take(Entry entry) {
        Map<ContainerId, End> ended = new LinkedHashMap<>(entry.state.ended());
        ended.putAll(entry.ended);
        entry.ended.clear();
        entry.state = new UploadState(ended, entry.state.uploaded(), entry.state.intent());
    }

    private void upload(ApplicationId id, Entry entry) {
        take(entry);
        Order order = new Order(entry.state, entry.running, entry.finishing);
        begin(entry, () -> {
            try {
                UploadState after = entry.upload.run(order);
                if (order.last()) {
                    entry.upload.close();
                }
                writer.execute(() -> uploaded(id, entry, after, order.last()));
            } catch (IOException e) {
                writer.execute(() -> failed(id, entry, order.last(), e));
            }
        });
    }

    private void save(Entry entry) {
        take(entry);
        UploadState state = entry.state;
        begin(entry, () -> {
            boolean saved = false;
            try {
                entry.upload.save(state);
                saved = true;
            } catch (IOException e) {
                log.warn("cannot keep how far the upload of logs has come", e);
            }
            boolean unsaved = !saved;
            writer.execute(() -> {
                entry.underWay = false;
                entry.unsaved |= unsaved;
            });
        });
    }

    private void begin(Entry entry, Runnable work) {
        entry.underWay = true;
        entry.unsaved = false;
        try {
            workers.execute(work);
        } catch (RejectedExecutionException e) {
            entry.underWay = false;
            entry.unsaved = true;
            entry.nextAt = clock.instant().plusMillis(FIRST_PAUSE_MS);
            entry.saveAt = entry.nextAt;
        }
    }

    private void uploaded(ApplicationId id, Entry entry, UploadState after, boolean last) {
        entry.underWay = false;
        entry.failures = 0;
        entry.state = after;
        entry.unsaved = true;
        if (last) {
            settle(id, LogAggregationStatus.SUCCEEDED, "");
        } else if (entry.finishing) {
            upload(id, entry);
        } else {
            report(id, LogAggregationStatus.RUNNING, "");
        }
    }

    private void failed(ApplicationId id, Entry entry, boolean last, IOException why) {
        entry.underWay = false;
        entry.failures++;
        String words =
                "The logs of " + id + " could not be uploaded (attempt " + entry.failures + "): " + why.getMessage();
        if (last && (stopping || entry.failures > limits.retries())) {
            log.warn("{}: given up", words, why);
            settle(id, LogAggregationStatus.FAILED, words);
            return;
        }
        long pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(entry.failures - 1, PAUSE_DOUBLINGS));
        log.warn("{}: tried again in {} ms", words, pauseMs, entry.failures == 1 ? why : null);
        if (last || !entry.finishing) {
            entry.nextAt = clock.instant().plusMillis(pauseMs);
        }
        report(id, LogAggregationStatus.RUNNING_WITH_FAILURE, words);
    }

    private void settle(ApplicationId id, LogAggregationStatus status, String diagnostics) {
        applications.remove(id);
        report(id, status, diagnostics);
        done.accept(id, status == LogAggregationStatus.SUCCEEDED);
    }

    private void report(ApplicationId id, LogAggregationStatus status, String diagnostics) {
        LogReport report = new LogReport(
                id, status, diagnostics.substring(0, Math.min(diagnostics.length(), LONGEST_DIAGNOSTICS)));
        Told before = reports.remove(id);
        boolean known = before != null && before.known() && before.report().equals(report);
        reports.put(id, new Told(report, clock.instant().plusMillis(limits.reportMemoryMs()), known));
        if (!known) {
            changed.run();
        }
    }

    /** What the resource manager has not been told yet; all there is to tell, where it has newly come. */
    List<LogReport> reports(boolean all) {
        List<LogReport> due = new ArrayList<>();
        for (Told told : reports.values()) {
            if (all || !told.known()) {
                due.add(told.report());
            }
        }
        return due;
    }

    /** Remembers what the resource manager has been told. */
    void told(List<LogReport> told) {
        for (LogReport report : told) {
            reports.computeIfPresent(
                    report.application(),
                    (id, last) -> last.report().equals(report) ? new Told(report, last.until(), true) : last);
        }
    }

    /** Tries uploads that fail no more: this life of the node manager ends. */
    void stop() {
        stopping = true;
        Instant now = clock.instant();
        for (Map.Entry<ApplicationId, Entry> each : List.copyOf(applications.entrySet())) {
            if (each.getValue().finishing) {
                each.getValue().nextAt = now;
                proceed(each.getKey(), each.getValue(), now);
            }
        }
    }

    /** Whether no application that has ended waits for its logs to be uploaded. */
    boolean isIdle() {
        return applications.values().stream().noneMatch(entry -> entry.finishing);
    }

    /** How many applications' logs are looked after, and of how many the last upload failed. */
    int failing() {
        return (int) applications.values().stream()
                .filter(entry -> entry.failures > 0)
                .count();
    }

    @Nullable
    LogAggregationStatus status(ApplicationId application) {
        Told told = reports.get(application);
        return told == null ? null : told.report().status();
    }
}
