package dev.heddle.rm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.testbed.Await;
import java.util.List;
import org.apache.hadoop.yarn.api.protocolrecords.FailApplicationAttemptRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationAttemptReportRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationAttemptsRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetContainerReportRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.SignalContainerRequest;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptReport;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerReport;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.SignalContainerCommand;
import org.apache.hadoop.yarn.api.records.YarnApplicationAttemptState;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.ContainerNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** {@code ApplicationClientProtocol}: attempts and containers. */
class AttemptsAndContainersContractTest {
    private static final ApplicationId UNKNOWN = ApplicationId.newInstance(1, 1);

    private static ApplicationAttemptReport attempt(Stage stage, ApplicationAttemptId id) throws Exception {
        return stage.client()
                .getApplicationAttemptReport(GetApplicationAttemptReportRequest.newInstance(id))
                .getApplicationAttemptReport();
    }

    private static ContainerReport container(Stage stage, ContainerId id) throws Exception {
        return stage.client()
                .getContainerReport(GetContainerReportRequest.newInstance(id))
                .getContainerReport();
    }

    @ContractTest
    void shouldReportAnAttempt(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        ApplicationAttemptReport report = attempt(stage, master.attempt());
        assertThat(report.getApplicationAttemptId()).isEqualTo(master.attempt());
        assertThat(report.getYarnApplicationAttemptState()).isEqualTo(YarnApplicationAttemptState.RUNNING);
        assertThat(report.getHost()).isEqualTo("localhost");
        assertThat(report.getRpcPort()).isEqualTo(4040);
        assertThat(report.getOriginalTrackingUrl()).isEqualTo("http://localhost:4041/");
        assertThat(report.getAMContainerId()).isNull();
        assertThat(report.getStartTime()).isPositive();
        assertThat(report.getFinishTime()).isZero();
        assertThat(stage.client()
                        .getApplicationAttempts(GetApplicationAttemptsRequest.newInstance(master.application()))
                        .getApplicationAttemptList())
                .extracting(ApplicationAttemptReport::getApplicationAttemptId)
                .containsExactly(master.attempt());
    }

    @ContractTest
    void shouldReportAnAttemptThatHasFinished(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        master.finished(FinalApplicationStatus.SUCCEEDED, "that was all");
        stage.await(master.application(), YarnApplicationState.FINISHED);
        ApplicationAttemptReport report = attempt(stage, master.attempt());
        assertThat(report.getYarnApplicationAttemptState()).isEqualTo(YarnApplicationAttemptState.FINISHED);
        assertThat(report.getDiagnostics()).isEqualTo("that was all");
        assertThat(report.getFinishTime()).isPositive();
    }

