package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.GetContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewReservationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetQueueInfoRequest;
import org.apache.hadoop.yarn.api.protocolrecords.KillApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.ReservationListRequest;
import org.apache.hadoop.yarn.api.protocolrecords.UpdateApplicationTimeoutsRequest;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptReport;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ApplicationTimeout;
import org.apache.hadoop.yarn.api.records.ApplicationTimeoutType;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerReport;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.QueueACL;
import org.apache.hadoop.yarn.api.records.QueueInfo;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceTypeInfo;
import org.apache.hadoop.yarn.api.records.SignalContainerCommand;
import org.apache.hadoop.yarn.api.records.YarnApplicationAttemptState;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.ContainerNotFoundException;
import org.apache.hadoop.yarn.exceptions.YARNFeatureNotEnabledException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.api.records.NodeAction;
import org.apache.hadoop.yarn.util.Times;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code ApplicationClientProtocol} with Hadoop's own client. A node says what the test wants it to. */
@NullUnmarked
class ClientProtocolTest {
    private static final long HOUR_MS = 3_600_000;

    private RunningResourceManager resourceManager;
    private YarnClient client;
    private ApplicationClientProtocol protocol;
    private FakeNode node;

    @BeforeEach
    void start() throws Exception {
        YarnConfiguration configuration = RunningResourceManager.configuration();
        configuration.setInt(YarnConfiguration.MAX_CLUSTER_LEVEL_APPLICATION_PRIORITY, 10);
        resourceManager = RunningResourceManager.start(configuration);
        client = resourceManager.client();
        protocol = ClientRMProxy.createRMProxy(resourceManager.clientConfiguration(), ApplicationClientProtocol.class);
        node = new FakeNode(resourceManager, Resource.newInstance(1024, 8));
    }

    @AfterEach
    void stop() {
        node.close();
        RPC.stopProxy(protocol);
        client.stop();
        resourceManager.close();
    }

