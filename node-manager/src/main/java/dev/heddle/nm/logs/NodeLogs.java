package dev.heddle.nm.logs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.LogAggregationContext;
import org.apache.hadoop.yarn.api.records.LogAggregationStatus;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.server.api.ContainerLogAggregationPolicy;
import org.apache.hadoop.yarn.server.api.ContainerType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of the logs of this node's containers: they are uploaded, where that is wanted, and deleted in time. Every
 * method is called by the writer thread.
 */
public final class NodeLogs {
    private static final Logger log = LoggerFactory.getLogger(NodeLogs.class);

    /** The class of the policy that has all logs uploaded. */
    public static final String ALL_LOGS = LogPolicies.ALL;

    private final Terms terms;
    private final Place place;
    private final Threads threads;
    private final InstantSource clock;
    private final UploadRecords records;
    private final LogRetention retention;
    private final LogAggregation aggregation;
    private final Set<ApplicationId> active = new HashSet<>();
    private final Set<ApplicationId> resumed = new HashSet<>();
    private @Nullable CompletableFuture<Void> stopping;

    /**
     * What holds for all applications.
     *
     * @param aggregate whether logs are uploaded at all
     * @param rollIntervalMs how often the logs of running containers are uploaded, 0 for never
     * @param retries how often an upload is tried again
     * @param reportMemoryMs how long the end of an upload is told to resource managers that newly ask
     * @param retainMs how long local logs stay that are not uploaded
     * @param deletionDelayMs how long local logs stay that have been uploaded, negative for ever
     * @param cleanup whether local logs that have been uploaded are deleted
     */
    public record Terms(
            boolean aggregate,
            long rollIntervalMs,
            int retries,
            long reportMemoryMs,
            long retainMs,
            long deletionDelayMs,
            boolean cleanup) {}

    /**
     * Where logs are and go.
     *
     * @param policy the class of the policy for applications that name none, and its parameters
     */
    public record Place(
            Configuration configuration, NodeId node, List<Path> roots, ContainerLogFiles files, Policy policy) {}

    /** The class of a policy, and its parameters, empty where there are none. */
    public record Policy(String className, String parameters) {}

    /**
     * Who does the blocking work, and how its results come back.
     *
     * @param uploads for what may take as long as a remote file system likes
     */
    public record Threads(Executor workers, Executor uploads, Executor writer) {}

    /** @param changed hears of news for the resource manager */
    public NodeLogs(
            Terms terms, Place place, Threads threads, InstantSource clock, UploadRecords records, Runnable changed) {
        this.terms = terms;
        this.place = place;
        this.threads = threads;
        this.clock = clock;
        this.records = records;
        this.retention = new LogRetention(place.files(), threads.workers(), active::contains);
        this.aggregation = new LogAggregation(
                new LogAggregation.Limits(terms.rollIntervalMs(), terms.retries(), terms.reportMemoryMs()),
                this::upload,
                threads.uploads(),
                threads.writer(),
                clock,
                changed,
                this::done);
    }

    /**
     * The class of a policy.
     *
     * @return whether there is such a policy here
     */
    public static boolean isPolicy(Policy policy, Configuration configuration) {
        return LogPolicies.find(policy.className(), policy.parameters(), configuration)
                .isPresent();
    }

    private LogUpload upload(LogOwner owner) {
        boolean rolling =
                terms.rollIntervalMs() > 0 && LogPatterns.of(owner.context()).anyRolled();
        return new LogUpload(
                owner,
                place.files(),
                new RemoteLogs(
                        place.configuration(),
                        owner,
                        place.node(),
                        Duration.ofMillis(terms.rollIntervalMs()).toSeconds(),
                        rolling),
                policy(owner.context()),
                new LogUpload.Terms(rolling, terms.cleanup() && terms.deletionDelayMs() == 0),
                records,
                clock);
    }

    private ContainerLogAggregationPolicy policy(@Nullable LogAggregationContext context) {
        Optional<ContainerLogAggregationPolicy> wanted = Optional.empty();
        String parameters = place.policy().parameters();
        if (context != null && context.getLogAggregationPolicyClassName() != null) {
            String own = context.getLogAggregationPolicyParameters();
            wanted = LogPolicies.find(
                    context.getLogAggregationPolicyClassName(), own == null ? parameters : own, place.configuration());
        }
        return wanted.or(() -> LogPolicies.find(place.policy().className(), parameters, place.configuration()))
                .or(() -> LogPolicies.find(LogPolicies.ALL, "", place.configuration()))
                .orElseThrow();
    }

