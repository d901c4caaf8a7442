package dev.heddle.nm.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.client.api.NMClient;

/** Containers from their start to their end. */
class StartAndStopContractTest {
    @ContractTest
    void shouldServeTheStockClient(Stage stage) throws Exception {
        NMClient client = stage.client();
        ContainerId id = stage.newContainer();
        client.startContainer(stage.granted(stage.grant(id)), Stage.launch("echo $0 > <LOG_DIR>/out; sleep 1000"));
        stage.awaitLines(id, "out", 1);
        assertThat(client.getContainerStatus(id, stage.granted(stage.grant(id)).getNodeId())
                        .getState())
                .isEqualTo(ContainerState.RUNNING);
        client.stopContainer(id, stage.granted(stage.grant(id)).getNodeId());

        ContainerStatus ended = stage.awaitEnd(id);
        assertThat(ended.getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
        assertThat(Stage.lines(ended))
                .containsSubsequence(
                        "Container killed by the ApplicationMaster.",
                        "Container killed on request. Exit code is 143",
                        "Container exited with a non-zero exit code 143. ");
    }

    @ContractTest
    void shouldSayThatACommandDoesNotExist(Stage stage) throws Exception {
        ContainerId id = stage.start(Stage.launch("no-such-command --at-all"));
        ContainerStatus ended = stage.awaitEnd(id);
        assertThat(ended.getExitStatus()).isEqualTo(127);
        assertThat(ended.getDiagnostics())
                .contains("Container exited with a non-zero exit code 127. ")
                .contains("Error file: prelaunch.err.")
                .contains("no-such-command: command not found");
    }

    @ContractTest
    void shouldTellOfTheMachineAContainerRunsOn(Stage stage) throws Exception {
        ContainerId id = stage.start(Stage.launch("sleep 1000", Map.of()));
        assertThat(List.of(id)).isNotEmpty();
    }
}
