package dev.heddle.rm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.testbed.Await;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.yarn.api.protocolrecords.ApplicationsRequestScope;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationReportRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationsRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterMetricsRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetClusterNodesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationResponse;
import org.apache.hadoop.yarn.api.protocolrecords.GetQueueInfoRequest;
import org.apache.hadoop.yarn.api.protocolrecords.KillApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.SubmitApplicationRequest;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.QueueInfo;
import org.apache.hadoop.yarn.api.records.QueueState;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.util.Records;

/** {@code ApplicationClientProtocol}: applications, nodes and queues. */
class ApplicationClientContractTest {
    private static final ApplicationId UNKNOWN = ApplicationId.newInstance(1, 1);

    @ContractTest
    void shouldGiveIdsThatGoUpByOne(Stage stage) throws Exception {
        GetNewApplicationResponse first = stage.client().getNewApplication(GetNewApplicationRequest.newInstance());
        GetNewApplicationResponse second = stage.client().getNewApplication(GetNewApplicationRequest.newInstance());
        assertThat(second.getApplicationId().getId())
                .isEqualTo(first.getApplicationId().getId() + 1);
        assertThat(second.getApplicationId().getClusterTimestamp())
                .isEqualTo(first.getApplicationId().getClusterTimestamp())
                .isPositive();
        assertThat(first.getMaximumResourceCapability().getMemorySize()).isPositive();
        assertThat(first.getMaximumResourceCapability().getAllResourcesListCopy())
                .extracting(type -> type.getName() + " " + type.getUnits())
                .containsExactly("memory-mb Mi", "vcores ");
    }

    @ContractTest
    void shouldReportAnApplicationThatWaitsForItsMaster(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context();
        context.setApplicationName("a name");
        context.setApplicationType("TRIAL");
        context.setApplicationTags(Set.of("One", "two"));
        long before = System.currentTimeMillis();
        ApplicationId id = stage.submit(context);
        ApplicationReport report = stage.await(id, YarnApplicationState.ACCEPTED);
        assertThat(report.getApplicationId()).isEqualTo(id);
        assertThat(report.getName()).isEqualTo("a name");
        assertThat(report.getApplicationType()).isEqualTo("TRIAL");
        assertThat(report.getApplicationTags()).containsExactlyInAnyOrder("one", "two");
        assertThat(report.getUser()).isEqualTo(Stage.USER);
        assertThat(report.getQueue()).isEqualTo("root.default");
        assertThat(report.getHost()).isEqualTo("N/A");
        assertThat(report.getRpcPort()).isEqualTo(-1);
        assertThat(report.getOriginalTrackingUrl()).isEqualTo("N/A");
        assertThat(report.getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.UNDEFINED);
        assertThat(report.getProgress()).isZero();
        assertThat(report.getStartTime()).isBetween(before, System.currentTimeMillis());
        assertThat(report.getFinishTime()).isZero();
        assertThat(report.isUnmanagedApp()).isTrue();
        assertThat(report.getCurrentApplicationAttemptId().getApplicationId()).isEqualTo(id);
        assertThat(report.getCurrentApplicationAttemptId().getAttemptId()).isEqualTo(1);
        assertThat(report.getPriority().getPriority()).isZero();
    }

    @ContractTest
    void shouldFillInWhatASubmissionLeavesOut(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context();
        ApplicationSubmissionContext bare = Records.newRecord(ApplicationSubmissionContext.class);
        bare.setApplicationId(context.getApplicationId());
        bare.setUnmanagedAM(true);
        bare.setResource(Resource.newInstance(128, 1));
        bare.setAMContainerSpec(context.getAMContainerSpec());
        ApplicationReport report = stage.await(stage.submit(bare), YarnApplicationState.ACCEPTED);
        assertThat(report.getName()).isEqualTo("N/A");
        assertThat(report.getApplicationType()).isEqualTo("YARN");
        assertThat(report.getQueue()).isEqualTo("root.default");
        assertThat(report.getApplicationTags()).isEmpty();
    }

    @ContractTest
    void shouldCutATypeThatIsTooLong(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context();
        context.setApplicationType("x".repeat(30));
        assertThat(stage.report(stage.submit(context)).getApplicationType()).isEqualTo("x".repeat(20));
    }

    @ContractTest
    void shouldTakeTheSameSubmissionTwice(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context();
        ApplicationId id = stage.submit(context);
        stage.await(id, YarnApplicationState.ACCEPTED);
        stage.submit(context);
        assertThat(stage.report(id).getYarnApplicationState()).isEqualTo(YarnApplicationState.ACCEPTED);
        assertThat(stage.report(id).getCurrentApplicationAttemptId().getAttemptId())
                .isEqualTo(1);
    }

