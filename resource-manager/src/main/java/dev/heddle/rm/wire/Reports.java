package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.common.resources.ResourceKind;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.security.Access;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import dev.heddle.rm.snapshot.ContainerSnapshot;
import dev.heddle.rm.snapshot.Totals;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.proto.YarnProtos.AppTimeoutsMapProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationAttemptReportProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationReportProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationResourceUsageReportProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationTimeoutProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationTimeoutTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerReportProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerStateProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ExecutionTypeProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PriorityProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ResourceProto;
import org.apache.hadoop.yarn.proto.YarnProtos.StringLongMapProto;
import org.apache.hadoop.yarn.proto.YarnProtos.YarnApplicationAttemptStateProto;
import org.apache.hadoop.yarn.proto.YarnProtos.YarnApplicationStateProto;
import org.apache.hadoop.yarn.util.Times;
import org.jspecify.annotations.Nullable;

/** Snapshots as the reports that YARN's clients read. */
final class Reports {
    /** What YARN shows for what is not known, or not for the reader's eyes. */
    private static final String UNAVAILABLE = "N/A";

    private static final long MS_PER_SECOND = 1_000;

    private static final ResourceProto NO_AMOUNT =
            ResourceProto.newBuilder().setMemory(-1).setVirtualCores(-1).build();
    private static final ApplicationResourceUsageReportProto NO_USAGE = ApplicationResourceUsageReportProto.newBuilder()
            .setNumUsedContainers(-1)
            .setNumReservedContainers(-1)
            .setUsedResources(NO_AMOUNT)
            .setReservedResources(NO_AMOUNT)
            .setNeededResources(NO_AMOUNT)
            .build();

    private final LeadingCluster cluster;
    private final String webAddress;
    private final LogRules logs;
    private final long nowMs;

    Reports(LeadingCluster cluster, String webAddress, LogRules logs, long nowMs) {
        this.cluster = cluster;
        this.webAddress = webAddress;
        this.logs = logs;
        this.nowMs = nowMs;
    }

    /**
     * An application's report. One who may not view it learns who runs what in which queue, and how far it is, but nothing
     * that came from the application itself.
     */
    ApplicationReportProto application(ApplicationSnapshot application, Access.Person reader) {
        boolean viewable = reader.mayView(application.spec());
        ApplicationReportProto.Builder report = ApplicationReportProto.newBuilder()
                .setApplicationId(WireValues.proto(application.id()))
                .setUser(application.spec().user())
                .setQueue(application.spec().queue())
                .setName(application.spec().name())
                .setApplicationType(application.spec().type())
                .addAllApplicationTags(application.spec().tags())
                .setPriority(PriorityProto.newBuilder().setPriority(application.priority()))
                .setUnmanagedApplication(application.spec().unmanaged())
                .setYarnApplicationState(state(application.state()))
                .setFinalApplicationStatus(WireValues.proto(application.finalStatus()))
                .setDiagnostics(viewable ? diagnostics(application) : UNAVAILABLE)
                .setProgress(viewable ? application.progress() : 0)
                .setStartTime(application.times().submittedAtMs())
                .setSubmitTime(application.times().submittedAtMs())
                .setLaunchTime(application.times().launchedAtMs())
                .setFinishTime(application.times().endedAtMs())
                .setTrackingUrl(viewable ? trackingUrl(application) : UNAVAILABLE)
                .addAppTimeouts(timeout(application))
                .setAppResourceUsage(viewable ? usage(application) : NO_USAGE);
        ApplicationSnapshot.AttemptSnapshot attempt = application.attempt();
        if (!viewable || attempt == null) {
            return report.setHost(UNAVAILABLE)
                    .setRpcPort(-1)
                    .setOriginalTrackingUrl(UNAVAILABLE)
                    .setCurrentApplicationAttemptId(WireValues.proto(new AttemptId(application.id(), -1)))
                    .build();
        }
        report.setCurrentApplicationAttemptId(WireValues.proto(attempt.id()))
                .setHost(attempt.host())
                .setRpcPort(attempt.rpcPort())
                .setOriginalTrackingUrl(originalTrackingUrl(attempt))
                .setLogAggregationStatus(logs.status(application, nowMs));
        if (mayNeedToken(attempt.state())) {
            addTokens(report, application, attempt.id(), reader.user());
        }
        return report.build();
    }

