package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import dev.heddle.testbed.HadoopProcess;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.WritableUtils;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MapReduce's own shuffle service in this node manager, asked as a reducer asks it. */
class ShuffleHandlerTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SERVICE = "mapreduce_shuffle";
    private static final String USER = "alice";
    private static final ApplicationId APPLICATION = ApplicationId.newInstance(1_700_000_000_000L, 7);
    private static final String JOB = "job_1700000000000_0007";
    private static final String MAP = "attempt_1700000000000_0007_m_000000_0";
    private static final ContainerId CONTAINER =
            ContainerId.newContainerId(ApplicationAttemptId.newInstance(APPLICATION, 1), 2);
    private static final List<String> PARTITIONS = List.of("of the first reducer", "of the second one");
    private static final byte[] SECRET = "the secret of this job".getBytes(StandardCharsets.UTF_8);

    private final Path directory;

    private final FakeResourceManager resourceManager = new FakeResourceManager(11);
    private NodeManager nodeManager;

    ShuffleHandlerTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void start() {
        // A node manager registers its metrics once in a process, and this is not the only one here.
        DefaultMetricsSystem.setMiniClusterMode(true);
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, resourceManager.address());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(WebSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("a") + "," + directory.resolve("b"));
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs").toString());
        configuration.set(YarnConfiguration.NM_AUX_SERVICES, SERVICE);
        // All of Hadoop, as somebody names it who has it: what this daemon has of it too is this daemon's.
        configuration.set("yarn.nodemanager.aux-services.mapreduce_shuffle.classpath", HadoopProcess.classPath());
        configuration.setInt("mapreduce.shuffle.port", 0);
        nodeManager = NodeManager.start(configuration);
        Await.until("a registration", LIMIT, nodeManager::isRegistered);
    }

    @AfterEach
    void stop() {
        nodeManager.close();
        resourceManager.close();
    }

    private static ByteBuffer jobToken() throws IOException {
        DataOutputBuffer identifier = new DataOutputBuffer();
        new Text(JOB).write(identifier);
        DataOutputBuffer token = new DataOutputBuffer();
        new Token<>(
                        Arrays.copyOf(identifier.getData(), identifier.getLength()),
                        SECRET,
                        new Text("mapreduce.job"),
                        new Text())
                .write(token);
        return ByteBuffer.wrap(token.getData(), 0, token.getLength());
    }

    /** Writes a map's output as a map task does: the partitions one behind the other, and where each is. */
    private void writeMapOutput(Path folder) throws IOException {
        Files.createDirectories(folder);
        ByteArrayOutputStream index = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(index);
        StringBuilder content = new StringBuilder();
        for (String partition : PARTITIONS) {
            out.writeLong(content.length());
            out.writeLong(partition.length());
            out.writeLong(partition.length());
            content.append(partition);
        }
        CRC32 checksum = new CRC32();
        checksum.update(index.toByteArray());
        out.writeLong(checksum.getValue());
        Files.writeString(folder.resolve("file.out"), content);
        Files.write(folder.resolve("file.out.index"), index.toByteArray());
    }

    private static String hash(String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(SECRET, "HmacSHA1"));
        return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** By the same client that reducers use. */
    private static HttpURLConnection fetch(int port, int reduce, String hash) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + query(reduce)).toURL().openConnection();
        connection.setRequestProperty("UrlHash", hash);
        connection.setRequestProperty("name", "mapreduce");
        connection.setRequestProperty("version", "1.0.0");
        connection.setConnectTimeout((int) LIMIT.toMillis());
        connection.setReadTimeout((int) LIMIT.toMillis());
        return connection;
    }

    private static String query(int reduce) {
        return "/mapOutput?job=" + JOB + "&reduce=" + reduce + "&map=" + MAP;
    }

    private static String message(int port, int reduce) {
        return port + query(reduce);
    }

    @Test
    void shouldServeMapOutputToReducers() throws Exception {
        Path output = directory.resolve("output");
        writeMapOutput(output.resolve(MAP));
        try (ApplicationMasterClient client = new ApplicationMasterClient(
                CONTAINER.getApplicationAttemptId(),
                nodeManager.nodeId(),
                resourceManager.nmToken(CONTAINER, nodeManager.nodeId(), USER))) {
            ContainerLaunchContext launch = ContainerLaunchContext.newInstance(
                    Map.of(),
                    Map.of(),
                    List.of("cp -r " + output + " \"${LOCAL_DIRS##*,}\""),
                    Map.of(SERVICE, jobToken()),
                    null,
                    null);
            StartContainersResponse started = client.start(
                    resourceManager.containerToken(resourceManager.grant(CONTAINER, nodeManager.nodeId(), USER)),
                    launch);
            ByteBuffer metadata = started.getAllServicesMetaData().get(SERVICE);
            int port = Objects.requireNonNull(metadata).getInt();
            Await.until(
                    "the map's end",
                    LIMIT,
                    () -> client.status(CONTAINER).getContainerStatuses().get(0).getState() == ContainerState.COMPLETE);

            for (int reduce = 0; reduce < PARTITIONS.size(); reduce++) {
                String hash = hash(message(port, reduce));
                HttpURLConnection response = fetch(port, reduce, hash);

                assertThat(response.getResponseCode()).isEqualTo(HttpURLConnection.HTTP_OK);
                assertThat(response.getHeaderField("ReplyHash")).isEqualTo(hash(hash));
                DataInputStream in = new DataInputStream(response.getInputStream());
                assertThat(Text.readString(in)).isEqualTo(MAP);
                assertThat(WritableUtils.readVLong(in))
                        .isEqualTo(PARTITIONS.get(reduce).length());
                assertThat(WritableUtils.readVLong(in))
                        .isEqualTo(PARTITIONS.get(reduce).length());
                assertThat(WritableUtils.readVInt(in)).isEqualTo(reduce);
                assertThat(in.readAllBytes()).asString().isEqualTo(PARTITIONS.get(reduce));
            }
            assertThat(fetch(port, 0, hash("something else")).getResponseCode())
                    .isEqualTo(HttpURLConnection.HTTP_UNAUTHORIZED);

            NodeHeartbeatResponse over = FakeResourceManager.answer();
            over.addAllApplicationsToCleanup(List.of(APPLICATION));
            resourceManager.answers.add(over);
            Await.until(
                    "the end of the job",
                    LIMIT,
                    () -> fetch(port, 0, hash(message(port, 0))).getResponseCode()
                            == HttpURLConnection.HTTP_UNAUTHORIZED);
        }
    }
}
