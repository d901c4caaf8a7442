package dev.heddle.nm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.testbed.Await;
import java.nio.file.Files;
import java.util.Map;
import org.apache.hadoop.yarn.api.protocolrecords.ReInitializeContainerRequest;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.ContainerSubState;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.client.api.NMClient;

/** What runs in a container, changed while it runs. */
class ReinitializationContractTest {
    /** Each start adds a line to a file that outlives it. */
    private static ContainerLaunchContext version(String name, Map<String, LocalResource> resources) {
        return Stage.launch("echo " + name + " >> kept; cp kept <LOG_DIR>/out; sleep 1000", resources);
    }

    private static ContainerLaunchContext version(String name) {
        return version(name, Map.of());
    }

    /** That fails as soon as it has been seen. */
    private static ContainerLaunchContext failing(String name) {
        return Stage.launch("echo " + name + " >> kept; cp kept <LOG_DIR>/out; exit 3");
    }

    private static ContainerId running(Stage stage, ContainerLaunchContext launch) throws Exception {
        ContainerId id = stage.start(launch);
        stage.awaitLines(id, "out", 1);
        awaitRunning(stage, id);
        return id;
    }

    private static void awaitRunning(Stage stage, ContainerId id) {
        Await.until(
                id + " to run",
                Stage.LIMIT,
                () -> stage.status(id).getContainerSubState() == ContainerSubState.RUNNING);
    }

    private static void reinitialize(Stage stage, ContainerId id, ContainerLaunchContext launch, boolean autoCommit)
            throws Exception {
        stage.node().reInitializeContainer(ReInitializeContainerRequest.newInstance(id, launch, autoCommit));
    }

    private static void awaitVersions(Stage stage, ContainerId id, String... names) throws Exception {
        assertThat(stage.awaitLines(id, "out", names.length)).containsExactly(names);
        awaitRunning(stage, id);
    }