    @ContractTest
    void shouldNotReportAttemptsThatAreNotThere(Stage stage) throws Exception {
        ApplicationId id = stage.submit(stage.context());
        stage.await(id, YarnApplicationState.ACCEPTED);
        ApplicationAttemptId later = ApplicationAttemptId.newInstance(id, 9);
        assertThatExceptionOfType(ApplicationAttemptNotFoundException.class)
                .isThrownBy(() -> attempt(stage, later))
                .withMessageContaining("ApplicationAttempt with id '" + later + "' doesn't exist in RM.");
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> attempt(stage, ApplicationAttemptId.newInstance(UNKNOWN, 1)))
                .withMessageContaining("Application with id '" + UNKNOWN + "' doesn't exist in RM.");
        assertThatExceptionOfType(ApplicationNotFoundException.class).isThrownBy(() -> stage.client()
                .getApplicationAttempts(GetApplicationAttemptsRequest.newInstance(UNKNOWN)));
    }

    @ContractTest
    void shouldReportAContainer(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        Container granted =
                master.granted(1, List.of(node), SimulatedMaster.ask(3, 256, 1)).one();
        node.heartbeat(SimulatedNode.runs(granted.getId()));
        Await.until(
                "the container to run",
                Stage.LIMIT,
                () -> container(stage, granted.getId()).getContainerState() == ContainerState.RUNNING);
        ContainerReport report = container(stage, granted.getId());
        assertThat(report.getContainerId()).isEqualTo(granted.getId());
        assertThat(report.getAllocatedResource()).isEqualTo(Resource.newInstance(256, 1));
        assertThat(report.getAssignedNode()).isEqualTo(node.id());
        assertThat(report.getPriority()).isEqualTo(Priority.newInstance(3));
        assertThat(report.getCreationTime()).isPositive();
        assertThat(report.getFinishTime()).isZero();
        assertThat(report.getNodeHttpAddress()).endsWith("127.0.0.1:" + SimulatedNode.HTTP_PORT);
        assertThat(report.getLogUrl()).contains(granted.getId().toString());
        assertThat(stage.client()
                        .getContainers(GetContainersRequest.newInstance(master.attempt()))
                        .getContainerList())
                .extracting(ContainerReport::getContainerId)
                .containsExactly(granted.getId());
    }

    @ContractTest
    void shouldNotReportContainersThatAreNotThere(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        ContainerId later = ContainerId.newContainerId(master.attempt(), 99);
        assertThatExceptionOfType(ContainerNotFoundException.class)
                .isThrownBy(() -> container(stage, later))
                .withMessageContaining("Container with id '" + later + "' doesn't exist in RM.");
        ContainerId elsewhere = ContainerId.newContainerId(ApplicationAttemptId.newInstance(UNKNOWN, 1), 1);
        assertThatExceptionOfType(ApplicationNotFoundException.class).isThrownBy(() -> container(stage, elsewhere));
    }

    @ContractTest
    void shouldNotFailAnAttemptThatIsNotThere(Stage stage) throws Exception {
        ApplicationAttemptId unknown = ApplicationAttemptId.newInstance(UNKNOWN, 1);
        assertThatExceptionOfType(ApplicationNotFoundException.class).isThrownBy(() -> stage.client()
                .failApplicationAttempt(FailApplicationAttemptRequest.newInstance(unknown)));
        ApplicationId id = stage.submit(stage.context());
        stage.await(id, YarnApplicationState.ACCEPTED);
        ApplicationAttemptId later = ApplicationAttemptId.newInstance(id, 9);
        assertThatExceptionOfType(ApplicationAttemptNotFoundException.class)
                .isThrownBy(
                        () -> stage.client().failApplicationAttempt(FailApplicationAttemptRequest.newInstance(later)))
                .withMessageContaining("ApplicationAttempt with id '" + later + "' doesn't exist in RM.");
    }

    @ContractTest
    void shouldFailAnAttemptAsItsOwnerWishes(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        stage.client().failApplicationAttempt(FailApplicationAttemptRequest.newInstance(master.attempt()));
        Await.until(
                "the attempt to fail",
                Stage.LIMIT,
                () -> attempt(stage, master.attempt()).getYarnApplicationAttemptState()
                        == YarnApplicationAttemptState.FAILED);
        assertThat(attempt(stage, master.attempt()).getDiagnostics()).contains("Attempt failed by user.");
    }

    @ContractTest
    void shouldPassASignalOnToTheNode(Stage stage) throws Exception {
        SimulatedNode node = stage.node(4096, 4);
        SimulatedMaster master = stage.master().registered();
        ContainerId granted = master.granted(1, List.of(node), SimulatedMaster.ask(1, 256, 1))
                .one()
                .getId();
        node.heartbeat(SimulatedNode.runs(granted));
        stage.client()
                .signalToContainer(
                        SignalContainerRequest.newInstance(granted, SignalContainerCommand.OUTPUT_THREAD_DUMP));
        Await.until(
                "the signal",
                Stage.LIMIT,
                () -> node.heartbeat(SimulatedNode.runs(granted)).getContainersToSignalList().stream()
                        .anyMatch(signal -> signal.getContainerId().equals(granted)
                                && signal.getCommand() == SignalContainerCommand.OUTPUT_THREAD_DUMP));
    }

    @ContractTest
    void shouldNotSignalAContainerThatIsNotThere(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        ContainerId later = ContainerId.newContainerId(master.attempt(), 99);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> stage.client()
                        .signalToContainer(
                                SignalContainerRequest.newInstance(later, SignalContainerCommand.FORCEFUL_SHUTDOWN)))
                .withMessageContaining("Trying to signal an absent container " + later);
    }
}