    private ApplicationSubmissionContext context() throws Exception {
        ApplicationSubmissionContext context = client.createApplication().getApplicationSubmissionContext();
        context.setApplicationName("client protocol test");
        context.setResource(Resource.newInstance(128, 1));
        context.setAMContainerSpec(
                ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of("none"), null, null, null));
        return context;
    }

    private ApplicationId submit(ApplicationSubmissionContext context) throws Exception {
        client.submitApplication(context);
        return context.getApplicationId();
    }

    private static ContainerId masterOf(ApplicationId id, int attempt) {
        return ContainerId.newContainerId(ApplicationAttemptId.newInstance(id, attempt), 1);
    }

    @Test
    void shouldReportAttemptsAndContainersAlsoWhenTheyAreOver() throws Exception {
        assertThat(node.registered().getNodeAction()).isEqualTo(NodeAction.NORMAL);
        ApplicationId id = submit(context());
        ContainerId first = masterOf(id, 1);
        ContainerReport running = client.getContainerReport(first);
        assertThat(running.getContainerState()).isEqualTo(ContainerState.RUNNING);
        assertThat(running.getAssignedNode()).isEqualTo(node.id());
        assertThat(running.getAllocatedResource()).isEqualTo(Resource.newInstance(128, 1));
        assertThat(running.getNodeHttpAddress()).isEqualTo("http://127.0.0.1:8042");
        assertThat(running.getFinishTime()).isZero();
        client.failApplicationAttempt(first.getApplicationAttemptId());
        List<ApplicationAttemptReport> attempts = client.getApplicationAttempts(id);
        assertThat(attempts)
                .extracting(ApplicationAttemptReport::getYarnApplicationAttemptState)
                .startsWith(YarnApplicationAttemptState.FAILED)
                .hasSize(2);
        ApplicationAttemptReport failed = client.getApplicationAttemptReport(first.getApplicationAttemptId());
        assertThat(failed.getDiagnostics()).isEqualTo("Attempt failed by user.");
        assertThat(failed.getAMContainerId()).isEqualTo(first);
        assertThat(failed.getFinishTime()).isPositive();
        List<ContainerReport> ofFirst = client.getContainers(first.getApplicationAttemptId());
        assertThat(ofFirst).hasSize(1);
        assertThat(ofFirst.get(0).getContainerState()).isEqualTo(ContainerState.COMPLETE);
        assertThat(ofFirst.get(0).getContainerExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_RESOURCEMANAGER);
        assertThat(client.getContainerReport(first).getFinishTime()).isPositive();
        assertThat(protocol.getContainers(GetContainersRequest.newInstance(ApplicationAttemptId.newInstance(id, 2)))
                        .getContainerList())
                .extracting(ContainerReport::getContainerState)
                .containsExactly(ContainerState.RUNNING);
    }

    @Test
    void shouldRefuseWhatIsNotThereWithYarnsExceptions() throws Exception {
        ApplicationId id = submit(context());
        ApplicationId absent = ApplicationId.newInstance(1, 1);
        ApplicationAttemptId absentAttempt = ApplicationAttemptId.newInstance(id, 9);
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> client.getApplicationAttempts(absent))
                .withMessageContaining("doesn't exist in RM");
        assertThatExceptionOfType(ApplicationAttemptNotFoundException.class)
                .isThrownBy(() -> client.getApplicationAttemptReport(absentAttempt))
                .withMessageContaining("ApplicationAttempt with id '" + absentAttempt + "' doesn't exist in RM.");
        assertThatExceptionOfType(ApplicationAttemptNotFoundException.class)
                .isThrownBy(() -> client.getContainers(absentAttempt));
        assertThatExceptionOfType(ApplicationAttemptNotFoundException.class)
                .isThrownBy(() -> client.failApplicationAttempt(absentAttempt));
        ContainerId absentContainer = ContainerId.newContainerId(ApplicationAttemptId.newInstance(id, 1), 77);
        assertThatExceptionOfType(ContainerNotFoundException.class)
                .isThrownBy(() -> client.getContainerReport(absentContainer))
                .withMessageContaining("Container with id '" + absentContainer + "' doesn't exist in RM.");
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> client.signalToContainer(absentContainer, SignalContainerCommand.GRACEFUL_SHUTDOWN))
                .withMessageContaining("Trying to signal an absent container " + absentContainer);
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> protocol.forceKillApplication(KillApplicationRequest.newInstance(absent)))
                .withMessageContaining("Trying to kill an absent application " + absent);
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> client.moveApplicationAcrossQueues(absent, "default"));
    }

    @Test
    void shouldCarryASignalToTheNode() throws Exception {
        ContainerId master = masterOf(submit(context()), 1);
        client.signalToContainer(master, SignalContainerCommand.OUTPUT_THREAD_DUMP);
        var told = node.running(master).getContainersToSignalList();
        assertThat(told).hasSize(1);
        assertThat(told.get(0).getContainerId()).isEqualTo(master);
        assertThat(told.get(0).getCommand()).isEqualTo(SignalContainerCommand.OUTPUT_THREAD_DUMP);
        assertThat(node.running(master).getContainersToSignalList()).isEmpty();
    }

    @Test
    void shouldSayWhyItWasKilledAndWhereItMayNotBeMoved() throws Exception {
        ApplicationId id = submit(context());
        client.moveApplicationAcrossQueues(id, "default");
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> client.moveApplicationAcrossQueues(id, "nowhere"))
                .withMessageContaining("The specified Queue: nowhere doesn't exist");
        client.killApplication(id, "not wanted");
        assertThat(client.getApplicationReport(id).getDiagnostics())
                .isEqualTo("Application " + id + " was killed by user " + System.getProperty("user.name")
                        + " at 127.0.0.1 with diagnostic message: not wanted");
        assertThat(client.getApplicationAttempts(id))
                .extracting(ApplicationAttemptReport::getYarnApplicationAttemptState)
                .containsExactly(YarnApplicationAttemptState.KILLED);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> client.moveApplicationAcrossQueues(id, "default"))
                .withMessageContaining("App in KILLED state cannot be moved.");
    }

    @Test
    void shouldChangePriorityAndTime() throws Exception {
        ApplicationSubmissionContext context = context();
        context.setApplicationTimeouts(Map.of(ApplicationTimeoutType.LIFETIME, 3_600L));
        context.setPriority(Priority.newInstance(3));
        ApplicationId id = submit(context);
        ApplicationReport report = client.getApplicationReport(id);
        assertThat(report.getPriority().getPriority()).isEqualTo(3);
        ApplicationTimeout timeout = report.getApplicationTimeouts().get(ApplicationTimeoutType.LIFETIME);
        assertThat(timeout.getRemainingTime()).isBetween(3_000L, 3_600L);
        assertThat(timeout.getExpiryTime()).isEqualTo(Times.formatISO8601(report.getStartTime() + HOUR_MS));
        assertThat(client.updateApplicationPriority(id, Priority.newInstance(99))
                        .getPriority())
                .as("cut to the cluster's maximum")
                .isEqualTo(10);
        assertThat(client.getApplicationReport(id).getPriority().getPriority()).isEqualTo(10);
        String later = Times.formatISO8601(System.currentTimeMillis() + 9 * HOUR_MS);
        assertThat(client.updateApplicationTimeouts(timeouts(id, later))
                        .getApplicationTimeouts()
                        .get(ApplicationTimeoutType.LIFETIME))
                .isEqualTo(later);
        assertThat(client.getApplicationReport(id)
                        .getApplicationTimeouts()
                        .get(ApplicationTimeoutType.LIFETIME)
                        .getExpiryTime())
                .isEqualTo(later);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> client.updateApplicationTimeouts(timeouts(id, "tomorrow")))
                .withMessageContaining("Expire time is not in ISO8601 format");
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> client.updateApplicationTimeouts(timeouts(id, Times.formatISO8601(1))))
                .withMessageContaining("Expire time is less than current time");
    }

    private static UpdateApplicationTimeoutsRequest timeouts(ApplicationId id, String expiry) {
        // The stock record takes it for its own, and changes it.
        return UpdateApplicationTimeoutsRequest.newInstance(
                id, new HashMap<>(Map.of(ApplicationTimeoutType.LIFETIME, expiry)));
    }

    @Test
    void shouldRefuseSubmissionsThatAreMalformed() throws Exception {
        ApplicationSubmissionContext manyTags = context();
        manyTags.setApplicationTags(
                IntStream.range(0, 11).mapToObj(i -> "tag" + i).collect(Collectors.toSet()));
        assertRefused(manyTags, "Too many applicationTags, a maximum of only 10 are allowed!");
        ApplicationSubmissionContext longTag = context();
        longTag.setApplicationTags(Set.of("x".repeat(100)));
        client.submitApplication(longTag);
        ApplicationSubmissionContext large = context();
        large.setResource(Resource.newInstance(9_999_999, 1));
        assertRefused(large, "greater than maximum allowed allocation");
        ApplicationSubmissionContext nowhere = context();
        nowhere.setQueue("nowhere");
        assertRefused(nowhere, "unknown queue: nowhere");
        ApplicationSubmissionContext burdened = context();
        burdened.getAMContainerSpec().setTokensConf(ByteBuffer.allocate(20_000));
        assertRefused(burdened, "current conf size = 20000 bytes.");
        ApplicationSubmissionContext invented = context();
        invented.setApplicationId(
                ApplicationId.newInstance(invented.getApplicationId().getClusterTimestamp(), Integer.MAX_VALUE));
        assertRefused(invented, "was never given to anybody");
        ApplicationSubmissionContext typed = context();
        typed.setApplicationType("a type that is longer than twenty");
        assertThat(client.getApplicationReport(submit(typed)).getApplicationType())
                .isEqualTo("a type that is longe");
    }

    private void assertRefused(ApplicationSubmissionContext context, String reason) {
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> client.submitApplication(context))
                .withMessageContaining(reason)
                .withMessageNotContaining("\tat ");
    }

    @Test
    void shouldListByEveryFilter() throws Exception {
        ApplicationSubmissionContext tagged = context();
        tagged.setApplicationTags(Set.of("blue"));
        tagged.setApplicationType("SPARK");
        ApplicationId one = submit(tagged);
        ApplicationId two = submit(context());
        client.killApplication(two);
        assertThat(ids(client.getApplications())).containsExactlyInAnyOrder(one, two);
        assertThat(ids(client.getApplications(Set.of("spark")))).containsExactly(one);
        assertThat(ids(client.getApplications(EnumSet.of(YarnApplicationState.KILLED))))
                .containsExactly(two);
        assertThat(ids(client.getApplications(Set.of(), EnumSet.allOf(YarnApplicationState.class), Set.of("blue"))))
                .containsExactly(one);
        assertThat(ids(client.getApplications(
                        Set.of("default"), Set.of(), Set.of(), EnumSet.of(YarnApplicationState.ACCEPTED))))
                .containsExactly(one);
        assertThat(ids(client.getApplications(
                        Set.of("other"), Set.of(), Set.of(), EnumSet.allOf(YarnApplicationState.class))))
                .isEmpty();
    }

    private static List<ApplicationId> ids(List<ApplicationReport> reports) {
        return reports.stream().map(ApplicationReport::getApplicationId).toList();
    }

    @Test
    void shouldDescribeTheQueuesAndTheCluster() throws Exception {
        ApplicationId id = submit(context());
        client.killApplication(submit(context()));
        QueueInfo root = protocol.getQueueInfo(GetQueueInfoRequest.newInstance("root", true, true, true))
                .getQueueInfo();
        assertThat(ids(root.getApplications())).containsExactly(id);
        assertThat(root.getChildQueues()).extracting(QueueInfo::getQueuePath).containsExactly("root.default");
        assertThat(root.getQueueStatistics().getNumAppsSubmitted()).isEqualTo(2);
        assertThat(root.getQueueStatistics().getNumAppsPending()).isEqualTo(1);
        assertThat(root.getQueueStatistics().getNumAppsKilled()).isEqualTo(1);
        assertThat(root.getQueueStatistics().getAllocatedMemoryMB()).isEqualTo(128);
        assertThat(client.getQueueInfo("nowhere")).as("what YARN answers").isNull();
        assertThat(client.getQueueAclsInfo()).hasSize(2).allSatisfy(acls -> assertThat(acls.getUserAcls())
                .containsExactlyInAnyOrder(QueueACL.SUBMIT_APPLICATIONS, QueueACL.ADMINISTER_QUEUE));
        assertThat(client.getResourceTypeInfo())
                .extracting(ResourceTypeInfo::getName)
                .containsExactly("memory-mb", "vcores");
        assertThat(client.getYarnClusterMetrics().getNumNodeManagers()).isEqualTo(1);
        for (NodeState state : NodeState.values()) {
            assertThat(client.getNodeReports(state)).hasSize(state == NodeState.RUNNING ? 1 : 0);
        }
    }

    @Test
    void shouldRefuseWhatIsSwitchedOff() {
        assertThatExceptionOfType(YARNFeatureNotEnabledException.class)
                .isThrownBy(() -> client.getResourceProfiles())
                .withMessageContaining("Resource profile is not enabled");
        assertThatExceptionOfType(YARNFeatureNotEnabledException.class)
                .isThrownBy(() -> client.getResourceProfile("small"));
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> protocol.getNewReservation(GetNewReservationRequest.newInstance()))
                .withMessageContaining("Reservation is not enabled. Please enable & try again");
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(
                        () -> protocol.listReservations(ReservationListRequest.newInstance("default", "", 0, 1, false)))
                .withMessageContaining("Reservation is not enabled. Please enable & try again");
    }
}