    @ContractTest
    void shouldRefuseAMasterThatIsTooLarge(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context(Resource.newInstance(1_000_000, 1));
        assertThatExceptionOfType(InvalidResourceRequestException.class)
                .isThrownBy(() -> stage.submit(context))
                .withMessageContaining("Invalid resource request! Cannot allocate containers as requested resource is"
                        + " greater than maximum allowed allocation. Requested resource type=[memory-mb]");
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> stage.report(context.getApplicationId()));
    }

    @ContractTest
    void shouldSayThatAQueueIsUnknown(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context();
        context.setQueue("nowhere");
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> stage.yarnClient().submitApplication(context))
                .withMessageContaining(" to unknown queue: nowhere");
    }

    @ContractTest
    void shouldNotKnowAnApplicationThatWasNeverSubmitted(Stage stage) throws Exception {
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> stage.report(UNKNOWN))
                .withMessageContaining("Application with id '" + UNKNOWN
                        + "' doesn't exist in RM. Please check that the job submission was successful.");
    }

    @ContractTest
    void shouldSayThatNoApplicationIsNamed(Stage stage) {
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> stage.client().getApplicationReport(GetApplicationReportRequest.newInstance(null)))
                .withMessageContaining("Invalid application id: null");
    }

    @ContractTest
    void shouldKillAnApplicationWithItsReason(Stage stage) throws Exception {
        ApplicationId id = stage.submit(stage.context());
        stage.await(id, YarnApplicationState.ACCEPTED);
        KillApplicationRequest request = KillApplicationRequest.newInstance(id);
        request.setDiagnostics("no longer wanted");
        Await.until("the kill to be done", Stage.LIMIT, () -> stage.client()
                .forceKillApplication(request)
                .getIsKillCompleted());
        // Of an unmanaged master Hadoop's resource manager says so before it is true.
        ApplicationReport report = stage.await(id, YarnApplicationState.KILLED);
        assertThat(report.getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.KILLED);
        assertThat(report.getDiagnostics())
                .contains("Application " + id + " was killed by user " + Stage.USER + " at 127.0.0.1")
                .contains("no longer wanted");
        assertThat(report.getHost()).isEqualTo("N/A");
        assertThat(report.getRpcPort()).isEqualTo(-1);
        assertThat(report.getFinishTime()).isPositive();
        assertThat(report.getTrackingUrl()).endsWith("/cluster/app/" + id);
    }

    @ContractTest
    void shouldSayThatAnEndedApplicationIsKilledAlready(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        master.finished(FinalApplicationStatus.SUCCEEDED, "");
        stage.await(master.application(), YarnApplicationState.FINISHED);
        assertThat(stage.client()
                        .forceKillApplication(KillApplicationRequest.newInstance(master.application()))
                        .getIsKillCompleted())
                .isTrue();
        assertThat(stage.report(master.application()).getYarnApplicationState())
                .isEqualTo(YarnApplicationState.FINISHED);
    }

    @ContractTest
    void shouldNotKillAnApplicationThatIsNotThere(Stage stage) {
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> stage.client().forceKillApplication(KillApplicationRequest.newInstance(UNKNOWN)))
                .withMessageContaining("Trying to kill an absent application " + UNKNOWN);
    }

    private static List<ApplicationId> list(Stage stage, GetApplicationsRequest request) throws Exception {
        return stage.client().getApplications(request).getApplicationList().stream()
                .map(ApplicationReport::getApplicationId)
                .sorted()
                .toList();
    }

    @ContractTest
    void shouldListApplicationsByEveryFilter(Stage stage) throws Exception {
        ApplicationSubmissionContext first = stage.context();
        first.setApplicationType("FILTER-A");
        first.setApplicationTags(Set.of("filter-x"));
        ApplicationSubmissionContext second = stage.context();
        second.setApplicationType("FILTER-B");
        second.setApplicationTags(Set.of("filter-x", "filter-y"));
        ApplicationId a = stage.submit(first);
        ApplicationId b = stage.submit(second);
        stage.await(a, YarnApplicationState.ACCEPTED);
        stage.await(b, YarnApplicationState.ACCEPTED);

        GetApplicationsRequest types = GetApplicationsRequest.newInstance(Set.of("FILTER-A", "FILTER-B"));
        assertThat(list(stage, types)).containsExactly(a, b);
        assertThat(list(stage, GetApplicationsRequest.newInstance(Set.of("filter-a"))))
                .as("types are compared without regard to case")
                .containsExactly(a);

        GetApplicationsRequest tags = GetApplicationsRequest.newInstance();
        tags.setApplicationTags(Set.of("Filter-Y"));
        assertThat(list(stage, tags)).containsExactly(b);

        GetApplicationsRequest states = GetApplicationsRequest.newInstance(
                Set.of("FILTER-A", "FILTER-B"), EnumSet.of(YarnApplicationState.RUNNING));
        assertThat(list(stage, states)).isEmpty();

        GetApplicationsRequest users = GetApplicationsRequest.newInstance(Set.of("FILTER-A"));
        users.setUsers(Set.of("bob"));
        assertThat(list(stage, users)).isEmpty();
        users.setUsers(Set.of("bob", Stage.USER));
        assertThat(list(stage, users)).containsExactly(a);

        GetApplicationsRequest queues = GetApplicationsRequest.newInstance(Set.of("FILTER-A"));
        queues.setQueues(Set.of("default"));
        assertThat(list(stage, queues)).containsExactly(a);
        queues.setQueues(Set.of("root.default"));
        assertThat(list(stage, queues)).containsExactly(a);

        GetApplicationsRequest limited = GetApplicationsRequest.newInstance(Set.of("FILTER-A", "FILTER-B"));
        limited.setLimit(1);
        assertThat(list(stage, limited)).hasSize(1);

        GetApplicationsRequest early = GetApplicationsRequest.newInstance(Set.of("FILTER-A"));
        early.setStartRange(0, 10);
        assertThat(list(stage, early)).isEmpty();

        GetApplicationsRequest named = GetApplicationsRequest.newInstance(Set.of("FILTER-A"));
        named.setName("contract");
        assertThat(list(stage, named)).containsExactly(a);
        named.setName("another");
        assertThat(list(stage, named)).isEmpty();
    }

    private static GetApplicationsRequest ofType(String type) {
        return GetApplicationsRequest.newInstance(Set.of(type));
    }

    @ContractTest
    void shouldListApplicationsUpToALimitThatMayBeNone(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context();
        context.setApplicationType("LIMITED");
        ApplicationId id = stage.submit(context);
        GetApplicationsRequest request = ofType("LIMITED");
        assertThat(list(stage, request)).containsExactly(id);
        for (long none : new long[] {0, -1, Long.MIN_VALUE}) {
            request.setLimit(none);
            assertThat(list(stage, request)).as("limit " + none).isEmpty();
        }
    }

    @ContractTest
    void shouldListApplicationsOfTheTimeThatIsAskedFor(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context();
        context.setApplicationType("TIMED");
        SimulatedMaster master = stage.master(context).registered();
        ApplicationId id = master.application();
        long started = stage.report(id).getStartTime();
        for (long[] range : new long[][] {{started, started}, {0, started}, {started, Long.MAX_VALUE}}) {
            GetApplicationsRequest request = ofType("TIMED");
            request.setStartRange(range[0], range[1]);
            assertThat(list(stage, request)).containsExactly(id);
        }
        for (long[] range : new long[][] {{0, started - 1}, {started + 1, Long.MAX_VALUE}}) {
            GetApplicationsRequest request = ofType("TIMED");
            request.setStartRange(range[0], range[1]);
            assertThat(list(stage, request)).isEmpty();
        }
        GetApplicationsRequest unfinished = ofType("TIMED");
        unfinished.setFinishRange(0, started);
        assertThat(list(stage, unfinished)).as("what goes on has finished at 0").containsExactly(id);
        unfinished.setFinishRange(1, Long.MAX_VALUE);
        assertThat(list(stage, unfinished)).isEmpty();
        master.finished(FinalApplicationStatus.SUCCEEDED, "");
        long finished = stage.await(id, YarnApplicationState.FINISHED).getFinishTime();
        GetApplicationsRequest over = ofType("TIMED");
        over.setFinishRange(finished, finished);
        assertThat(list(stage, over)).containsExactly(id);
        over.setFinishRange(0, finished - 1);
        assertThat(list(stage, over)).isEmpty();
    }

    @ContractTest
    void shouldListApplicationsOfTheScopeAndTheQueuesThatAreAskedFor(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context();
        context.setApplicationType("SCOPED");
        context.setApplicationTags(Set.of("red", "blue"));
        ApplicationId id = stage.submit(context);
        stage.await(id, YarnApplicationState.ACCEPTED);
        GetApplicationsRequest own = ofType("SCOPED");
        own.setScope(ApplicationsRequestScope.OWN);
        assertThat(list(stage, own)).containsExactly(id);
        assertThat(stage.client("bob").getApplications(own).getApplicationList())
                .isEmpty();
        GetApplicationsRequest viewable = ofType("SCOPED");
        viewable.setScope(ApplicationsRequestScope.VIEWABLE);
        assertThat(list(stage, viewable)).containsExactly(id);
        GetApplicationsRequest queues = ofType("SCOPED");
        queues.setQueues(Set.of("root"));
        assertThat(list(stage, queues)).as("below a parent").containsExactly(id);
        queues.setQueues(Set.of("nowhere"));
        assertThat(list(stage, queues)).isEmpty();
        queues.setQueues(Set.of("nowhere", "default"));
        assertThat(list(stage, queues)).containsExactly(id);
        GetApplicationsRequest tags = ofType("SCOPED");
        tags.setApplicationTags(Set.of("green", "blue"));
        assertThat(list(stage, tags)).as("one tag of several will do").containsExactly(id);
        tags.setApplicationTags(Set.of("green"));
        assertThat(list(stage, tags)).isEmpty();
    }

    @ContractTest
    void shouldCountNodes(Stage stage) throws Exception {
        int before = stage.client()
                .getClusterMetrics(GetClusterMetricsRequest.newInstance())
                .getClusterMetrics()
                .getNumActiveNodeManagers();
        SimulatedNode node = stage.node(2048, 2);
        Await.until(
                "the node to count",
                Stage.LIMIT,
                () -> stage.client()
                                .getClusterMetrics(GetClusterMetricsRequest.newInstance())
                                .getClusterMetrics()
                                .getNumActiveNodeManagers()
                        == before + 1);
        node.leave();
        Await.until(
                "the node to be gone",
                Stage.LIMIT,
                () -> stage.client()
                                .getClusterMetrics(GetClusterMetricsRequest.newInstance())
                                .getClusterMetrics()
                                .getNumActiveNodeManagers()
                        == before);
    }

    @ContractTest
    void shouldListNodesByState(Stage stage) throws Exception {
        SimulatedNode node = stage.node(2048, 2);
        Await.until("the node to run", Stage.LIMIT, () -> nodes(stage, EnumSet.of(NodeState.RUNNING))
                .contains(node.id()));
        assertThat(nodes(stage, EnumSet.of(NodeState.LOST, NodeState.SHUTDOWN))).doesNotContain(node.id());
        assertThat(nodes(stage, EnumSet.allOf(NodeState.class))).contains(node.id());
        assertThat(nodes(stage, EnumSet.noneOf(NodeState.class)))
                .as("no states stand for all")
                .contains(node.id());
    }

    private static List<org.apache.hadoop.yarn.api.records.NodeId> nodes(Stage stage, EnumSet<NodeState> states)
            throws Exception {
        return stage.client().getClusterNodes(GetClusterNodesRequest.newInstance(states)).getNodeReports().stream()
                .map(NodeReport::getNodeId)
                .toList();
    }

    private static QueueInfo queue(Stage stage, String name, boolean applications, boolean children, boolean recursive)
            throws Exception {
        return stage.client()
                .getQueueInfo(GetQueueInfoRequest.newInstance(name, applications, children, recursive))
                .getQueueInfo();
    }

    @ContractTest
    void shouldDescribeTheQueue(Stage stage) throws Exception {
        ApplicationId id = stage.submit(stage.context());
        stage.await(id, YarnApplicationState.ACCEPTED);
        QueueInfo queue = queue(stage, "default", true, false, false);
        assertThat(queue.getQueueName()).isEqualTo("default");
        assertThat(queue.getQueuePath()).isEqualTo("root.default");
        assertThat(queue.getQueueState()).isEqualTo(QueueState.RUNNING);
        assertThat(queue.getCapacity()).isEqualTo(1f);
        assertThat(queue.getMaximumCapacity()).isEqualTo(1f);
        assertThat(queue.getCurrentCapacity()).isZero();
        assertThat(queue.getChildQueues()).isEmpty();
        assertThat(queue.getApplications())
                .extracting(ApplicationReport::getApplicationId)
                .contains(id);
        assertThat(queue(stage, "root.default", false, false, false).getApplications())
                .isEmpty();
    }

    @ContractTest
    void shouldDescribeTheRootWithItsChildrenIfTheyAreWanted(Stage stage) throws Exception {
        assertThat(queue(stage, "root", false, false, false).getChildQueues()).isEmpty();
        QueueInfo root = queue(stage, "root", false, true, true);
        assertThat(root.getQueueName()).isEqualTo("root");
        assertThat(root.getQueuePath()).isEqualTo("root");
        assertThat(root.getCapacity()).isEqualTo(1f);
        assertThat(root.getChildQueues()).extracting(QueueInfo::getQueueName).containsExactly("default");
    }

    @ContractTest
    void shouldAnswerNothingForAQueueThatIsNotThere(Stage stage) throws Exception {
        assertThat(queue(stage, "nowhere", false, false, false)).isNull();
    }

    @ContractTest
    void shouldRefuseASubmissionWithoutAnId(Stage stage) {
        ApplicationSubmissionContext context = Records.newRecord(ApplicationSubmissionContext.class);
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> stage.client().submitApplication(SubmitApplicationRequest.newInstance(context)));
    }
}
