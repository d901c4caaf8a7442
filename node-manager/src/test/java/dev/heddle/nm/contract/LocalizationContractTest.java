package dev.heddle.nm.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.testbed.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.hadoop.yarn.api.protocolrecords.GetLocalizationStatusesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetLocalizationStatusesResponse;
import org.apache.hadoop.yarn.api.protocolrecords.ResourceLocalizationRequest;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalizationState;
import org.apache.hadoop.yarn.api.records.LocalizationStatus;
import org.apache.hadoop.yarn.client.api.NMClient;

/** The files of containers: those that they begin with, and those that they get while they run. */
class LocalizationContractTest {
    private static final String WAIT = "echo > <LOG_DIR>/out; sleep 1000";

    private static ContainerId running(Stage stage, Map<String, LocalResource> resources) throws Exception {
        ContainerId id = stage.start(Stage.launch(WAIT, resources));
        stage.awaitLines(id, "out", 1);
        return id;
    }

    private static void localize(Stage stage, ContainerId id, Map<String, LocalResource> resources) throws Exception {
        stage.node().localize(ResourceLocalizationRequest.newInstance(id, resources));
    }

    private static List<LocalizationStatus> statuses(Stage stage, ContainerId id) throws Exception {
        return stage.node()
                .getLocalizationStatuses(GetLocalizationStatusesRequest.newInstance(List.of(id)))
                .getLocalizationStatuses()
                .get(id);
    }

    private static void await(Stage stage, ContainerId id, String link, LocalizationState state) {
        Await.until(link + " to be " + state, Stage.LIMIT, () -> statuses(stage, id).stream()
                .anyMatch(status -> status.getResourceKey().equals(link) && status.getLocalizationState() == state));
    }

