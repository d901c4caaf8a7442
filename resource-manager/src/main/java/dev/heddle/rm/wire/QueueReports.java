package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.security.Access;
import dev.heddle.rm.snapshot.ApplicationCounts;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import dev.heddle.rm.snapshot.ClusterSnapshots;
import dev.heddle.rm.snapshot.Totals;
import java.util.HashSet;
import java.util.Set;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueACLProto;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueConfigurationsMapProto;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueConfigurationsProto;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueInfoProto;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueStateProto;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueStatisticsProto;
import org.apache.hadoop.yarn.proto.YarnProtos.QueueUserACLInfoProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoRequestProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueInfoResponseProto;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.GetQueueUserAclsInfoResponseProto;

/** The one queue and the root above it, as the reports that YARN's clients read. */
final class QueueReports {
    private static final String ROOT = "root";
    private static final String LEAF = "root.default";

    private final ClusterSnapshots snapshots;
    private final Reports reports;
    private final Access.Person reader;

    QueueReports(ClusterSnapshots snapshots, Reports reports, Access.Person reader) {
        this.snapshots = snapshots;
        this.reports = reports;
        this.reader = reader;
    }

    /** The full path of a queue that is given by its short name or its path. */
    static String path(String name) {
        return name.equals("default") ? LEAF : name;
    }

    /** As YARN, without a queue where there is none of that name: clients then say so. */
    GetQueueInfoResponseProto answer(GetQueueInfoRequestProto request) {
        String path = path(request.getQueueName());
        GetQueueInfoResponseProto.Builder response = GetQueueInfoResponseProto.newBuilder();
        if (!path.equals(ROOT) && !path.equals(LEAF)) {
            return response.build();
        }
        QueueInfoProto.Builder queue = path.equals(ROOT) ? queue(ROOT, ROOT) : queue("default", LEAF);
        if (path.equals(ROOT) && (request.getIncludeChildQueues() || request.getRecursive())) {
            queue.addChildQueues(queue("default", LEAF));
        }
        if (request.getIncludeApplications()) {
            for (ApplicationSnapshot application : snapshots.applications()) {
                if (isLive(application) && reader.mayView(application.spec())) {
                    queue.addApplications(reports.application(application, reader));
                }
            }
        }
        return response.setQueueInfo(queue).build();
    }

    private static boolean isLive(ApplicationSnapshot application) {
        return switch (application.state()) {
            case ACCEPTED, RUNNING -> true;
            case FINISHED, FAILED, KILLED -> false;
        };
    }

    private QueueInfoProto.Builder queue(String name, String path) {
        Totals totals = snapshots.totals();
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
                .addAccessibleNodeLabels("*")
                .setQueueStatistics(statistics(totals))
                .setPreemptionDisabled(true)
                .setIntraQueuePreemptionDisabled(true)
                .addQueueConfigurationsMap(QueueConfigurationsMapProto.newBuilder()
                        .setPartitionName("")
                        .setQueueConfigurations(configuration(totals.capacity())))
                .setWeight(-1)
                .setMaxParallelApps(Integer.MAX_VALUE)
                .setSchedulerType("CapacityScheduler");
    }

    private QueueStatisticsProto.Builder statistics(Totals totals) {
        ApplicationCounts counts = snapshots.counts();
        Set<String> activeUsers = new HashSet<>();
        long pendingMemoryMb = 0;
        long pendingVcores = 0;
        long containers = 0;
        for (ApplicationSnapshot application : snapshots.applications()) {
            if (isLive(application)) {
                pendingMemoryMb += application.wanted().memoryMb();
                pendingVcores += application.wanted().vcores();
                containers += application.runningContainers();
                if (application.state() == ApplicationState.RUNNING) {
                    activeUsers.add(application.spec().user());
                }
            }
        }
        Resource available = totals.capacity().minusOrZero(totals.used());
        return QueueStatisticsProto.newBuilder()
                .setNumAppsSubmitted(counts.submitted())
                .setNumAppsRunning(counts.running())
                .setNumAppsPending(counts.pending())
                .setNumAppsCompleted(counts.finished())
                .setNumAppsKilled(counts.killed())
                .setNumAppsFailed(counts.failed())
                .setNumActiveUsers(activeUsers.size())
                .setAvailableMemoryMB(available.memoryMb())
                .setAvailableVCores(available.vcores())
                .setAllocatedMemoryMB(totals.used().memoryMb())
                .setAllocatedVCores(totals.used().vcores())
                .setPendingMemoryMB(pendingMemoryMb)
                .setPendingVCores(pendingVcores)
                .setReservedMemoryMB(0)
                .setReservedVCores(0)
                .setAllocatedContainers(containers)
                .setReservedContainers(0);
    }

    private static QueueConfigurationsProto.Builder configuration(Resource capacity) {
        return QueueConfigurationsProto.newBuilder()
                .setCapacity(1)
                .setAbsoluteCapacity(1)
                .setMaxCapacity(1)
                .setAbsoluteMaxCapacity(1)
                .setMaxAMPercentage(1)
                .setEffectiveMinCapacity(WireValues.proto(capacity))
                .setEffectiveMaxCapacity(WireValues.proto(capacity));
    }

    /** What a person may do in each queue. */
    static GetQueueUserAclsInfoResponseProto acls(Access.Person person) {
        GetQueueUserAclsInfoResponseProto.Builder response = GetQueueUserAclsInfoResponseProto.newBuilder();
        for (String queue : new String[] {ROOT, LEAF}) {
            QueueUserACLInfoProto.Builder acls =
                    QueueUserACLInfoProto.newBuilder().setQueueName(queue);
            if (person.submits(queue)) {
                acls.addUserAcls(QueueACLProto.QACL_SUBMIT_APPLICATIONS);
            }
            if (person.mayAdminister(queue)) {
                acls.addUserAcls(QueueACLProto.QACL_ADMINISTER_QUEUE);
            }
            response.addQueueUserAcls(acls);
        }
        return response.build();
    }
}