    @ContractTest
    void shouldStartTheSameAgain(Stage stage) throws Exception {
        ContainerId id = running(stage, version("a"));
        stage.node().restartContainer(id);
        awaitVersions(stage, id, "a", "a");
        stage.node().restartContainer(id);
        awaitVersions(stage, id, "a", "a", "a");
        assertThat(Stage.lines(stage.status(id))).contains("Container will be Restarted.");
        assertThat(stage.status(id).getState()).isEqualTo(ContainerState.RUNNING);
        stage.stop(id);
        assertThat(stage.awaitEnd(id).getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
    }

    @ContractTest
    void shouldTakeAReinitializationWithoutAContextForARestart(Stage stage) throws Exception {
        ContainerId id = running(stage, version("a"));
        reinitialize(stage, id, null, true);
        awaitVersions(stage, id, "a", "a");
        assertThat(Stage.lines(stage.status(id))).contains("Container will be Restarted.");
    }

    @ContractTest
    void shouldRunSomethingElseWithTheFilesOfBoth(Stage stage) throws Exception {
        ContainerId id = running(
                stage,
                version(
                        "a",
                        Map.of(
                                "one", Stage.resource(stage.file("one", "1")),
                                "both", Stage.resource(stage.file("both-old", "old")))));
        reinitialize(
                stage,
                id,
                version(
                        "b \\$(cat one two both)",
                        Map.of(
                                "two", Stage.resource(stage.file("two", "2")),
                                "both", Stage.resource(stage.file("both-new", "new")))),
                true);
        awaitVersions(stage, id, "a", "b 12new");
        assertThat(Stage.lines(stage.status(id))).contains("Container will be Re-initialized.");
        assertThatThrownBy(() -> stage.node().rollbackLastReInitialization(id))
                .hasMessageContaining("Nothing to rollback to !!");
        assertThatThrownBy(() -> stage.node().commitLastReInitialization(id))
                .hasMessageContaining("Nothing to Commit !!");
    }

    @ContractTest
    void shouldGoBackWhenAsked(Stage stage) throws Exception {
        ContainerId id = running(
                stage, version("a \\$(cat data)", Map.of("data", Stage.resource(stage.file("data-old", "old")))));
        reinitialize(
                stage,
                id,
                version("b \\$(cat data)", Map.of("data", Stage.resource(stage.file("data-new", "new")))),
                false);
        awaitVersions(stage, id, "a old", "b new");
        stage.node().rollbackLastReInitialization(id);
        awaitVersions(stage, id, "a old", "b new", "a old");
        assertThat(Stage.lines(stage.status(id))).contains("Container upgrade will be Rolled-back.");
        assertThatThrownBy(() -> stage.node().rollbackLastReInitialization(id))
                .hasMessageContaining("Nothing to rollback to !!");
    }

    @ContractTest
    void shouldGoBackByItselfWhenTheNewFails(Stage stage) throws Exception {
        ContainerId id = running(stage, version("a"));
        reinitialize(stage, id, failing("b"), false);
        awaitVersions(stage, id, "a", "b", "a");
        assertThat(stage.status(id).getDiagnostics())
                .contains("Container exited with a non-zero exit code 3. ")
                .contains("Container Re-init Auto Rolled-Back.");
        assertThat(stage.status(id).getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ContractTest
    void shouldNotGoBackFromWhatWasCommitted(Stage stage) throws Exception {
        ContainerId id = running(stage, version("a"));
        reinitialize(
                stage,
                id,
                Stage.launch("echo b >> kept; cp kept <LOG_DIR>/out;"
                        + " until [ -e <LOG_DIR>/fail ]; do sleep 0.1; done; exit 3"),
                false);
        awaitVersions(stage, id, "a", "b");
        stage.node().commitLastReInitialization(id);
        assertThatThrownBy(() -> stage.node().rollbackLastReInitialization(id))
                .hasMessageContaining("Nothing to rollback to !!");
        Files.createFile(stage.logs(id).resolve("fail"));
        assertThat(stage.awaitEnd(id).getExitStatus()).isEqualTo(3);
    }

    @ContractTest
    void shouldKeepTheWayBackOverARestart(Stage stage) throws Exception {
        ContainerId id = running(stage, version("a"));
        reinitialize(stage, id, version("b"), false);
        awaitVersions(stage, id, "a", "b");
        stage.node().restartContainer(id);
        awaitVersions(stage, id, "a", "b", "b");
        stage.node().rollbackLastReInitialization(id);
        awaitVersions(stage, id, "a", "b", "b", "a");
    }

    @ContractTest
    void shouldRunOnWhenTheFilesOfTheNewCannotBeHad(Stage stage) throws Exception {
        ContainerId id = running(stage, version("a"));
        LocalResource changed = Stage.resource(stage.file("changed", "x"));
        changed.setTimestamp(1);
        reinitialize(stage, id, version("b", Map.of("changed", changed)), true);
        stage.awaitDiagnostics(id, "Container aborting re-initialization.. ");
        assertThat(stage.status(id).getDiagnostics()).contains("changed on src filesystem");
        assertThat(stage.status(id).getState()).isEqualTo(ContainerState.RUNNING);
        boolean changeable = stage.onPurpose(
                "a container that runs can be changed; Hadoop's waits for a launch that will never be", true, false);
        if (changeable) {
            stage.node().restartContainer(id);
            awaitVersions(stage, id, "a", "a");
        } else {
            assertThatThrownBy(() -> stage.node().restartContainer(id))
                    .hasMessageContaining("Current state is [RUNNING, isReInitializing=true]");
        }
    }

    @ContractTest
    void shouldServeTheStockClient(Stage stage) throws Exception {
        NMClient client = stage.client();
        ContainerId id = stage.newContainer();
        client.startContainer(stage.granted(stage.grant(id)), version("a"));
        awaitVersions(stage, id, "a");
        client.reInitializeContainer(id, version("b"), false);
        awaitVersions(stage, id, "a", "b");
        client.commitLastReInitialization(id);
        client.restartContainer(id);
        awaitVersions(stage, id, "a", "b", "b");
        client.reInitializeContainer(id, version("c"), false);
        awaitVersions(stage, id, "a", "b", "b", "c");
        client.rollbackLastReInitialization(id);
        awaitVersions(stage, id, "a", "b", "b", "c", "b");
    }

    @ContractTest
    void shouldRefuseForContainersThatDoNotRun(Stage stage) throws Exception {
        ContainerId unknown = stage.newContainer();
        assertThatThrownBy(() -> stage.node().restartContainer(unknown))
                .hasMessageContaining("Specified " + unknown + " does not exist!");
        ContainerId id = stage.start(Stage.launch("true"));
        stage.awaitEnd(id);
        assertThatThrownBy(() -> reinitialize(stage, id, version("b"), true))
                .hasMessageContaining(
                        "Cannot perform RE_INIT on [" + id + "]. Current state is [DONE, isReInitializing=false].");
        assertThatThrownBy(() -> stage.node().rollbackLastReInitialization(id))
                .hasMessageContaining("Cannot perform ROLLBACK on [" + id + "]");
        assertThatThrownBy(() -> stage.node().commitLastReInitialization(id))
                .hasMessageContaining("Cannot perform COMMIT on [" + id + "]");
    }

    @ContractTest
    void shouldRefuseStrangers(Stage stage) throws Exception {
        ContainerId id = running(stage, version("a"));
        assertThatThrownBy(() -> stage.stranger().restartContainer(id))
                .hasMessageContaining("not authorized to perform [RE_INIT] on Container [" + id + "]!!");
        assertThatThrownBy(() -> stage.stranger().rollbackLastReInitialization(id))
                .hasMessageContaining("not authorized to perform [ROLLBACK] on Container [" + id + "]!!");
        assertThatThrownBy(() -> stage.stranger().commitLastReInitialization(id))
                .hasMessageContaining("not authorized to perform [COMMIT] on Container [" + id + "]!!");
    }

    @ContractTest
    void shouldEndAContainerWhoseProcessIsBeingReplaced(Stage stage) throws Exception {
        ContainerId id = running(stage, Stage.launch("trap '' TERM; echo a > <LOG_DIR>/out; sleep 1000; sleep 1000"));
        stage.node().restartContainer(id);
        stage.stop(id);
        ContainerStatus ended = stage.awaitEnd(id);
        assertThat(ended.getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
    }
}