    private void addTokens(
            ApplicationReportProto.Builder report, ApplicationSnapshot application, AttemptId attempt, String reader) {
        if (application.spec().unmanaged() && reader.equals(application.spec().user())) {
            report.setAmRmToken(WireValues.proto(cluster.amRmTokens().tokenFor(attempt)));
        }
        if (UserGroupInformation.isSecurityEnabled()) {
            report.setClientToAmToken(
                    WireValues.proto(cluster.clientToMasterTokens().tokenFor(attempt, reader)));
        }
    }

    private static String originalTrackingUrl(ApplicationSnapshot.AttemptSnapshot attempt) {
        return attempt.trackingUrl().isEmpty() ? UNAVAILABLE : attempt.trackingUrl();
    }

    private AppTimeoutsMapProto timeout(ApplicationSnapshot application) {
        long expiresAtMs = application.times().expiresAtMs();
        ApplicationTimeoutProto.Builder timeout = ApplicationTimeoutProto.newBuilder()
                .setApplicationTimeoutType(ApplicationTimeoutTypeProto.APP_TIMEOUT_LIFETIME);
        if (expiresAtMs == 0) {
            timeout.setExpireTime("UNLIMITED").setRemainingTime(-1);
        } else {
            boolean over = application.times().endedAtMs() != 0;
            timeout.setExpireTime(Times.formatISO8601(expiresAtMs))
                    .setRemainingTime(over ? 0 : Math.max(0, (expiresAtMs - nowMs) / MS_PER_SECOND));
        }
        return AppTimeoutsMapProto.newBuilder()
                .setApplicationTimeoutType(ApplicationTimeoutTypeProto.APP_TIMEOUT_LIFETIME)
                .setApplicationTimeout(timeout)
                .build();
    }

    ApplicationAttemptReportProto attempt(
            ApplicationSnapshot application, ApplicationSnapshot.AttemptSnapshot attempt) {
        ApplicationAttemptReportProto.Builder report = ApplicationAttemptReportProto.newBuilder()
                .setApplicationAttemptId(WireValues.proto(attempt.id()))
                .setHost(attempt.host())
                .setRpcPort(attempt.rpcPort())
                .setTrackingUrl(trackingUrl(application.id(), attempt))
                .setOriginalTrackingUrl(originalTrackingUrl(attempt))
                .setDiagnostics((attempt.diagnostics() + keptAway(attempt)).strip())
                .setYarnApplicationAttemptState(state(attempt.state()))
                .setStartTime(attempt.startedAtMs())
                .setFinishTime(attempt.endedAtMs());
        if (attempt.master() != null) {
            report.setAmContainerId(WireValues.proto(attempt.master()));
        }
        return report.build();
    }

    /**
     * A container's report.
     *
     * @param user of its application, below whom its node keeps its logs
     */
    static ContainerReportProto container(ContainerSnapshot container, String user) {
        String node = "http://" + container.node().host() + ":" + container.httpPort();
        ContainerReportProto.Builder report = ContainerReportProto.newBuilder()
                .setContainerId(WireValues.proto(container.id()))
                .setResource(WireValues.proto(container.resource()))
                .setNodeId(WireValues.proto(container.node()))
                .setNodeHttpAddress(node)
                .setPriority(PriorityProto.newBuilder().setPriority(container.priority()))
                .setCreationTime(container.grantedAtMs())
                .setLogUrl(node + "/node/containerlogs/" + container.id() + "/" + user)
                .setExecutionType(ExecutionTypeProto.GUARANTEED);
        ContainerSnapshot.End end = container.end();
        return end == null
                ? report.setContainerState(ContainerStateProto.C_RUNNING).build()
                : report.setContainerState(ContainerStateProto.C_COMPLETE)
                        .setFinishTime(end.atMs())
                        .setContainerExitStatus(end.exit().status())
                        .setDiagnosticsInfo(end.exit().diagnostics())
                        .build();
    }

    /** The only way in which a master that the RM does not start gets its token. */
    private static boolean mayNeedToken(AttemptState state) {
        return switch (state) {
            case LAUNCHED, RUNNING -> true;
            case SCHEDULED, ALLOCATED, FINISHING, FINISHED, FAILED, KILLED -> false;
        };
    }

    /** An application that waits says for what; silence is what people suffer from. */
    private String diagnostics(ApplicationSnapshot application) {
        ApplicationSnapshot.AttemptSnapshot attempt = application.attempt();
        if (application.state() != ApplicationState.ACCEPTED || attempt == null) {
            return application.diagnostics();
        }
        return switch (attempt.state()) {
            case SCHEDULED -> waitingForMaster(application);
            case ALLOCATED, LAUNCHED ->
                "The container of the application master (" + attempt.master() + " on " + attempt.masterNode()
                        + ") is being started; the master has not registered yet.";
            case RUNNING, FINISHING, FINISHED, FAILED, KILLED -> application.diagnostics();
        };
    }

