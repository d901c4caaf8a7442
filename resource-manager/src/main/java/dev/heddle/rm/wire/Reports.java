package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.lead.LeadingCluster;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.model.AttemptState;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import dev.heddle.rm.snapshot.Totals;
import java.util.List;
import org.apache.hadoop.security.proto.SecurityProtos.TokenProto;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.thirdparty.protobuf.ByteString;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationReportProto;
import org.apache.hadoop.yarn.proto.YarnProtos.ApplicationResourceUsageReportProto;
import org.apache.hadoop.yarn.proto.YarnProtos.LogAggregationStatusProto;
import org.apache.hadoop.yarn.proto.YarnProtos.PriorityProto;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueInfoProto;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueStateProto;
import org.apache.hadoop.yarn.proto.YarnProtos.YarnApplicationStateProto;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;

/** Snapshots as the reports that YARN's clients read. */
final class Reports {
    private static final String ROOT = "root";
    private static final String DEFAULT_QUEUE = "root.default";

    private final LeadingCluster cluster;
    private final String webAddress;
    private final long nowMs;

    Reports(LeadingCluster cluster, String webAddress, long nowMs) {
        this.cluster = cluster;
        this.webAddress = webAddress;
        this.nowMs = nowMs;
    }

    ApplicationReportProto application(ApplicationSnapshot application, String reader) {
        ApplicationReportProto.Builder report = ApplicationReportProto.newBuilder()
                .setApplicationId(WireValues.proto(application.id()))
                .setUser(application.spec().user())
                .setQueue(queuePath(application.spec().queue()))
                .setName(application.spec().name())
                .setApplicationType(application.spec().type())
                .addAllApplicationTags(application.spec().tags())
                .setPriority(PriorityProto.newBuilder()
                        .setPriority(application.spec().priority()))
                .setUnmanagedApplication(application.spec().unmanaged())
                .setYarnApplicationState(state(application.state()))
                .setFinalApplicationStatus(WireValues.proto(application.finalStatus()))
                .setDiagnostics(diagnostics(application))
                .setProgress(application.progress())
                .setStartTime(application.times().submittedAtMs())
                .setSubmitTime(application.times().submittedAtMs())
                .setLaunchTime(application.times().launchedAtMs())
                .setFinishTime(application.times().endedAtMs())
                .setTrackingUrl(trackingUrl(application))
                .setLogAggregationStatus(LogAggregationStatusProto.LOG_DISABLED)
                .setAppResourceUsage(usage(application));
        ApplicationSnapshot.AttemptSnapshot attempt = application.attempt();
        if (attempt != null) {
            report.setCurrentApplicationAttemptId(WireValues.proto(attempt.id()))
                    .setHost(attempt.host())
                    .setRpcPort(attempt.rpcPort())
                    .setOriginalTrackingUrl(attempt.trackingUrl().isEmpty() ? "N/A" : attempt.trackingUrl());
            if (application.spec().unmanaged()
                    && reader.equals(application.spec().user())
                    && mayNeedToken(attempt.state())) {
                report.setAmRmToken(encode(cluster.amRmTokens().tokenFor(attempt.id())));
            }
        }
        return report.build();
    }

    /** The only way in which a master that the RM does not start gets its token. */
    private static boolean mayNeedToken(AttemptState state) {
        return switch (state) {
            case LAUNCHED, RUNNING -> true;
            case SCHEDULED, ALLOCATED, FINISHING, FINISHED, FAILED, KILLED -> false;
        };
    }

    private static TokenProto encode(Token<AMRMTokenIdentifier> token) {
        return TokenProto.newBuilder()
                .setIdentifier(ByteString.copyFrom(token.getIdentifier()))
                .setPassword(ByteString.copyFrom(token.getPassword()))
                .setKind(token.getKind().toString())
                .setService(token.getService().toString())
                .build();
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
        return totals.runningNodes() == 0
                ? wanted + "no node has registered."
                : wanted + "the most that is free on one of the " + totals.runningNodes() + " nodes is "
                        + totals.largestFree() + ".";
    }

    private String trackingUrl(ApplicationSnapshot application) {
        ApplicationSnapshot.AttemptSnapshot attempt = application.attempt();
        boolean served = attempt != null && !attempt.trackingUrl().isEmpty();
        return served
                ? "http://" + webAddress + "/proxy/" + application.id() + "/"
                : "http://" + webAddress + "/cluster/app/" + application.id();
    }

    private ApplicationResourceUsageReportProto usage(ApplicationSnapshot application) {
        Totals totals = cluster.snapshots().totals();
        float share = totals.capacity().memoryMb() == 0
                ? 0
                : 100f * application.used().memoryMb() / totals.capacity().memoryMb();
        return ApplicationResourceUsageReportProto.newBuilder()
                .setNumUsedContainers(application.runningContainers())
                .setNumReservedContainers(0)
                .setUsedResources(WireValues.proto(application.used()))
                .setReservedResources(WireValues.proto(Resource.NONE))
                .setNeededResources(WireValues.proto(application.used().plus(application.wanted())))
                .setMemorySeconds(application.usage().memoryMbSeconds(nowMs))
                .setVcoreSeconds(application.usage().vcoreSeconds(nowMs))
                .setQueueUsagePercentage(share)
                .setClusterUsagePercentage(share)
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

    /**
     * The one queue, or the root above it.
     *
     * @throws YarnException if there is no queue of that name
     */
    QueueInfoProto queue(String name, boolean withApplications, String reader) throws YarnException {
        String path = queuePath(name);
        return switch (path) {
            case DEFAULT_QUEUE -> leaf(withApplications, reader).build();
            case ROOT ->
                queue(ROOT, ROOT).addChildQueues(leaf(withApplications, reader)).build();
            default -> throw new YarnException("Unknown queue: " + name + " (known: root, root.default)");
        };
    }

    private QueueInfoProto.Builder leaf(boolean withApplications, String reader) {
        QueueInfoProto.Builder leaf = queue("default", DEFAULT_QUEUE);
        if (withApplications) {
            List<ApplicationReportProto> applications = cluster.snapshots().applications().stream()
                    .map(application -> application(application, reader))
                    .toList();
            leaf.addAllApplications(applications);
        }
        return leaf;
    }

    private QueueInfoProto.Builder queue(String name, String path) {
        Totals totals = cluster.snapshots().totals();
        float used = totals.capacity().memoryMb() == 0
                ? 0
                : (float) totals.used().memoryMb() / totals.capacity().memoryMb();
        return QueueInfoProto.newBuilder()
                .setQueueName(name)
                .setQueuePath(path)
                .setCapacity(1)
                .setMaximumCapacity(1)
                .setCurrentCapacity(used)
                .setState(QueueStateProto.Q_RUNNING)
                .setSchedulerType("CapacityScheduler");
    }

    /** The full path of a queue that is given by its short name or its path. */
    static String queuePath(String name) {
        return name.equals("default") ? DEFAULT_QUEUE : name;
    }
}
