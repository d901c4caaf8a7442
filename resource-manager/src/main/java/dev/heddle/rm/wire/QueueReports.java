package dev.heddle.rm.wire;

import dev.heddle.common.resources.Resource;
import dev.heddle.rm.model.ApplicationState;
import dev.heddle.rm.scheduler.queue.Bounds;
import dev.heddle.rm.scheduler.queue.Capacity;
import dev.heddle.rm.scheduler.queue.QueuePlan;
import dev.heddle.rm.scheduler.queue.QueueSpec;
import dev.heddle.rm.security.Access;
import dev.heddle.rm.snapshot.ApplicationCounts;
import dev.heddle.rm.snapshot.ApplicationSnapshot;
import dev.heddle.rm.snapshot.ClusterSnapshots;
import dev.heddle.rm.snapshot.QueueSnapshot;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
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

/** The queues, as the reports that YARN's clients read. */
final class QueueReports {
    private final ClusterSnapshots snapshots;
    private final Reports reports;
    private final Access.Person reader;

    QueueReports(ClusterSnapshots snapshots, Reports reports, Access.Person reader) {
        this.snapshots = snapshots;
        this.reports = reports;
        this.reader = reader;
    }

    /** The full path of a queue that is given by its short name or its path; what names none is left as it is. */
    static String path(ClusterSnapshots snapshots, String name) {
        QueuePlan plan = snapshots.queuePlan();
        QueueSpec queue = plan == null ? null : plan.queue(name);
        return queue == null ? name : queue.path();
    }

    /** As YARN, without a queue where there is none of that name: clients then say so. */
    GetQueueInfoResponseProto answer(GetQueueInfoRequestProto request) {
        GetQueueInfoResponseProto.Builder response = GetQueueInfoResponseProto.newBuilder();
        QueueSnapshot queue = snapshots.queue(path(snapshots, request.getQueueName()));
        if (queue == null) {
            return response.build();
        }
        QueueInfoProto.Builder info = queue(queue);
        if (request.getIncludeChildQueues() || request.getRecursive()) {
            addChildren(info, queue.spec(), request.getRecursive());
        }
        if (request.getIncludeApplications()) {
            for (ApplicationSnapshot application : snapshots.applications()) {
                if (isLive(application) && isIn(application, queue.path()) && reader.mayView(application.spec())) {
                    info.addApplications(reports.application(application, reader));
                }
            }
        }
        return response.setQueueInfo(info).build();
    }

    private void addChildren(QueueInfoProto.Builder info, QueueSpec parent, boolean recursive) {
        for (QueueSpec spec : parent.children()) {
            QueueSnapshot child = snapshots.queue(spec.path());
            if (child != null) {
                QueueInfoProto.Builder ofChild = queue(child);
                if (recursive) {
                    addChildren(ofChild, spec, true);
                }
                info.addChildQueues(ofChild);
            }
        }
    }

    /** Whether an application is in a queue or below it. */
    static boolean isIn(ApplicationSnapshot application, String path) {
        String own = application.spec().queue();
        return own.equals(path) || own.startsWith(path + ".");
    }

    private static boolean isLive(ApplicationSnapshot application) {
        return switch (application.state()) {
            case ACCEPTED, RUNNING -> true;
            case FINISHED, FAILED, KILLED -> false;
        };
    }

    private QueueInfoProto.Builder queue(QueueSnapshot queue) {
        QueueSpec spec = queue.spec();
        QueueSnapshot.Share share = queue.share("");
        QueueSnapshot parent = queue.parent() == null ? null : snapshots.queue(queue.parent());
        double ofParent = parent == null ? 1 : parent.share("").bounds().absolute();
        double maximumOfParent = parent == null ? 1 : parent.share("").bounds().absoluteMaximum();
        QueueSpec.Partition partition = spec.partitions().get("");
        QueueInfoProto.Builder info = QueueInfoProto.newBuilder()
                .setQueueName(spec.name())
                .setQueuePath(spec.path())
                .setCapacity(part(share.bounds().absolute(), ofParent))
                .setMaximumCapacity(part(share.bounds().absoluteMaximum(), maximumOfParent))
                .setCurrentCapacity(share.usedPart())
                .setState(state(queue))
                .addAllAccessibleNodeLabels(labels(spec))
                .setDefaultNodeLabelExpression(spec.defaultLabel())
                .setQueueStatistics(statistics(queue, share))
                .setPreemptionDisabled(!spec.preemption().byOtherQueues())
                .setIntraQueuePreemptionDisabled(!spec.preemption().inside())
                .setWeight(
                        partition != null && partition.guaranteed() instanceof Capacity.Weight weight
                                ? (float) weight.value()
                                : -1)
                .setMaxParallelApps(spec.applications().parallel())
                .setSchedulerType("CapacityScheduler");
        spec.partitions().forEach((label, configured) -> {
            if (!label.equals(QueueSpec.ANY_LABEL)) {
                info.addQueueConfigurationsMap(QueueConfigurationsMapProto.newBuilder()
                        .setPartitionName(label)
                        .setQueueConfigurations(configuration(configured, queue.share(label))));
            }
        });
        return info;
    }

