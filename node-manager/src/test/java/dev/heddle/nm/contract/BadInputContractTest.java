package dev.heddle.nm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.Token;

/** What nobody should ask for, and what then must not happen. */
class BadInputContractTest {
    private static String refusal(Stage stage, ContainerLaunchContext launch) throws Exception {
        ContainerId id = stage.newContainer();
        StartContainersResponse response = stage.start(stage.token(stage.grant(id)), launch);
        assertThat(response.getSuccessfullyStartedContainers()).isEmpty();
        return Stage.message(response.getFailedRequests(), id);
    }

    /** Those who come later are served as if nothing had been. */
    private static void assertServes(Stage stage) throws Exception {
        assertThat(stage.awaitEnd(stage.start(Stage.launch("true"))).getExitStatus())
                .isZero();
    }

    @ContractTest
    void shouldSayThatACommandDoesNotExist(Stage stage) throws Exception {
        ContainerStatus ended = stage.awaitEnd(stage.start(Stage.launch("no-such-command --at-all")));
        assertThat(ended.getExitStatus()).isEqualTo(127);
        assertThat(ended.getDiagnostics())
                .contains("Container exited with a non-zero exit code 127. ")
                .contains("Error file: prelaunch.err.")
                .contains("no-such-command: command not found");
    }

    @ContractTest
    void shouldSayThatAFileIsMissing(Stage stage) throws Exception {
        LocalResource missing = Stage.resource(stage.file("there", ""));
        missing.getResource().setFile(missing.getResource().getFile() + "-not");
        ContainerStatus ended = stage.awaitEnd(stage.start(Stage.launch("true", Map.of("data", missing))));
        assertThat(ended.getExitStatus()).isEqualTo(-1000);
        assertThat(ended.getDiagnostics()).contains("there-not does not exist");
    }

    @ContractTest
    void shouldRefuseFilesThatAreNotSaid(Stage stage) throws Exception {
        LocalResource without = Stage.resource(stage.file("data", ""));
        ContainerLaunchContext launch = Stage.launch("true", Map.of("data", without));
        without.setResource(null);
        assertThat(refusal(stage, launch)).startsWith("Null resource URL for local resource data : ");
        LocalResource untyped = Stage.resource(stage.file("data", ""));
        launch = Stage.launch("true", Map.of("data", untyped));
        untyped.setType(null);
        assertThat(refusal(stage, launch)).startsWith("Null resource type for local resource data : ");
        LocalResource unseen = Stage.resource(stage.file("data", ""));
        launch = Stage.launch("true", Map.of("data", unseen));
        unseen.setVisibility(null);
        assertThat(refusal(stage, launch)).startsWith("Null resource visibility for local resource data : ");
    }

    @ContractTest
    void shouldRefuseServicesThatAreNotThere(Stage stage) throws Exception {
        ContainerLaunchContext launch = Stage.launch("true");
        launch.setServiceData(Map.of("no_such_service", ByteBuffer.allocate(1)));
        assertThat(refusal(stage, launch)).isEqualTo("The auxService:no_such_service does not exist");
    }

    @ContractTest
    void shouldTakeNamesWithQuotesAndBlanks(Stage stage) throws Exception {
        Map<String, LocalResource> resources = new HashMap<>();
        List<String> names = stage.onPurpose(
                "a name is a name; Hadoop's pastes it into a script",
                List.of(
                        "it's",
                        "two words",
                        "dollar$HOME",
                        "semi;colon",
                        "star*",
                        "#hash",
                        "a=b",
                        "\"quoted\"",
                        "a\nb"),
                List.of("two words", "semi;colon", "star*", "#hash", "a=b"));
        for (String name : names) {
            resources.put(name, Stage.resource(stage.file("f" + resources.size(), name)));
        }
        ContainerId id = stage.start(Stage.launch("echo > <LOG_DIR>/out; sleep 1000", resources));
        stage.awaitLines(id, "out", 1);
        resources.forEach((name, resource) ->
                assertThat(stage.workingDirectory(id).resolve(name)).hasContent(name));
    }

    @ContractTest
    void shouldNotTripOverNewlinesAndQuotesInValues(Stage stage) throws Exception {
        ContainerLaunchContext launch =
                Stage.launch("printenv LINES2 > <LOG_DIR>/out; printenv SINGLE >> <LOG_DIR>/out");
        launch.setEnvironment(Map.of("LINES2", "one\ntwo", "SINGLE", "it's"));
        ContainerId id = stage.start(launch);
        assertThat(stage.awaitEnd(id).getExitStatus()).isZero();
        assertThat(stage.awaitLines(id, "out", 3)).containsExactly("one", "two", "it's");
    }

    @ContractTest
    void shouldFailAContainerWhoseCommandIsTooLong(Stage stage) throws Exception {
        ContainerStatus ended = stage.awaitEnd(stage.start(Stage.launch("true " + "x".repeat(1_000_000))));
        assertThat(ended.getExitStatus()).isEqualTo(126);
        assertThat(ended.getDiagnostics()).contains("Argument list too long");
        assertServes(stage);
    }

    @ContractTest
    void shouldRefuseTokensThatAreNone(Stage stage) throws Exception {
        ContainerId id = stage.newContainer();
        Token token = stage.token(stage.grant(id));
        token.setIdentifier(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThatThrownBy(() -> stage.start(token, Stage.launch("true"))).isInstanceOf(Exception.class);
        assertServes(stage);
    }

    @ContractTest
    void shouldNotLetLinksLeaveTheContainersDirectory(Stage stage) throws Exception {
        Map<String, LocalResource> leaving =
                Map.of("../../leaving", Stage.resource(stage.file("data", "x"), LocalResourceType.FILE));
        boolean refused =
                stage.onPurpose("a link outside of its directory is none of a container's business", true, false);
        if (refused) {
            assertThat(refusal(stage, Stage.launch("true", leaving)))
                    .contains("'../../leaving': the name leads out of the container's directory");
        } else {
            ContainerId id = stage.start(Stage.launch("sleep 1000", leaving));
            assertThat(stage.status(id).getState()).isEqualTo(ContainerState.RUNNING);
        }
        assertServes(stage);
    }
}
