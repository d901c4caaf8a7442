package dev.heddle.rm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.testbed.Await;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.protocolrecords.AllocateResponse;
import org.apache.hadoop.yarn.api.protocolrecords.KillApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.EnhancedHeadroom;
import org.apache.hadoop.yarn.api.records.ExecutionType;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceRequest;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.ApplicationMasterNotRegisteredException;
import org.apache.hadoop.yarn.exceptions.InvalidApplicationMasterRequestException;
import org.apache.hadoop.yarn.exceptions.InvalidContainerReleaseException;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.proto.YarnServiceProtos.SchedulerResourceTypes;
import org.apache.hadoop.yarn.security.ContainerTokenIdentifier;
import org.apache.hadoop.yarn.security.NMTokenIdentifier;
import org.apache.hadoop.yarn.server.utils.BuilderUtils;
import org.apache.hadoop.yarn.util.ConverterUtils;

/** {@code ApplicationMasterProtocol}, method by method. */
class ApplicationMasterContractTest {
    private static final Resource MINIMUM = Resource.newInstance(128, 1);

    @ContractTest
    void shouldTellAMasterThatRegistersWhereItRuns(Stage stage) throws Exception {
        stage.node(4096, 4);
        SimulatedMaster master = stage.master();
        RegisterApplicationMasterResponse response = master.register();
        assertThat(response.getQueue()).isEqualTo("root.default");
        assertThat(response.getMaximumResourceCapability().getMemorySize()).isPositive();
        assertThat(response.getSchedulerResourceTypes()).contains(SchedulerResourceTypes.MEMORY);
        assertThat(response.getResourceTypes())
                .extracting(type -> type.getName() + " " + type.getDefaultUnit())
                .containsExactly("memory-mb Mi", "vcores ");
        assertThat(response.getContainersFromPreviousAttempts()).isEmpty();
        assertThat(response.getNMTokensFromPreviousAttempts()).isEmpty();
        assertThat(response.getClientToAMTokenMasterKey().remaining())
                .as("without Kerberos clients need no token")
                .isZero();
        ApplicationReport report = stage.await(master.application(), YarnApplicationState.RUNNING);
        assertThat(report.getHost()).isEqualTo("localhost");
        assertThat(report.getRpcPort()).isEqualTo(4040);
        assertThat(report.getOriginalTrackingUrl()).isEqualTo("http://localhost:4041/");
        assertThat(report.getTrackingUrl())
                .endsWith(stage.onPurpose(
                        "Heddle's proxy leads to unmanaged masters, too",
                        "/proxy/" + master.application() + "/",
                        "http://localhost:4041/"));
    }

    @ContractTest
    void shouldRefuseAMasterThatRegistersTwice(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        assertThatExceptionOfType(InvalidApplicationMasterRequestException.class)
                .isThrownBy(master::register)
                .withMessageContaining("Application Master is already registered : " + master.application());
    }

    @ContractTest
    void shouldRefuseToAllocateBeforeTheMasterHasRegistered(Stage stage) throws Exception {
        SimulatedMaster master = stage.master();
        assertThatExceptionOfType(ApplicationMasterNotRegisteredException.class)
                .isThrownBy(() -> master.allocate())
                .withMessageContaining("AM is not registered for known application attempt: " + master.attempt());
    }

    @ContractTest
    void shouldRefuseToFinishBeforeTheMasterHasRegistered(Stage stage) throws Exception {
        SimulatedMaster master = stage.master();
        assertThatExceptionOfType(ApplicationMasterNotRegisteredException.class)
                .isThrownBy(() -> master.finish(FinalApplicationStatus.SUCCEEDED, ""))
                .withMessageContaining(
                        "Application Master is trying to unregister before registering for: " + master.application());
    }

    @ContractTest
    void shouldCountResponsesAndRepeatTheLastForARepeatedId(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        AllocateResponse first = master.allocateWith(0, List.of(), List.of());
        assertThat(first.getResponseId()).isEqualTo(1);
        assertThat(master.allocateWith(1, List.of(), List.of()).getResponseId()).isEqualTo(2);
        assertThat(master.allocateWith(1, List.of(), List.of()).getResponseId()).isEqualTo(2);
        assertThat(master.allocateWith(2, List.of(), List.of()).getResponseId()).isEqualTo(3);
    }

