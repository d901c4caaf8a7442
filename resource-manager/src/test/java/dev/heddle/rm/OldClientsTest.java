package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.ChildProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of Hadoop 2, each in a process and on a class path of its own, with this resource manager. */
class OldClientsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final RunningResourceManager resourceManager = RunningResourceManager.start();
    private String classPath = "";

    @BeforeEach
    void buildClassPath(@TempDir Path directory) throws Exception {
        classPath = String.join(
                ":",
                resourceManager.writeConfiguration(directory).toString(),
                Path.of(OldClient.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString(),
                hadoop2());
    }

    private static String hadoop2() throws IOException {
        try (InputStream in = OldClientsTest.class.getResourceAsStream("/hadoop2-class-path.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8).trim();
        }
    }

    @AfterEach
    void stop() {
        resourceManager.close();
    }

    private String output(Path directory, String mainClass, String... arguments) {
        try (ChildProcess process =
                ChildProcess.java(directory, "old-client", Map.of(), List.of(), classPath, mainClass, arguments)) {
            int status = process.awaitExit(LIMIT);
            assertThat(status)
                    .as(() -> process.stdout() + "\n" + process.stderr())
                    .isZero();
            return process.stdout();
        }
    }

    @Test
    void shouldServeANodeASubmitterAndAMasterOfHadoop2(@TempDir Path directory) {
        assertThat(output(directory, OldClient.class.getName()).lines())
                .containsSubsequence(
                        "hadoop 2.10.2",
                        "node",
                        "application ACCEPTED",
                        "registered",
                        "container 127.0.0.1:45454 256 MB",
                        "end SUCCEEDED")
                .anyMatch(line -> line.startsWith("unknown ") && line.contains("application_1_0001"));
    }

    @Test
    void shouldListApplicationsAndNodesForTheCommandsOfHadoop2(@TempDir Path directory) throws Exception {
        ApplicationId id = submitUnmanaged();
        assertThat(output(directory, "org.apache.hadoop.yarn.client.cli.ApplicationCLI", "application", "-list"))
                .contains("Total number of applications", id.toString(), "for the old", "ACCEPTED");
        assertThat(output(directory, "org.apache.hadoop.yarn.client.cli.NodeCLI", "-list", "-all"))
                .contains("Total Nodes:0");
    }

    private ApplicationId submitUnmanaged() throws Exception {
        try (YarnClient client = resourceManager.client()) {
            ApplicationSubmissionContext context = client.createApplication().getApplicationSubmissionContext();
            context.setApplicationName("for the old");
            context.setUnmanagedAM(true);
            context.setResource(Resource.newInstance(128, 1));
            context.setAMContainerSpec(
                    ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(), null, null, null));
            return client.submitApplication(context);
        }
    }
}
