package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import dev.heddle.testbed.HadoopProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.client.api.YarnClientApplication;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop's own node manager, in a process of its own, under this resource manager. */
@NullUnmarked
class StockNodeTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    static Path directory;

    private static RunningResourceManager resourceManager;
    private static HadoopProcess node;
    private static YarnClient client;

    @BeforeAll
    static void start() throws Exception {
        resourceManager = RunningResourceManager.start();
        client = resourceManager.client();
        node = HadoopProcess.nodeManager(
                directory.resolve("node"), resourceManager.writeConfiguration(directory.resolve("conf")));
        Await.until(
                "a registered node",
                LIMIT,
                () -> client.getNodeReports(NodeState.RUNNING).size() == 1);
    }

    @AfterAll
    static void stop() throws Exception {
        client.stop();
        node.close();
        resourceManager.close();
    }

    @Test
    void shouldStartTheMasterAndTryAgainWhenItEndsUnregistered() throws Exception {
        ApplicationId id = submit("exit 3");
        ApplicationReport report = awaitEnd(id);
        assertThat(report.getYarnApplicationState()).isEqualTo(YarnApplicationState.FAILED);
        assertThat(report.getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.FAILED);
        assertThat(report.getCurrentApplicationAttemptId().getAttemptId()).isEqualTo(2);
        assertThat(report.getDiagnostics()).contains(id + " failed 2 times").contains("exitCode: 3");
    }

    @Test
    void shouldEndTheProcessOfAKilledApplication() throws Exception {
        ApplicationId id = submit("sleep 1000");
        Await.until("the master's container to run", LIMIT, () -> node.process().descendants().stream()
                .anyMatch(process -> commandLine(process).contains("sleep 1000")));
        client.killApplication(id, "not wanted any more");
        ApplicationReport report = client.getApplicationReport(id);
        assertThat(report.getYarnApplicationState()).isEqualTo(YarnApplicationState.KILLED);
        assertThat(report.getDiagnostics())
                .contains("Application " + id + " was killed by user ")
                .endsWith("not wanted any more");
        assertThat(report.getHost()).isEqualTo("N/A");
        assertThat(report.getRpcPort()).isEqualTo(-1);
        Await.until("the process to end", LIMIT, () -> node.process().descendants().stream()
                .noneMatch(process -> commandLine(process).contains("sleep 1000")));
        Await.until(
                "the room to be free",
                LIMIT,
                () -> client.getNodeReports(NodeState.RUNNING).get(0).getUsed().getMemorySize() == 0);
    }

    private static String commandLine(ProcessHandle process) {
        return process.info().commandLine().orElse("");
    }

    private static ApplicationId submit(String command) throws Exception {
        YarnClientApplication application = client.createApplication();
        ApplicationSubmissionContext context = application.getApplicationSubmissionContext();
        context.setApplicationName("stock node test");
        context.setResource(Resource.newInstance(128, 1));
        context.setAMContainerSpec(
                ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(command), null, null, null));
        client.submitApplication(context);
        return context.getApplicationId();
    }

    private static ApplicationReport awaitEnd(ApplicationId id) throws Exception {
        Await.until("the end of " + id, LIMIT, () -> switch (client.getApplicationReport(id)
                .getYarnApplicationState()) {
            case FINISHED, FAILED, KILLED -> true;
            case NEW, NEW_SAVING, SUBMITTED, ACCEPTED, RUNNING -> false;
        });
        return client.getApplicationReport(id);
    }
}