    /** Has the logs deleted in time that an earlier life has left. */
    public void adopt() {
        threads.workers().execute(() -> {
            Map<ApplicationId, Instant> found = LogRetention.leftBehind(place.roots());
            threads.writer()
                    .execute(() -> found.forEach((application, changed) -> {
                        if (!active.contains(application)
                                && !aggregation.knows(application)
                                && !retention.isWaiting(application)) {
                            retention.deleteAt(application, changed.plusMillis(terms.retainMs()));
                        }
                    }));
        });
    }

    /**
     * Goes on with an upload that an earlier life has begun. Where no container of the application is left,
     * {@link #applicationEnded} follows.
     *
     * @param record as {@link UploadRecords} has kept it
     * @throws IOException if it cannot be read
     */
    public void resume(byte[] record) throws IOException {
        UploadRecord known = UploadRecord.decode(record);
        if (terms.aggregate()) {
            active.add(known.owner().application());
            resumed.add(known.owner().application());
            aggregation.begin(known.owner(), known.state());
        }
    }

    /** An application has its first container here. */
    public void applicationStarted(LogOwner owner) {
        active.add(owner.application());
        retention.keep(owner.application());
        if (terms.aggregate() && !aggregation.knows(owner.application())) {
            aggregation.begin(owner, UploadState.NOTHING);
        }
    }

    /** An application has had containers with an earlier node manager, of which nothing is left. */
    public void applicationRestored(ApplicationId application) {
        active.add(application);
    }

    /**
     * Finishes with the applications of an earlier node manager that have ended.
     *
     * @param known those that are still known here
     */
    public void restored(Collection<ApplicationId> known) {
        Set<ApplicationId> over = new HashSet<>(resumed);
        over.removeAll(known);
        over.forEach(this::applicationEnded);
    }

    public void containerStarted(ContainerId container, ContainerType type) {
        aggregation.started(container, type);
    }

    /** A container has ended: nothing of it runs any more. */
    public void containerEnded(ContainerId container, ContainerType type, int exitStatus) {
        aggregation.ended(container, type, exitStatus);
    }

    /** An application has ended and none of its containers is left. */
    public void applicationEnded(ApplicationId application) {
        active.remove(application);
        if (aggregation.knows(application)) {
            aggregation.finish(application);
        } else {
            retention.deleteAt(application, clock.instant().plusMillis(terms.retainMs()));
        }
    }

    private void done(ApplicationId application, boolean uploaded) {
        if (!uploaded) {
            log.warn(
                    "the logs of {} stay on this node for {}, for they could not be uploaded",
                    application,
                    Duration.ofMillis(terms.retainMs()));
            retention.deleteAt(application, clock.instant().plusMillis(terms.retainMs()));
        } else if (terms.cleanup() && terms.deletionDelayMs() >= 0) {
            retention.deleteAt(application, clock.instant().plusMillis(terms.deletionDelayMs()));
        }
        completeStop();
    }

    /** Looks after what is due. */
    public void tick() {
        Instant now = clock.instant();
        aggregation.tick(now);
        retention.tick(now);
    }

    /**
     * What there is to tell the resource manager.
     *
     * @param all also what the one before it was told
     */
    public List<LogReport> reports(boolean all) {
        return aggregation.reports(all);
    }

    /** The resource manager has been told. */
    public void told(List<LogReport> reports) {
        aggregation.told(reports);
    }

    /** How far an application's logs are, or null where they are not uploaded. */
    public @Nullable LogAggregationStatus status(ApplicationId application) {
        return aggregation.status(application);
    }

    /** How many applications' last upload failed. */
    public int failing() {
        return aggregation.failing();
    }

    /**
     * Ends: what waits is uploaded, and what fails is not tried again.
     *
     * @param ended completes when nothing waits any more
     */
    public void stop(CompletableFuture<Void> ended) {
        stopping = ended;
        aggregation.stop();
        completeStop();
    }

    private void completeStop() {
        if (stopping != null && aggregation.isIdle()) {
            retention.tick(clock.instant());
            stopping.complete(null);
        }
    }
}
