package dev.heddle.nm.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerRetryContext;
import org.apache.hadoop.yarn.api.records.ContainerRetryPolicy;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.ContainerSubState;

/** Containers that are started again when they fail. */
class RetryContractTest {
    private static final int HOUR_MS = 3_600_000;

    private static ContainerLaunchContext launch(String command, ContainerRetryContext retries) {
        ContainerLaunchContext launch = Stage.launch(command);
        launch.setContainerRetryContext(retries);
        return launch;
    }

    private static ContainerRetryContext onAllErrors(int maxRetries, int intervalMs) {
        return ContainerRetryContext.newInstance(
                ContainerRetryPolicy.RETRY_ON_ALL_ERRORS, null, maxRetries, intervalMs);
    }

    @ContractTest
    void shouldTryAsOftenAsIsAskedFor(Stage stage) throws Exception {
        ContainerId id = stage.start(launch("echo x >> kept; cp kept <LOG_DIR>/out; exit 4", onAllErrors(2, 0)));
        ContainerStatus ended = stage.awaitEnd(id);
        assertThat(ended.getExitStatus()).isEqualTo(4);
        assertThat(stage.awaitLines(id, "out", 3)).hasSize(3);
        assertThat(Stage.lines(ended))
                .filteredOn(line -> line.equals("Diagnostic message from attempt : "))
                .hasSize(3);
        assertThat(Stage.lines(ended))
                .filteredOn(line -> line.startsWith("Container exited with a non-zero exit code 4."))
                .hasSize(stage.onPurpose("each failure is told once, the last one too", 3, 4));
    }

    @ContractTest
    void shouldEndWellWhenATryGoesWell(Stage stage) throws Exception {
        ContainerId id = stage.start(
                launch("echo x >> kept; cp kept <LOG_DIR>/out; test \\$(wc -l < kept) -eq 3", onAllErrors(-1, 0)));
        assertThat(stage.awaitEnd(id).getExitStatus()).isZero();
        assertThat(stage.awaitLines(id, "out", 3)).hasSize(3);
    }

    @ContractTest
    void shouldTryCertainStatusesAlone(Stage stage) throws Exception {
        ContainerRetryContext retries = ContainerRetryContext.newInstance(
                ContainerRetryPolicy.RETRY_ON_SPECIFIC_ERROR_CODES, Set.of(5, 6), 10, 0);
        ContainerId id = stage.start(
                launch("echo x >> kept; cp kept <LOG_DIR>/out; exit \\$((4 + \\$(wc -l < kept)))", retries));
        assertThat(stage.awaitEnd(id).getExitStatus()).isEqualTo(7);
        assertThat(stage.awaitLines(id, "out", 3)).hasSize(3);
    }

    @ContractTest
    void shouldNotTryAgainWhatWasEndedByASignal(Stage stage) throws Exception {
        ContainerId id = stage.start(launch("echo x >> <LOG_DIR>/out; kill -9 \\$\\$", onAllErrors(-1, 0)));
        assertThat(stage.awaitEnd(id).getExitStatus()).isEqualTo(137);
        assertThat(stage.awaitLines(id, "out", 1)).hasSize(1);
    }

    @ContractTest
    void shouldNeverTryWhereThatIsNotAskedFor(Stage stage) throws Exception {
        ContainerId id = stage.start(launch(
                "echo x >> <LOG_DIR>/out; exit 1",
                ContainerRetryContext.newInstance(ContainerRetryPolicy.NEVER_RETRY, null, 10, 0)));
        ContainerStatus ended = stage.awaitEnd(id);
        assertThat(ended.getExitStatus()).isEqualTo(1);
        assertThat(ended.getDiagnostics()).doesNotContain("Diagnostic message from attempt");
        assertThat(stage.awaitLines(id, "out", 1)).hasSize(1);
    }

    @ContractTest
    void shouldCountFailuresOfATimeAlone(Stage stage) throws Exception {
        ContainerRetryContext retries =
                ContainerRetryContext.newInstance(ContainerRetryPolicy.RETRY_ON_ALL_ERRORS, null, 2, 0, HOUR_MS);
        ContainerId few = stage.start(launch("echo x >> kept; cp kept <LOG_DIR>/out; exit 1", retries));
        stage.awaitEnd(few);
        assertThat(stage.awaitLines(few, "out", 3)).as("all of this hour").hasSize(3);

        ContainerRetryContext brief =
                ContainerRetryContext.newInstance(ContainerRetryPolicy.RETRY_ON_ALL_ERRORS, null, 1, 0, 1);
        ContainerId many = stage.start(
                launch("echo x >> kept; cp kept <LOG_DIR>/out; test \\$(wc -l < kept) -ge 5 && exit 0; exit 1", brief));
        assertThat(stage.awaitEnd(many).getExitStatus()).isZero();
        assertThat(stage.awaitLines(many, "out", 5)).hasSize(5);
    }

    @ContractTest
    void shouldKeepTheFilesOfAContainerThatIsTriedAgain(Stage stage) throws Exception {
        ContainerLaunchContext launch = Stage.launch(
                "cat data >> kept; ls container_tokens > /dev/null || exit 9; cp kept <LOG_DIR>/out; exit 1",
                Map.of("data", Stage.resource(stage.file("data", "line\n"))));
        launch.setContainerRetryContext(onAllErrors(1, 0));
        ContainerId id = stage.start(launch);
        assertThat(stage.awaitEnd(id).getExitStatus()).isEqualTo(1);
        assertThat(stage.awaitLines(id, "out", 2)).containsExactly("line", "line");
    }

    @ContractTest
    void shouldWaitBeforeItTriesAndMayBeStoppedThen(Stage stage) throws Exception {
        int pauseMs = stage.onPurpose(
                "a container that waits ends at once; Hadoop's does not before it is tried again", HOUR_MS, 3_000);
        ContainerId id = stage.start(launch("echo x >> <LOG_DIR>/out; exit 1", onAllErrors(1, pauseMs)));
        stage.awaitLines(id, "out", 1);
        Await.until(
                "the pause",
                Stage.LIMIT,
                () -> stage.status(id).getContainerSubState() == ContainerSubState.SCHEDULED
                        && stage.status(id).getExitStatus() == 1);
        assertThat(stage.status(id).getState()).isEqualTo(ContainerState.RUNNING);
        stage.stop(id);
        assertThat(stage.awaitEnd(id).getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
        assertThat(stage.awaitLines(id, "out", 1)).hasSize(1);
    }
}
