package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.config.ConfigurationFiles;
import dev.heddle.testbed.Await;
import dev.heddle.testbed.ChildProcess;
import dev.heddle.testbed.HadoopProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.LogAggregationStatus;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.client.api.YarnClientApplication;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop's own {@code yarn logs}, in a process of its own, on what Heddle's node manager holds and has uploaded. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LogsCommandIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String COMMAND = "org.apache.hadoop.yarn.client.cli.LogsCLI";

    private final AtomicInteger runs = new AtomicInteger();
    private Path directory;
    private HadoopProcess cluster;
    private NodeManager nodeManager;
    private YarnClient client;

    @BeforeAll
    void startCluster(@TempDir Path directory) throws Exception {
        this.directory = directory;
        cluster = HadoopProcess.cluster(
                directory.resolve("hadoop"),
                0,
                Map.of(
                        YarnConfiguration.LOG_AGGREGATION_ENABLED,
                        "true",
                        YarnConfiguration.NM_REMOTE_APP_LOG_DIR,
                        directory.resolve("remote").toUri().toString(),
                        // The command asks the master of a running application through it.
                        YarnConfiguration.RM_WEBAPP_ADDRESS,
                        "127.0.0.1:0"));
        YarnConfiguration configuration = ConfigurationFiles.load(cluster.configurationDirectory());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(WebSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("local").toString());
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs").toString());
        nodeManager = NodeManager.start(configuration);
        client = YarnClient.createYarnClient();
        client.init(configuration);
        client.start();
        Await.until(
                "the node to run",
                LIMIT,
                () -> client.getNodeReports(NodeState.RUNNING).size() == 1);
    }

    @AfterAll
    void stopCluster() throws IOException {
        client.close();
        nodeManager.close();
        cluster.close();
    }

    private ApplicationId submit(String command) throws Exception {
        YarnClientApplication application = client.createApplication();
        ApplicationSubmissionContext context = application.getApplicationSubmissionContext();
        context.setApplicationName("test");
        context.setMaxAppAttempts(1);
        context.setResource(Resource.newInstance(256, 1));
        context.setAMContainerSpec(
                ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(command), null, null, null));
        try {
            return client.submitApplication(context);
        } catch (YarnException e) {
            // The client looks until it sees the application accepted; one that has failed by then is an error to it.
            return context.getApplicationId();
        }
    }

    private String logs(String... arguments) throws IOException {
        String name = "logs-" + runs.incrementAndGet();
        try (ChildProcess process = ChildProcess.java(
                directory,
                name,
                Map.of(),
                List.of("-Xmx256m", "-Djava.net.preferIPv4Stack=true", "-Djava.io.tmpdir=" + directory),
                cluster.configurationDirectory() + ":" + HadoopProcess.classPath(),
                COMMAND,
                arguments)) {
            process.awaitExit(LIMIT);
            return process.stdout() + process.stderr();
        }
    }

    @Test
    void shouldShowTheLogsOfAnApplicationThatHasEnded() throws Exception {
        ApplicationId id = submit("echo one two three > <LOG_DIR>/stdout; echo wrong > <LOG_DIR>/stderr; exit 3");
        Await.until("the upload", LIMIT, () -> {
            ApplicationReport report = client.getApplicationReport(id);
            return report.getYarnApplicationState() == YarnApplicationState.FAILED
                    && report.getLogAggregationStatus() == LogAggregationStatus.SUCCEEDED;
        });
        String container = client.getApplicationReport(id)
                .getCurrentApplicationAttemptId()
                .toString()
                .replace("appattempt_", "container_");
        container = container.substring(0, container.length() - "000001".length()) + "01_000001";
        String node = nodeManager.nodeId().toString();

        String all = logs("-applicationId", id.toString());
        assertThat(all)
                .contains("Container: " + container + " on " + node.replace(":", "_"))
                .contains("LogAggregationType: AGGREGATED", "LogType:stdout", "LogLength:14", "one two three\n")
                .contains("LogType:stderr", "wrong\n");
        assertThat(logs("-applicationId", id.toString(), "-containerId", container, "-log_files", "stderr"))
                .contains("LogType:stderr", "wrong\n")
                .doesNotContain("LogType:stdout");
        assertThat(logs("-applicationId", id.toString(), "-log_files", "stdout", "-size", "3"))
                .contains("one\nEnd of LogType:stdout")
                .doesNotContain("two");
        assertThat(logs("-applicationId", id.toString(), "-log_files", "stdout", "-size", "-6"))
                .contains("\nthree\n")
                .doesNotContain("two");
        assertThat(logs("-applicationId", id.toString(), "-show_application_log_info"))
                .contains("Application State: Completed.", "Container: " + container);
        assertThat(logs("-applicationId", id.toString(), "-show_container_log_info"))
                .contains("stdout", "stderr", "AGGREGATED");
    }

    @Test
    void shouldShowTheLogsOfARunningContainer() throws Exception {
        Path stop = directory.resolve("stop");
        ApplicationId id =
                submit("echo still here > <LOG_DIR>/stdout; while [ ! -e " + stop + " ]; do sleep 0.1; done");
        String container = "container_" + id.toString().substring("application_".length()) + "_01_000001";
        URI address = URI.create(
                "http://127.0.0.1:" + nodeManager.httpPort() + "/ws/v1/node/containers/" + container + "/logs/stdout");
        AtomicReference<String> seen = new AtomicReference<>("");
        Await.until(() -> "the log at " + address + ", and not " + seen.get(), LIMIT, () -> {
            seen.set(HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString())
                    .body());
            return String.valueOf(seen.get()).contains("still here");
        });

        String shown = logs("-containerId", container, "-applicationId", id.toString(), "-log_files", "stdout");
        Files.createFile(stop);
        assertThat(shown)
                .contains("LogAggregationType: LOCAL", "LogType:stdout", "still here\n")
                .contains("This log file belongs to a running container (" + container + ")");
    }
}