    @ContractTest
    void shouldRefuseAResponseIdThatIsOutOfOrder(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        assertThat(master.allocate().getResponseId()).isEqualTo(1);
        assertThatExceptionOfType(InvalidApplicationMasterRequestException.class)
                .isThrownBy(() -> master.allocateWith(5, List.of(), List.of()))
                .withMessageContainingAll(
                        "Invalid responseId in AllocateRequest from application attempt: " + master.attempt(),
                        "expect responseId to be 1",
                        "but get 5");
        assertThat(master.allocate().getResponseId()).isEqualTo(2);
    }

    @ContractTest
    void shouldGrantContainersWithEverythingThatIsNeededToStartThem(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        ResourceRequest ask = SimulatedMaster.ask(7, 200, 2);
        ask.setAllocationRequestId(42);
        SimulatedMaster.Granted granted = master.granted(2, List.of(node), ask);
        assertThat(granted.containers()).hasSize(2).allSatisfy(container -> {
            assertThat(container.getId().getApplicationAttemptId()).isEqualTo(master.attempt());
            assertThat(container.getNodeId()).isEqualTo(node.id());
            assertThat(container.getNodeHttpAddress()).isEqualTo("127.0.0.1:" + SimulatedNode.HTTP_PORT);
            assertThat(container.getResource())
                    .as("rounded up to a multiple of the smallest")
                    .isEqualTo(Resource.newInstance(256, 1));
            assertThat(container.getPriority()).isEqualTo(Priority.newInstance(7));
            assertThat(container.getAllocationRequestId()).isEqualTo(42);
            assertThat(container.getExecutionType()).isEqualTo(ExecutionType.GUARANTEED);
            assertThat(container.getContainerToken().getKind()).isEqualTo("ContainerToken");
            assertThat(container.getContainerToken().getService())
                    .isEqualTo(node.id().getHost() + ":" + node.id().getPort());
        });
        ContainerTokenIdentifier identifier = identifier(granted.one());
        assertThat(identifier.getContainerID()).isEqualTo(granted.one().getId());
        assertThat(identifier.getNmHostAddress()).isEqualTo(node.id().toString());
        assertThat(identifier.getApplicationSubmitter()).isEqualTo(Stage.USER);
        assertThat(identifier.getResource()).isEqualTo(granted.one().getResource());
        assertThat(identifier.getPriority()).isEqualTo(Priority.newInstance(7));
        assertThat(identifier.getExpiryTimeStamp()).isGreaterThan(System.currentTimeMillis());
    }

    private static ContainerTokenIdentifier identifier(Container container) throws Exception {
        return BuilderUtils.newContainerTokenIdentifier(container.getContainerToken());
    }

    @ContractTest
    void shouldNameTheResourceManagerThatGrantedAsTheNodeKnowsIt(Stage stage) throws Exception {
        SimulatedNode node = stage.newNode(4096, 4);
        long identifier = node.register().getRMIdentifier();
        node.heartbeat();
        SimulatedMaster master = stage.master().registered();
        Container container =
                master.granted(1, List.of(node), SimulatedMaster.ask(1, 128, 1)).one();
        assertThat(identifier(container).getRMIdentifier()).isEqualTo(identifier);
    }

    @ContractTest
    void shouldGiveANodesTokenOnceToEachAttempt(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        SimulatedMaster.Granted first = master.granted(1, List.of(node), SimulatedMaster.ask(1, 128, 1));
        assertThat(first.tokens()).hasSize(1);
        assertThat(first.tokens().get(0).getNodeId()).isEqualTo(node.id());
        Token<NMTokenIdentifier> token =
                ConverterUtils.convertFromYarn(first.tokens().get(0).getToken(), (org.apache.hadoop.io.Text) null);
        assertThat(token.getService().toString()).isEqualTo(node.id().toString());
        assertThat(token.decodeIdentifier().getApplicationAttemptId()).isEqualTo(master.attempt());
        assertThat(token.decodeIdentifier().getNodeId()).isEqualTo(node.id());
        assertThat(token.decodeIdentifier().getApplicationSubmitter()).isEqualTo(Stage.USER);
        SimulatedMaster.Granted second = master.granted(1, List.of(node), SimulatedMaster.ask(2, 128, 1));
        assertThat(second.tokens()).isEmpty();
    }

    @ContractTest
    void shouldTakeTheLatestCountOfAnAskForTheWhole(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        master.allocate(SimulatedMaster.ask(1, 128, 5));
        master.allocate(SimulatedMaster.ask(1, 128, 2));
        SimulatedNode node = stage.node(4096, 8);
        SimulatedMaster.Granted granted = master.granted(2, List.of(node));
        assertThat(granted.containers()).hasSize(2);
        node.heartbeat();
        assertThat(master.allocate().getAllocatedContainers()).isEmpty();
    }

