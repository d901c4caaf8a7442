package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node manager with real containers answers over HTTP, and what it does not. */
class NodeWebTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String USER = "alice";

    private final HttpClient http = HttpClient.newHttpClient();
    private final FakeResourceManager resourceManager = new FakeResourceManager(7);
    private final Map<String, String> settings = new HashMap<>();
    private Path directory;

    /** Started by the test. */
    @SuppressWarnings("NullAway.Init")
    private NodeManager nodeManager;

    @BeforeEach
    void choose(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void stop() {
        if (nodeManager != null) {
            nodeManager.close();
        }
        resourceManager.close();
    }

    private void start() {
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, resourceManager.address());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(WebSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("local").toString());
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs").toString());
        settings.forEach(configuration::set);
        nodeManager = NodeManager.start(configuration);
        Await.until("a registration", LIMIT, nodeManager::isRegistered);
    }

    private static ContainerId container(int number) {
        return ContainerId.newContainerId(ApplicationAttemptId.newInstance(ApplicationId.newInstance(5, 1), 1), number);
    }

    /** Starts a container and waits until it has written a file named {@code ready}. */
    private ContainerId run(int number, String command) throws Exception {
        ContainerId id = container(number);
        ContainerLaunchContext launch = ContainerLaunchContext.newInstance(
                Map.of(),
                Map.of(),
                List.of(command + "; touch <LOG_DIR>/ready; while [ ! -e " + directory.resolve("go")
                        + " ]; do sleep 0.05; done; echo last >> <LOG_DIR>/out"),
                null,
                null,
                Map.of(ApplicationAccessType.VIEW_APP, "bob"));
        try (ApplicationMasterClient client = new ApplicationMasterClient(
                id.getApplicationAttemptId(),
                nodeManager.nodeId(),
                resourceManager.nmToken(id, nodeManager.nodeId(), USER))) {
            assertThat(client.start(
                                    resourceManager.containerToken(
                                            resourceManager.grant(id, nodeManager.nodeId(), USER)),
                                    launch)
                            .getSuccessfullyStartedContainers())
                    .containsExactly(id);
        }
        Path ready = directory
                .resolve("logs")
                .resolve(id.getApplicationAttemptId().getApplicationId().toString())
                .resolve(id.toString())
                .resolve("ready");
        Await.until("the container", LIMIT, () -> Files.exists(ready));
        return id;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + nodeManager.httpPort() + path));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String logs(ContainerId id) {
        return "/ws/v1/node/containers/" + id + "/logs";
    }

    @Test
    void shouldReadOnlyWhatLiesInTheContainersLogDirectory() throws Exception {
        Files.writeString(directory.resolve("secret"), "the node's secret");
        start();
        ContainerId id = run(
                1,
                "echo plain > <LOG_DIR>/out; ln -s out <LOG_DIR>/current; ln -s " + directory.resolve("secret")
                        + " <LOG_DIR>/away; ln -s ../../../secret <LOG_DIR>/up; mkfifo <LOG_DIR>/pipe;"
                        + " echo q > \"<LOG_DIR>/odd \\\\\\\"<b>&name\"");

        assertThat(get(logs(id) + "/out").body()).contains("plain");
        assertThat(get(logs(id) + "/current").body()).contains("plain");
        for (String name : List.of(
                "away",
                "up",
                "pipe",
                "nothing",
                "..%2F..%2F..%2Fsecret",
                "%2e%2e%2f%2e%2e%2f%2e%2e%2fsecret",
                "%2Fetc%2Fpasswd",
                "..",
                ".",
                "out%00")) {
            HttpResponse<String> answer = get(logs(id) + "/" + name);
            assertThat(answer.statusCode()).as(name).isEqualTo(404);
            assertThat(answer.body()).as(name).doesNotContain("secret");
        }
        assertThat(get(logs(id) + "/../../../../../../../etc/passwd").statusCode())
                .isEqualTo(404);
        assertThat(get(logs(id)).body()).contains("\"fileName\":\"out\"").doesNotContain("away", "pipe");
        HttpResponse<String> page = get("/node/container/" + id);
        assertThat(page.body()).contains("&lt;b&gt;&amp;name").doesNotContain("<b>");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'");
    }

    @Test
    void shouldFollowALogUntilItsContainerHasEnded() throws Exception {
        start();
        ContainerId id = run(1, "echo first > <LOG_DIR>/out");
        HttpResponse<InputStream> answer =
                http.send(request(logs(id) + "/out?follow=true").build(), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("first");
            Files.createFile(directory.resolve("go"));
            assertThat(lines.readLine()).isEqualTo("last");
            assertThat(lines.readLine()).isNull();
        }
    }

    @Test
    void shouldSendLargeLogsWhole() throws Exception {
        start();
        ContainerId id = run(1, "head -c 5000000 /dev/zero | tr '\\\\0' x > <LOG_DIR>/out");

        assertThat(get(logs(id) + "/out").body()).contains("x".repeat(5_000_000) + "End of LogType:out.");
        assertThat(get(logs(id) + "/out?size=-100000").body()).contains("\n" + "x".repeat(100_000) + "End");
        HttpResponse<String> head = http.send(
                request(logs(id) + "/out")
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
    }

    @Test
    void shouldShowLogsOnlyToThoseWhoMaySeeThem() throws Exception {
        settings.put(YarnConfiguration.YARN_ACL_ENABLE, "true");
        settings.put(YarnConfiguration.YARN_ADMIN_ACL, "carol");
        settings.put("hadoop.http.filter.initializers", "org.apache.hadoop.security.AuthenticationFilterInitializer");
        start();
        ContainerId id = run(1, "echo mine > <LOG_DIR>/out");
        for (String reader : List.of("alice", "bob", "carol")) {
            assertThat(get(logs(id) + "/out?user.name=" + reader).body())
                    .as(reader)
                    .contains("mine");
        }
        for (String reader : List.of("mallory", "", "dr.who")) {
            HttpResponse<String> answer = get(logs(id) + "/out?user.name=" + reader);
            assertThat(answer.statusCode()).as(reader).isEqualTo(403);
            assertThat(answer.body()).doesNotContain("mine");
            assertThat(get(logs(id) + "?user.name=" + reader).statusCode()).isEqualTo(403);
            assertThat(get("/node/container/" + id + "?user.name=" + reader).statusCode())
                    .isEqualTo(403);
            assertThat(get("/ws/v1/node/containers?user.name=" + reader).body())
                    .contains(id.toString())
                    .doesNotContain("ready");
        }
        assertThat(get(logs(id) + "/out").statusCode()).isEqualTo(403);
    }

    @Test
    void shouldCountForPrometheus() throws Exception {
        start();
        run(1, "true");
        String text = get("/prom").body();

        assertThat(text)
                .contains("heddle_node_containers{state=\"RUNNING\"} 1\n")
                .contains("heddle_node_containers_launched_total 1\n")
                .contains("heddle_node_launch_seconds_bucket{le=\"+Inf\"} 1\n")
                .contains("heddle_node_memory_allocated_mb 128\n")
                .contains("heddle_node_log_directory_good{path=\"" + directory.resolve("logs") + "\"} 1\n");
        assertThat(text.lines().filter(line -> !line.startsWith("#")))
                .allMatch(line -> line.matches("[a-z_]+(\\{[a-z]+=\"[^\"]*\"})? -?[0-9.E+-]+"));
        Files.createFile(directory.resolve("go"));
        Await.until("the end", LIMIT, () -> get("/prom")
                .body()
                .contains("heddle_node_containers_ended_total{how=\"completed\"} 1\n"));
    }

    @Test
    void shouldTellWhereItsPageIs() throws Exception {
        start();
        ContainerId id = run(1, "echo \\$NM_HTTP_PORT > <LOG_DIR>/out");

        assertThat(resourceManager.registrations.take().getHttpPort()).isEqualTo(nodeManager.httpPort());
        assertThat(get(logs(id) + "/out").body()).contains("LogContents:\n" + nodeManager.httpPort() + "\n");
        assertThat(get("/node").body()).contains("Heddle node " + nodeManager.nodeId(), id.toString());
        assertThat(get("/elsewhere").statusCode()).isEqualTo(404);
        assertThat(http.send(
                                request("/node")
                                        .POST(HttpRequest.BodyPublishers.noBody())
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void shouldSendOnWhoAsksForLogsThatAreElsewhere() throws Exception {
        settings.put(WebSettings.LOG_SERVER.key(), "http://history:1/ws/v1/history/");
        start();
        HttpResponse<String> answer = get(logs(container(9)) + "/out?size=3");

        assertThat(answer.statusCode()).isEqualTo(307);
        assertThat(answer.headers().firstValue("Location").orElseThrow())
                .isEqualTo("http://history:1/ws/v1/history/containers/" + container(9)
                        + "/logs/out?size=3&redirected_from_node=true");
    }
}
