package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.util.Records;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static ApplicationReport report(YarnApplicationState state, String diagnostics) {
        ApplicationReport report = Records.newRecord(ApplicationReport.class);
        report.setApplicationId(ApplicationId.newInstance(1, 2));
        report.setName("weaving");
        report.setUser("ada");
        report.setQueue("root.looms");
        report.setYarnApplicationState(state);
        report.setFinalApplicationStatus(FinalApplicationStatus.UNDEFINED);
        report.setDiagnostics(diagnostics);
        return report;
    }

    @Test
    void shouldGiveEachReasonALine() {
        assertThat(Standing.lines(report(YarnApplicationState.RUNNING, "waits for this.\n\n waits for that.\n")))
                .containsExactly(
                        "application  application_1_0002 (weaving, of ada)",
                        "state        RUNNING",
                        "queue        root.looms",
                        "reason       waits for this.",
                        "             waits for that.");
    }

    @Test
    void shouldTellHowAndWhyAnApplicationHasEnded() {
        ApplicationReport report = report(YarnApplicationState.FAILED, "its master was too large");
        report.setFinalApplicationStatus(FinalApplicationStatus.FAILED);
        report.setFinishTime(1_000);
        assertThat(Standing.lines(report))
                .contains(
                        "state        FAILED, ended as FAILED at 1970-01-01T00:00:01Z",
                        "reason       its master was too large");
    }

    @Test
    void shouldTellWhenThereIsNoReason() {
        assertThat(Standing.lines(report(YarnApplicationState.RUNNING, "")))
                .contains("reason       it waits for nothing");
        assertThat(Standing.lines(report(YarnApplicationState.FINISHED, ""))).contains("reason       none was given");
        assertThat(Standing.lines(report(YarnApplicationState.ACCEPTED, "N/A")))
                .contains("reason       only its owner, and who may view it, is told");
    }
}