    @ContractTest
    void shouldPreferTheHostThatIsAskedFor(Stage stage) throws Exception {
        SimulatedNode first = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        ResourceRequest host =
                ResourceRequest.newInstance(Priority.newInstance(1), first.id().getHost(), MINIMUM, 1);
        ResourceRequest rack = ResourceRequest.newInstance(Priority.newInstance(1), "/default-rack", MINIMUM, 1);
        SimulatedMaster.Granted granted = master.granted(1, List.of(first), host, rack, SimulatedMaster.ask(1, 128, 1));
        assertThat(granted.one().getNodeId()).isEqualTo(first.id());
    }

    @ContractTest
    void shouldRefuseAnAskOverTheMaximum(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        assertThatExceptionOfType(InvalidResourceRequestException.class)
                .isThrownBy(() -> master.allocate(SimulatedMaster.ask(1, 1_000_000, 1)))
                .withMessageContaining("Invalid resource request! Cannot allocate containers as requested resource is"
                        + " greater than maximum allowed allocation. Requested resource type=[memory-mb]")
                .satisfies(e -> assertThat(e.getInvalidResourceType())
                        .isEqualTo(InvalidResourceRequestException.InvalidResourceType.UNKNOWN));
        assertThat(master.allocate().getResponseId())
                .as("nothing else has changed")
                .isEqualTo(1);
    }

    @ContractTest
    void shouldRefuseANegativeAsk(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        assertThatExceptionOfType(InvalidResourceRequestException.class)
                .isThrownBy(() -> master.allocate(SimulatedMaster.ask(1, -1, 1)))
                .withMessageContaining("Requested resource type=[memory-mb], Requested resource=<memory:-1, vCores:1>");
    }

    @ContractTest
    void shouldTellAContainerThatIsReleased(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        ContainerId container = master.granted(1, List.of(node), SimulatedMaster.ask(1, 128, 1))
                .one()
                .getId();
        ContainerStatus exit = master.exit(container, List.of(node), List.of(container));
        assertThat(exit.getExitStatus()).isEqualTo(ContainerExitStatus.ABORTED);
        assertThat(exit.getState()).isEqualTo(ContainerState.COMPLETE);
        assertThat(exit.getDiagnostics()).isEqualTo("Container released by application");
    }

    @ContractTest
    void shouldRefuseToReleaseWhatIsNotTheMasters(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        ContainerId other = ContainerId.newContainerId(
                ApplicationAttemptId.newInstance(
                        ApplicationId.newInstance(master.application().getClusterTimestamp(), 999_999), 1),
                1);
        assertThatExceptionOfType(InvalidContainerReleaseException.class)
                .isThrownBy(() -> master.allocate(List.of(), List.of(other)))
                .withMessageContaining("Cannot release container : " + other
                        + " not belonging to this application attempt : " + master.attempt());
    }

    @ContractTest
    void shouldTellTheExitThatTheNodeReports(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        ContainerId container = master.granted(1, List.of(node), SimulatedMaster.ask(1, 128, 1))
                .one()
                .getId();
        node.heartbeat(SimulatedNode.runs(container));
        node.heartbeat(SimulatedNode.ended(container, 7, "it said seven"));
        ContainerStatus exit = master.exit(container, List.of(), List.of());
        assertThat(exit.getExitStatus()).isEqualTo(7);
        assertThat(exit.getState()).isEqualTo(ContainerState.COMPLETE);
        assertThat(exit.getDiagnostics()).isEqualTo("it said seven");
        master.allocate();
        assertThat(node.heartbeat().getContainersToBeRemovedFromNM())
                .as("the node may forget what the master has heard")
                .contains(container);
    }

    @ContractTest
    void shouldTellTheContainersOfALostNode(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        ContainerId container = master.granted(1, List.of(node), SimulatedMaster.ask(1, 128, 1))
                .one()
                .getId();
        node.heartbeat(SimulatedNode.runs(container));
        node.leave();
        ContainerStatus exit = master.exit(container, List.of(), List.of());
        assertThat(exit.getExitStatus()).isEqualTo(ContainerExitStatus.ABORTED);
        assertThat(exit.getDiagnostics())
                .isEqualTo(stage.onPurpose(
                        "Heddle says why the node is lost",
                        "Container released on a *lost* node: its node " + node.id() + " is gone: it has unregistered",
                        "Container released on a *lost* node"));
    }

