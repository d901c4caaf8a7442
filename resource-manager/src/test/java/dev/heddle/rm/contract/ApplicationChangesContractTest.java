package dev.heddle.rm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.Map;
import org.apache.hadoop.yarn.api.protocolrecords.MoveApplicationAcrossQueuesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.UpdateApplicationPriorityRequest;
import org.apache.hadoop.yarn.api.protocolrecords.UpdateApplicationTimeoutsRequest;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ApplicationTimeout;
import org.apache.hadoop.yarn.api.records.ApplicationTimeoutType;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.util.Times;

/** {@code ApplicationClientProtocol}: what changes an application that was submitted. */
class ApplicationChangesContractTest {
    private static final ApplicationId UNKNOWN = ApplicationId.newInstance(1, 1);

    @ContractTest
    void shouldNotChangeThePriorityOfAnApplicationThatIsNotThere(Stage stage) {
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> stage.client()
                        .updateApplicationPriority(
                                UpdateApplicationPriorityRequest.newInstance(UNKNOWN, Priority.newInstance(1))))
                .withMessageContaining("Application with id '" + UNKNOWN + "' doesn't exist in RM.");
    }

    @ContractTest
    void shouldNotChangeThePriorityOfAnApplicationThatHasEnded(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        master.finished(FinalApplicationStatus.SUCCEEDED, "");
        stage.await(master.application(), YarnApplicationState.FINISHED);
        // What has ended is asked for with the priority that it has.
        assertThat(stage.client()
                        .updateApplicationPriority(UpdateApplicationPriorityRequest.newInstance(
                                master.application(), Priority.newInstance(0)))
                        .getApplicationPriority())
                .isEqualTo(Priority.newInstance(0));
    }

    @ContractTest
    void shouldReportTheTimeoutThatIsSubmitted(Stage stage) throws Exception {
        ApplicationSubmissionContext context = stage.context();
        context.setApplicationTimeouts(Map.of(ApplicationTimeoutType.LIFETIME, 3_600L));
        ApplicationId id = stage.submit(context);
        ApplicationTimeout timeout = stage.await(id, YarnApplicationState.ACCEPTED)
                .getApplicationTimeouts()
                .get(ApplicationTimeoutType.LIFETIME);
        assertThat(timeout.getRemainingTime()).isBetween(3_000L, 3_600L);
    }

    @ContractTest
    void shouldReportThatThereIsNoTimeout(Stage stage) throws Exception {
        ApplicationId id = stage.submit(stage.context());
        ApplicationTimeout timeout = stage.await(id, YarnApplicationState.ACCEPTED)
                .getApplicationTimeouts()
                .get(ApplicationTimeoutType.LIFETIME);
        assertThat(timeout.getExpiryTime()).isEqualTo("UNLIMITED");
        assertThat(timeout.getRemainingTime()).isEqualTo(-1);
    }

    @ContractTest
    void shouldChangeATimeout(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        String expiry = Times.formatISO8601(Instant.now().plusSeconds(600).toEpochMilli());
        assertThat(stage.client()
                        .updateApplicationTimeouts(UpdateApplicationTimeoutsRequest.newInstance(
                                master.application(), Map.of(ApplicationTimeoutType.LIFETIME, expiry)))
                        .getApplicationTimeouts())
                .containsEntry(ApplicationTimeoutType.LIFETIME, expiry);
        assertThat(stage.report(master.application())
                        .getApplicationTimeouts()
                        .get(ApplicationTimeoutType.LIFETIME)
                        .getRemainingTime())
                .isBetween(500L, 600L);
    }

    @ContractTest
    void shouldRefuseATimeoutThatIsNoTime(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> stage.client()
                        .updateApplicationTimeouts(UpdateApplicationTimeoutsRequest.newInstance(
                                master.application(), Map.of(ApplicationTimeoutType.LIFETIME, "tomorrow"))))
                .withMessageContaining(stage.onPurpose(
                        "Hadoop's resource manager shows how its parser failed",
                        "Expire time is not in ISO8601 format",
                        "Text 'tomorrow' could not be parsed"));
        String past = Times.formatISO8601(Instant.now().minusSeconds(600).toEpochMilli());
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> stage.client()
                        .updateApplicationTimeouts(UpdateApplicationTimeoutsRequest.newInstance(
                                master.application(), Map.of(ApplicationTimeoutType.LIFETIME, past))))
                .withMessageContaining("Expire time is less than current time");
    }

    @ContractTest
    void shouldNotChangeTheTimeoutOfAnApplicationThatIsNotThere(Stage stage) {
        String expiry = Times.formatISO8601(Instant.now().plusSeconds(600).toEpochMilli());
        assertThatExceptionOfType(ApplicationNotFoundException.class).isThrownBy(() -> stage.client()
                .updateApplicationTimeouts(UpdateApplicationTimeoutsRequest.newInstance(
                        UNKNOWN, Map.of(ApplicationTimeoutType.LIFETIME, expiry))));
    }

    @ContractTest
    void shouldNotMoveAnApplicationThatIsNotThere(Stage stage) {
        assertThatExceptionOfType(ApplicationNotFoundException.class).isThrownBy(() -> stage.client()
                .moveApplicationAcrossQueues(MoveApplicationAcrossQueuesRequest.newInstance(UNKNOWN, "default")));
    }

    @ContractTest
    void shouldNotMoveAnApplicationToAQueueThatIsNotThere(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> stage.client()
                        .moveApplicationAcrossQueues(
                                MoveApplicationAcrossQueuesRequest.newInstance(master.application(), "nowhere")))
                .withMessageContaining("nowhere");
        assertThat(stage.report(master.application()).getQueue()).isEqualTo("root.default");
    }

    @ContractTest
    void shouldNotMoveAnApplicationThatHasEnded(Stage stage) throws Exception {
        SimulatedMaster master = stage.master().registered();
        master.finished(FinalApplicationStatus.SUCCEEDED, "");
        stage.await(master.application(), YarnApplicationState.FINISHED);
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> stage.client()
                        .moveApplicationAcrossQueues(
                                MoveApplicationAcrossQueuesRequest.newInstance(master.application(), "default")))
                .withMessageContaining("App in " + "FINISHED" + " state cannot be moved.");
    }
}
