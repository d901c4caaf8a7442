package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.config.ConfigurationFiles;
import dev.heddle.testbed.Await;
import dev.heddle.testbed.HadoopProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.client.api.YarnClientApplication;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Asks Hadoop's node manager and Heddle's the same over HTTP, each with one container, and compares the answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeRestIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** So much that a node has room for one. */
    private static final int MASTER_MB = 3_000;

    private static final int NODE_MB = 4_096;

    private final HttpClient http = HttpClient.newHttpClient();
    private Path stop;
    private HadoopProcess cluster;
    private HadoopProcess hadoopsNode;
    private NodeManager nodeManager;
    private YarnClient client;
    private Side hadoop;
    private Side heddle;

    /** One of the two nodes, and what runs there. */
    private record Side(String address, String node, String application, String container) {
        /** What tells one node and its container from another, by a name. */
        String without(String text) {
            return text.replace(container, "CONTAINER")
                    .replace(application, "APPLICATION")
                    .replace(address, "ADDRESS")
                    .replace(node, "NODE")
                    .replace(node.replace(":", "_"), "NODE");
        }
    }

    @BeforeAll
    void startBoth(@TempDir Path directory) throws Exception {
        stop = directory.resolve("stop");
        cluster = HadoopProcess.cluster(
                directory.resolve("hadoop"), 0, Map.of("yarn.scheduler.capacity.maximum-am-resource-percent", "1.0"));
        hadoopsNode = HadoopProcess.nodeManager(directory.resolve("node"), cluster.configurationDirectory());
        YarnConfiguration configuration = ConfigurationFiles.load(cluster.configurationDirectory());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(WebSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.setInt(NodeManagerSettings.MEMORY.key(), NODE_MB);
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("local").toString());
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs").toString());
        nodeManager = NodeManager.start(configuration);
        client = YarnClient.createYarnClient();
        client.init(configuration);
        client.start();
        Await.until(
                "the nodes to run",
                LIMIT,
                () -> client.getNodeReports(NodeState.RUNNING).size() == 2);
        submit();
        submit();
        Map<String, Side> sides = new HashMap<>();
        for (NodeReport report : client.getNodeReports(NodeState.RUNNING)) {
            sides.put(report.getNodeId().toString(), side(report));
        }
        heddle = sides.remove(nodeManager.nodeId().toString());
        hadoop = sides.values().iterator().next();
    }

    @AfterAll
    void stopBoth() throws IOException {
        Files.createFile(stop);
        client.close();
        nodeManager.close();
        hadoopsNode.close();
        cluster.close();
    }

    private void submit() throws Exception {
        YarnClientApplication application = client.createApplication();
        ApplicationSubmissionContext context = application.getApplicationSubmissionContext();
        context.setApplicationName("test");
        context.setResource(Resource.newInstance(MASTER_MB, 1));
        context.setAMContainerSpec(ContainerLaunchContext.newInstance(
                Map.of(),
                Map.of(),
                List.of("echo one two three > <LOG_DIR>/stdout; while [ ! -e " + stop + " ]; do sleep 0.1; done"),
                null,
                null,
                null));
        client.submitApplication(context);
    }

    private Side side(NodeReport report) {
        String address = report.getHttpAddress();
        String containers = "http://" + address + "/ws/v1/node/containers";
        Await.until(() -> "a running container in " + get(containers).body(), LIMIT, () -> {
            String body = get(containers).body();
            return body.contains("RUNNING") && body.contains("stdout");
        });
        String container = new JsonObject(get(containers).body())
                .getJsonObject("containers")
                .getJsonArray("container")
                .getJsonObject(0)
                .getString("id");
        String application =
                "application_" + container.split("_", -1)[1] + "_" + container.split("_", -1)[2];
        assertThat(ApplicationId.fromString(application)).isNotNull();
        return new Side(address, report.getNodeId().toString(), application, container);
    }

    private HttpResponse<String> get(String address, String... headers) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(address, e);
        }
    }

    private HttpResponse<String> ask(Side side, String path, String... headers) {
        return get(
                "http://" + side.address()
                        + path.replace("CONTAINER", side.container()).replace("APPLICATION", side.application()),
                headers);
    }

    /** What is the same for both, whatever the node and the time. */
    private static String common(Side side, HttpResponse<String> response) {
        return response.statusCode() + " " + type(response) + "\n"
                + side.without(response.body())
                        // Hadoop's node manager describes a container's directory in a file of its own.
                        .replaceAll("\"containerLogFiles\":\\[[^]]*]", "\"containerLogFiles\":[]")
                        .replaceAll("<containerLogFiles>[^<]*</containerLogFiles>", "")
                        .replaceAll("(lastNodeUpdateTime|nmStartupTime)(\"?[:>])\\d+", "$1$20")
                        .replaceAll("(nodeHostName\"?[:>]\"?)(localhost|127.0.0.1)", "$1HOST")
                        .replaceAll("LogLastModifiedTime:.*", "LogLastModifiedTime:")
                        .replaceAll("=+", "=")
                        .replaceAll("\\*+", "*")
                        .replace(" standalone=\"yes\"", "")
                        .replace("<apps/>", "<apps></apps>");
    }

    private static String type(HttpResponse<?> response) {
        return response.headers().firstValue("Content-Type").orElse("none").replace(" ", "");
    }

    private void assertSame(String path, String... headers) {
        assertThat(common(heddle, ask(heddle, path, headers)))
                .as(path)
                .isEqualTo(common(hadoop, ask(hadoop, path, headers)));
    }

    @Test
    void shouldSayTheSameInJsonAndXml() {
        for (String path : List.of(
                "/ws/v1/node",
                "/ws/v1/node/info",
                "/ws/v1/node/apps",
                "/ws/v1/node/apps?state=RUNNING",
                "/ws/v1/node/apps?state=FINISHED",
                "/ws/v1/node/apps?state=NONSENSE",
                "/ws/v1/node/apps?user=nobody",
                "/ws/v1/node/apps?user=",
                "/ws/v1/node/apps/APPLICATION",
                "/ws/v1/node/apps/application_1_0001",
                "/ws/v1/node/apps/nonsense",
                "/ws/v1/node/containers",
                "/ws/v1/node/containers/CONTAINER",
                "/ws/v1/node/containers/container_1_0001_01_000001",
                "/ws/v1/node/containers/nonsense",
                "/ws/v1/node/containers/nonsense/logs")) {
            assertSame(path);
            assertSame(path, "Accept", "application/json");
            assertSame(path, "Accept", "application/xml");
        }
    }

    @Test
    void shouldSendTheSameLogs() {
        for (String query : List.of(
                "",
                "?size=3",
                "?size=0",
                "?size=-6",
                "?size=100",
                "?size=-100",
                "?format=text",
                "?format=octet-stream")) {
            assertSame("/ws/v1/node/containers/CONTAINER/logs/stdout" + query);
            assertSame("/ws/v1/node/containerlogs/CONTAINER/stdout" + query);
        }
        assertThat(ask(heddle, "/ws/v1/node/containers/CONTAINER/logs/stdout?format=x")
                        .statusCode())
                .isEqualTo(ask(hadoop, "/ws/v1/node/containers/CONTAINER/logs/stdout?format=x")
                        .statusCode());
        assertThat(ask(heddle, "/ws/v1/node/containers/CONTAINER/logs/nothing").statusCode())
                .isEqualTo(ask(hadoop, "/ws/v1/node/containers/CONTAINER/logs/nothing")
                        .statusCode());
    }

    @Test
    void shouldListLogsInTheSameFields() {
        Map<String, String> both = new HashMap<>();
        for (Side side : List.of(hadoop, heddle)) {
            JsonObject logs = new JsonObject(
                            ask(side, "/ws/v1/node/containers/CONTAINER/logs").body())
                    .getJsonObject("containerLogsInfo");
            JsonObject stdout = logs.getJsonArray("containerLogInfo").stream()
                    .map(JsonObject.class::cast)
                    .filter(file -> file.getString("fileName").equals("stdout"))
                    .findFirst()
                    .orElseThrow();
            assertThat(stdout.remove("lastModifiedTime").toString()).isNotEmpty();
            logs.put("containerLogInfo", stdout);
            both.put(side.node(), side.without(logs.encode()));
        }
        assertThat(both.get(heddle.node())).isEqualTo(both.get(hadoop.node()));
    }
}