    @ContractTest
    void shouldShowTheProgressThatTheMasterTells(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        master.allocate();
        Await.until(
                "the progress",
                Stage.LIMIT,
                () -> stage.report(master.application()).getProgress() == 0.25f);
    }

    @ContractTest
    void shouldTellTheSizeOfTheCluster(Stage stage) throws Exception {
        stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        AllocateResponse response = master.allocate();
        assertThat(response.getNumClusterNodes()).isEqualTo(1);
        assertThat(response.getAMCommand()).isNull();
        assertThat(response.getPreemptionMessage()).isNull();
        assertThat(response.getAMRMToken()).isNull();
        assertThat(response.getCollectorInfo()).isNull();
        assertThat(response.getUpdatedContainers()).isEmpty();
        assertThat(response.getUpdateErrors()).isEmpty();
        assertThat(response.getRejectedSchedulingRequests()).isEmpty();
    }

    private static ResourceRequest onHost(String place, int count) {
        return ResourceRequest.newInstance(Priority.newInstance(1), place, MINIMUM, count, false);
    }

    @ContractTest
    void shouldTellHowBusyTheClusterIs(Stage stage) throws Exception {
        SimulatedNode node = stage.node(512, 4);
        SimulatedMaster master = stage.master().registered();
        SimulatedMaster other = stage.master().registered();
        other.allocate(onHost("no-such-host", 3), onHost("/no-such-rack", 3), onHost(ResourceRequest.ANY, 3));
        SimulatedMaster.Granted granted = master.granted(4, List.of(node), SimulatedMaster.ask(1, 128, 9));
        assertThat(granted.containers()).hasSize(4);
        EnhancedHeadroom headroom = master.allocate().getEnhancedHeadroom();
        assertThat(headroom.getTotalPendingCount())
                .as("five that one master waits for, three that another one does")
                .isEqualTo(8);
        assertThat(headroom.getTotalActiveCores()).isEqualTo(4);
        AllocateResponse withdrawn = master.allocate(SimulatedMaster.ask(1, 128, 0));
        assertThat(withdrawn.getEnhancedHeadroom().getTotalPendingCount()).isEqualTo(3);
    }

    @ContractTest
    void shouldTellTheApplicationsPriority(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        assertThat(master.allocate().getApplicationPriority()).isEqualTo(Priority.newInstance(0));
    }

    @ContractTest
    void shouldForgetTheMasterOfAKilledApplication(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        stage.client().forceKillApplication(KillApplicationRequest.newInstance(master.application()));
        stage.await(master.application(), YarnApplicationState.KILLED);
        assertThatExceptionOfType(ApplicationAttemptNotFoundException.class)
                .isThrownBy(() -> master.allocate())
                .withMessageContaining("Application attempt " + master.attempt()
                        + " doesn't exist in ApplicationMasterService cache.");
    }

    @ContractTest
    void shouldRecordHowTheMasterFinished(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        master.finished(FinalApplicationStatus.FAILED, "it was a trial");
        ApplicationReport report = stage.await(master.application(), YarnApplicationState.FINISHED);
        assertThat(report.getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.FAILED);
        assertThat(report.getDiagnostics()).isEqualTo("it was a trial");
        assertThat(report.getOriginalTrackingUrl()).isEqualTo("http://localhost:1/history");
        assertThat(report.getFinishTime()).isPositive();
        assertThat(report.getProgress()).isEqualTo(1f);
    }

    @ContractTest
    void shouldTellNodesToEndWhatAFinishedApplicationHas(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        ContainerId container = master.granted(1, List.of(node), SimulatedMaster.ask(1, 128, 1))
                .one()
                .getId();
        node.heartbeat(SimulatedNode.runs(container));
        master.finished(FinalApplicationStatus.SUCCEEDED, "");
        stage.await(master.application(), YarnApplicationState.FINISHED);
        Set<ContainerId> told = new HashSet<>();
        Set<ApplicationId> ended = new HashSet<>();
        Await.until("the node to be told", Stage.LIMIT, () -> {
            var response = node.heartbeat(SimulatedNode.runs(container));
            told.addAll(response.getContainersToCleanup());
            ended.addAll(response.getApplicationsToCleanup());
            return told.contains(container) && ended.contains(master.application());
        });
    }
}