    private static Path jar(Stage stage, String name) throws IOException {
        Path jar = stage.file(name, "");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (String entry : List.of("classes/A.class", "lib/b.jar", "other/c")) {
                entries.putNextEntry(new JarEntry(entry));
                entries.write(entry.getBytes(StandardCharsets.UTF_8));
                entries.closeEntry();
            }
        }
        return jar;
    }

    @ContractTest
    void shouldUnpackWhatThePatternSaysBesideTheJar(Stage stage) throws Exception {
        LocalResource job = Stage.resource(jar(stage, "job.jar"), LocalResourceType.PATTERN);
        job.setPattern("(?:classes/|lib/).*");
        LocalResource all = Stage.resource(jar(stage, "all.jar"), LocalResourceType.PATTERN);
        LocalResource archive = Stage.resource(jar(stage, "whole.jar"), LocalResourceType.ARCHIVE);
        LocalResource plain = Stage.resource(stage.file("plain.txt", "text"), LocalResourceType.PATTERN);
        plain.setPattern("x");
        ContainerId id = running(stage, Map.of("job.jar", job, "all", all, "whole", archive, "plain", plain));
        Path directory = stage.workingDirectory(id);

        assertThat(directory.resolve("job.jar/classes/A.class")).hasContent("classes/A.class");
        assertThat(directory.resolve("job.jar/lib/b.jar")).hasContent("lib/b.jar");
        assertThat(directory.resolve("job.jar/other")).doesNotExist();
        assertThat(directory.resolve("job.jar/job.jar"))
                .hasSameBinaryContentAs(stage.file("job.jar.copy", "").resolveSibling("job.jar"));
        assertThat(directory.resolve("all/other/c")).hasContent("other/c");
        assertThat(directory.resolve("all/all.jar")).exists();
        assertThat(directory.resolve("whole/other/c")).hasContent("other/c");
        assertThat(directory.resolve("whole/whole.jar")).doesNotExist();
        assertThat(directory.resolve("plain")).hasContent("text");
    }

    @ContractTest
    void shouldPutMoreFilesIntoAContainerThatRuns(Stage stage) throws Exception {
        ContainerId id = running(stage, Map.of("first", Stage.resource(stage.file("first", "1"))));
        localize(
                stage,
                id,
                Map.of(
                        "second",
                        Stage.resource(stage.file("second", "2")),
                        "third",
                        Stage.resource(stage.file("third", "3"))));
        await(stage, id, "second", LocalizationState.COMPLETED);
        await(stage, id, "third", LocalizationState.COMPLETED);
        Path second = stage.workingDirectory(id).resolve("second");
        Await.until("the link", Stage.LIMIT, () -> Files.exists(second));
        assertThat(second).isSymbolicLink().hasContent("2");
        assertThat(statuses(stage, id))
                .extracting(LocalizationStatus::getResourceKey)
                .containsExactlyInAnyOrder("first", "second", "third");
    }

    @ContractTest
    void shouldServeTheStockClient(Stage stage) throws Exception {
        NMClient client = stage.client();
        ContainerId id = stage.newContainer();
        client.startContainer(stage.granted(stage.grant(id)), Stage.launch(WAIT));
        stage.awaitLines(id, "out", 1);
        client.localize(id, stage.nodeId(), Map.of("more", Stage.resource(stage.file("more", "content"))));
        await(stage, id, "more", LocalizationState.COMPLETED);
        assertThat(client.getLocalizationStatuses(id, stage.nodeId())).hasSize(1);
    }

    @ContractTest
    void shouldSayWhichFilesCannotBeHadAndRunOn(Stage stage) throws Exception {
        ContainerId id = running(stage, Map.of());
        LocalResource changed = Stage.resource(stage.file("changed", "x"));
        changed.setTimestamp(1);
        localize(stage, id, Map.of("changed", changed));
        await(stage, id, "changed", LocalizationState.FAILED);
        assertThat(statuses(stage, id).get(0).getDiagnostics()).contains("changed on src filesystem - expected: ");
        assertThat(stage.status(id).getDiagnostics()).contains("changed on src filesystem");
        assertThat(stage.status(id).getState()).isEqualTo(ContainerState.RUNNING);
    }

    @ContractTest
    void shouldRefuseFilesForContainersThatDoNotRun(Stage stage) throws Exception {
        Map<String, LocalResource> resources = Map.of("data", Stage.resource(stage.file("data", "x")));
        ContainerId unknown = stage.newContainer();
        assertThatThrownBy(() -> localize(stage, unknown, resources))
                .hasMessageContaining("Specified " + unknown + " does not exist!");
        ContainerId ended = stage.start(Stage.launch("true"));
        stage.awaitEnd(ended);
        assertThatThrownBy(() -> localize(stage, ended, resources))
                .hasMessageContaining("Cannot perform LOCALIZE on [" + ended
                        + "]. Current state is [DONE, isReInitializing=false]."
                        + " Container Execution Type is [GUARANTEED].");
        ContainerId id = running(stage, Map.of());
        assertThatThrownBy(() -> stage.stranger().localize(ResourceLocalizationRequest.newInstance(id, resources)))
                .hasMessageContaining(
                        "ApplicationMaster not authorized to perform [LOCALIZE] on Container [" + id + "]!!");
    }

    @ContractTest
    void shouldTellOfEachContainerHowItsFilesAre(Stage stage) throws Exception {
        ContainerId id = running(stage, Map.of("data", Stage.resource(stage.file("data", "x"))));
        ContainerId unknown = stage.newContainer();
        GetLocalizationStatusesResponse told =
                stage.node().getLocalizationStatuses(GetLocalizationStatusesRequest.newInstance(List.of(unknown, id)));
        assertThat(told.getLocalizationStatuses()).containsOnlyKeys(id);
        GetLocalizationStatusesResponse stolen =
                stage.stranger().getLocalizationStatuses(GetLocalizationStatusesRequest.newInstance(List.of(id)));
        assertThat(stolen.getLocalizationStatuses()).isEmpty();
        boolean reasons = stage.onPurpose("Hadoop's record loses them on its way", true, false);
        if (reasons) {
            assertThat(Stage.message(told.getFailedRequests(), unknown))
                    .isEqualTo("Container " + unknown + " is not handled by this NodeManager");
            assertThat(Stage.message(stolen.getFailedRequests(), id))
                    .contains("attempted to get status for non-application container : " + id);
        } else {
            assertThat(told.getFailedRequests()).isEmpty();
            assertThat(stolen.getFailedRequests()).isEmpty();
        }
    }
}