    private String waitingForMaster(ApplicationSnapshot application) {
        Totals totals = cluster.snapshots().totals();
        String wanted = "The application master waits for a container of "
                + application.spec().masterResource() + ": ";
        ApplicationSnapshot.AttemptSnapshot attempt = application.attempt();
        return totals.runningNodes() == 0
                ? wanted + "no node has registered."
                : wanted + "the most that is free on one of the " + totals.runningNodes() + " nodes is "
                        + totals.largestFree() + "." + (attempt == null ? "" : keptAway(attempt));
    }

    private static String keptAway(ApplicationSnapshot.AttemptSnapshot attempt) {
        return attempt.keptAway().isEmpty()
                ? ""
                : " It keeps away from " + String.join(", ", attempt.keptAway()) + ", where former masters failed.";
    }

    private String trackingUrl(ApplicationSnapshot application) {
        return trackingUrl(application.id(), application.attempt());
    }

    private String trackingUrl(ApplicationId id, ApplicationSnapshot.@Nullable AttemptSnapshot attempt) {
        boolean served = attempt != null && !attempt.trackingUrl().isEmpty();
        return served ? "http://" + webAddress + "/proxy/" + id + "/" : "http://" + webAddress + "/cluster/app/" + id;
    }

    private ApplicationResourceUsageReportProto usage(ApplicationSnapshot application) {
        Totals totals = cluster.snapshots().totals();
        float share = totals.capacity().memoryMb() == 0
                ? 0
                : 100f * application.used().memoryMb() / totals.capacity().memoryMb();
        ApplicationResourceUsageReportProto.Builder usage = ApplicationResourceUsageReportProto.newBuilder()
                .setNumUsedContainers(application.runningContainers())
                .setNumReservedContainers(application.reserved() == null ? 0 : 1)
                .setUsedResources(WireValues.proto(application.used()))
                .setReservedResources(
                        WireValues.proto(application.reserved() == null ? Resource.NONE : application.reserved()))
                .setNeededResources(WireValues.proto(application.used().plus(application.wanted())))
                .setMemorySeconds(application.usage().memoryMbSeconds(nowMs))
                .setVcoreSeconds(application.usage().vcoreSeconds(nowMs))
                .setQueueUsagePercentage(share)
                .setClusterUsagePercentage(share)
                .addApplicationResourceUsageMap(
                        seconds(ResourceKind.MEMORY, application.usage().memoryMbSeconds(nowMs)))
                .addApplicationResourceUsageMap(
                        seconds(ResourceKind.VCORES, application.usage().vcoreSeconds(nowMs)));
        application
                .usage()
                .furtherSeconds(nowMs)
                .forEach((kind, seconds) -> usage.addApplicationResourceUsageMap(seconds(kind, seconds)));
        return usage.build();
    }

    private static StringLongMapProto seconds(ResourceKind kind, long seconds) {
        return StringLongMapProto.newBuilder()
                .setKey(kind.name())
                .setValue(seconds)
                .build();
    }

    static YarnApplicationStateProto state(ApplicationState state) {
        return switch (state) {
            case ACCEPTED -> YarnApplicationStateProto.ACCEPTED;
            case RUNNING -> YarnApplicationStateProto.RUNNING;
            case FINISHED -> YarnApplicationStateProto.FINISHED;
            case FAILED -> YarnApplicationStateProto.FAILED;
            case KILLED -> YarnApplicationStateProto.KILLED;
        };
    }

    static YarnApplicationAttemptStateProto state(AttemptState state) {
        return switch (state) {
            case SCHEDULED -> YarnApplicationAttemptStateProto.APP_ATTEMPT_SCHEDULED;
            case ALLOCATED -> YarnApplicationAttemptStateProto.APP_ATTEMPT_ALLOCATED;
            case LAUNCHED -> YarnApplicationAttemptStateProto.APP_ATTEMPT_LAUNCHED;
            case RUNNING -> YarnApplicationAttemptStateProto.APP_ATTEMPT_RUNNING;
            case FINISHING -> YarnApplicationAttemptStateProto.APP_ATTEMPT_FINISHING;
            case FINISHED -> YarnApplicationAttemptStateProto.APP_ATTEMPT_FINISHED;
            case FAILED -> YarnApplicationAttemptStateProto.APP_ATTEMPT_FAILED;
            case KILLED -> YarnApplicationAttemptStateProto.APP_ATTEMPT_KILLED;
        };
    }
}