    private static QueueStateProto state(QueueSnapshot queue) {
        if (queue.spec().running()) {
            return QueueStateProto.Q_RUNNING;
        }
        return queue.isDraining() ? QueueStateProto.Q_DRAINING : QueueStateProto.Q_STOPPED;
    }

    /** Where every label may be used, no other is named. */
    private static Set<String> labels(QueueSpec spec) {
        if (spec.path().equals(QueueSpec.ROOT) || spec.labels().contains(QueueSpec.ANY_LABEL)) {
            return Set.of(QueueSpec.ANY_LABEL);
        }
        Set<String> labels = new TreeSet<>(spec.labels());
        labels.remove("");
        return labels;
    }

    private static float part(double of, double whole) {
        return whole == 0 ? 0 : (float) (of / whole);
    }

    private QueueStatisticsProto.Builder statistics(QueueSnapshot queue, QueueSnapshot.Share share) {
        Set<String> activeUsers = new HashSet<>();
        long pendingMemoryMb = 0;
        long pendingVcores = 0;
        long containers = 0;
        Resource reserved = Resource.NONE;
        int reservedContainers = 0;
        long running = 0;
        for (ApplicationSnapshot application : snapshots.applications()) {
            if (isLive(application) && isIn(application, queue.path())) {
                pendingMemoryMb += application.wanted().memoryMb();
                pendingVcores += application.wanted().vcores();
                containers += application.runningContainers();
                if (application.reserved() != null) {
                    reserved = reserved.plus(application.reserved());
                    reservedContainers++;
                }
                if (application.state() == ApplicationState.RUNNING) {
                    running++;
                    activeUsers.add(application.spec().user());
                }
            }
        }
        // What has ended is counted for the whole cluster alone.
        boolean root = queue.path().equals(QueueSpec.ROOT);
        ApplicationCounts counts = root ? snapshots.counts() : ApplicationCounts.NONE;
        Resource available = share.bounds().maximum().minusOrZero(share.used());
        return QueueStatisticsProto.newBuilder()
                .setNumAppsSubmitted(root ? counts.submitted() : queue.applications())
                .setNumAppsRunning(running)
                .setNumAppsPending(queue.applications() - running)
                .setNumAppsCompleted(counts.finished())
                .setNumAppsKilled(counts.killed())
                .setNumAppsFailed(counts.failed())
                .setNumActiveUsers(activeUsers.size())
                .setAvailableMemoryMB(available.memoryMb())
                .setAvailableVCores(available.vcores())
                .setAllocatedMemoryMB(share.used().memoryMb())
                .setAllocatedVCores(share.used().vcores())
                .setPendingMemoryMB(pendingMemoryMb)
                .setPendingVCores(pendingVcores)
                .setReservedMemoryMB(reserved.memoryMb())
                .setReservedVCores(reserved.vcores())
                .setAllocatedContainers(containers)
                .setReservedContainers(reservedContainers);
    }

    private static QueueConfigurationsProto.Builder configuration(
            QueueSpec.Partition configured, QueueSnapshot.Share share) {
        Bounds bounds = share.bounds();
        return QueueConfigurationsProto.newBuilder()
                .setCapacity((float) bounds.absolute())
                .setAbsoluteCapacity((float) bounds.absolute())
                .setMaxCapacity((float) bounds.absoluteMaximum())
                .setAbsoluteMaxCapacity((float) bounds.absoluteMaximum())
                .setMaxAMPercentage((float) configured.masterShare())
                .setEffectiveMinCapacity(WireValues.proto(bounds.guaranteed()))
                .setEffectiveMaxCapacity(WireValues.proto(bounds.maximum()));
    }

    /** What a person may do in each queue, parents first. */
    static GetQueueUserAclsInfoResponseProto acls(Access.Person person) {
        GetQueueUserAclsInfoResponseProto.Builder response = GetQueueUserAclsInfoResponseProto.newBuilder();
        addAcls(person, person.queues().root(), response);
        return response.build();
    }

    private static void addAcls(
            Access.Person person, QueueSpec queue, GetQueueUserAclsInfoResponseProto.Builder response) {
        QueueUserACLInfoProto.Builder acls = QueueUserACLInfoProto.newBuilder().setQueueName(queue.path());
        if (person.submits(queue.path())) {
            acls.addUserAcls(QueueACLProto.QACL_SUBMIT_APPLICATIONS);
        }
        if (person.mayAdminister(queue.path())) {
            acls.addUserAcls(QueueACLProto.QACL_ADMINISTER_QUEUE);
        }
        response.addQueueUserAcls(acls);
        queue.children().forEach(child -> addAcls(person, child, response));
    }
}
