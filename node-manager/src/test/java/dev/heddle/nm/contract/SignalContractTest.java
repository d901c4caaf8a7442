package dev.heddle.nm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.nm.FakeResourceManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.protocolrecords.SignalContainerRequest;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.SignalContainerCommand;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;

/** What a container is told while it runs. */
class SignalContractTest {
    private static void signal(Stage stage, ContainerId id, SignalContainerCommand command) throws Exception {
        stage.node().signalToContainer(SignalContainerRequest.newInstance(id, command));
    }

    private static ContainerId running(Stage stage, String command) throws Exception {
        ContainerId id = stage.start(Stage.launch(command));
        stage.awaitLines(id, "out", 1);
        return id;
    }

    @ContractTest
    void shouldSendQuitForAThreadDump(Stage stage) throws Exception {
        Path program = stage.file(
                "Wait.java",
                "class Wait { public static void main(String[] arguments) throws Exception {"
                        + " System.out.println(\"ready\"); Thread.sleep(1_000_000); } }");
        ContainerId id = stage.start(Stage.launch(
                "exec {{JAVA_HOME}}/bin/java -XX:TieredStopAtLevel=1 Wait.java > <LOG_DIR>/out",
                Map.of("Wait.java", Stage.resource(program))));
        stage.awaitLines(id, "out", 1);
        signal(stage, id, SignalContainerCommand.OUTPUT_THREAD_DUMP);
        assertThat(stage.awaitLines(id, "out", 3)).anyMatch(line -> line.startsWith("Full thread dump "));
        stage.awaitDiagnostics(id, "Sent signal OUTPUT_THREAD_DUMP (SIGQUIT) to pid ");
        assertThat(stage.status(id).getDiagnostics())
                .contains(" as user " + Stage.USER + " for container " + id + ", result=success");
        assertThat(stage.status(id).getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ContractTest
    void shouldEndAContainerWithGraceOrWithout(Stage stage) throws Exception {
        ContainerId graceful = running(stage, "echo > <LOG_DIR>/out; sleep 1000");
        signal(stage, graceful, SignalContainerCommand.GRACEFUL_SHUTDOWN);
        ContainerStatus ended = stage.awaitEnd(graceful);
        assertThat(ended.getExitStatus()).isEqualTo(143);
        assertThat(Stage.lines(ended)).contains("Killed by external signal");

        ContainerId forced = running(stage, "trap '' TERM; echo > <LOG_DIR>/out; sleep 1000");
        signal(stage, forced, SignalContainerCommand.FORCEFUL_SHUTDOWN);
        ended = stage.awaitEnd(forced);
        assertThat(ended.getExitStatus()).isEqualTo(137);
        assertThat(Stage.lines(ended)).contains("Killed by external signal");
    }

    @ContractTest
    void shouldPassOnWhatTheResourceManagerSends(Stage stage) throws Exception {
        ContainerId id = running(stage, "echo > <LOG_DIR>/out; sleep 1000");
        NodeHeartbeatResponse answer = FakeResourceManager.answer();
        answer.addAllContainersToSignal(List.of(
                SignalContainerRequest.newInstance(stage.newContainer(), SignalContainerCommand.FORCEFUL_SHUTDOWN),
                SignalContainerRequest.newInstance(id, SignalContainerCommand.FORCEFUL_SHUTDOWN)));
        stage.resourceManager().answers.add(answer);
        assertThat(stage.awaitEnd(id).getExitStatus()).isEqualTo(137);
    }

    @ContractTest
    void shouldNotMindThatAContainerIsGone(Stage stage) throws Exception {
        signal(stage, stage.newContainer(), SignalContainerCommand.GRACEFUL_SHUTDOWN);
        ContainerId id = stage.start(Stage.launch("true"));
        stage.awaitEnd(id);
        signal(stage, id, SignalContainerCommand.GRACEFUL_SHUTDOWN);
        assertThat(stage.status(id).getExitStatus()).isZero();
    }

    @ContractTest
    void shouldNotLetStrangersSignal(Stage stage) throws Exception {
        ContainerId id = running(stage, "echo > <LOG_DIR>/out; sleep 1000");
        SignalContainerRequest request =
                SignalContainerRequest.newInstance(id, SignalContainerCommand.FORCEFUL_SHUTDOWN);
        boolean refused = stage.onPurpose("nobody may end what is not theirs", true, false);
        if (refused) {
            assertThatThrownBy(() -> stage.stranger().signalToContainer(request))
                    .hasMessageContaining("attempted to signal non-application container : " + id);
            assertThat(stage.status(id).getState()).isEqualTo(ContainerState.RUNNING);
        } else {
            stage.stranger().signalToContainer(request);
            assertThat(stage.awaitEnd(id).getExitStatus()).isEqualTo(137);
        }
    }
}
