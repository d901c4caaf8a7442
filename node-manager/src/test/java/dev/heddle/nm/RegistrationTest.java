package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.common.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.yarn.api.records.NodeAttribute;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node says of itself, and what it takes from its resource manager. */
class RegistrationTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path directory;

    private final FakeResourceManager resourceManager = new FakeResourceManager(11);
    private final CompletableFuture<String> dismissal = new CompletableFuture<>();
    private @Nullable NodeManager nodeManager;

    RegistrationTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void stop() {
        if (nodeManager != null) {
            nodeManager.close();
        }
        resourceManager.close();
    }

    private void start(Map<String, String> settings) {
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, resourceManager.address());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(WebSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("local").toString());
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs").toString());
        settings.forEach(configuration::set);
        nodeManager = NodeManager.start(configuration, InstantSource.system(), dismissal::complete);
    }

    private RegisterNodeManagerRequest registration() throws InterruptedException {
        RegisterNodeManagerRequest registration =
                resourceManager.registrations.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(registration).isNotNull();
        return registration;
    }

    private NodeHeartbeatRequest heartbeat() throws InterruptedException {
        NodeHeartbeatRequest heartbeat = resourceManager.heartbeats.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(heartbeat).isNotNull();
        return heartbeat;
    }

    /** A script that prints a file; the file is replaced as a whole, since the script may run at any moment. */
    private Path script(Path printed) throws IOException {
        Path script = Files.writeString(directory.resolve("describe"), "#!/bin/sh\ncat " + printed + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    private void print(Path file, String text) throws IOException {
        Path fresh = Files.writeString(directory.resolve("fresh"), text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void shouldSayWhatTheMachineHas() throws Exception {
        start(Map.of());
        RegisterNodeManagerRequest request = registration();

        assertThat(request.getResource()).isEqualTo(Resource.newInstance(8192, 8));
        assertThat(request.getPhysicalResource().getMemorySize())
                .isEqualTo(Machine.detect().memoryMb());
        assertThat(request.getPhysicalResource().getVirtualCores())
                .isEqualTo(Machine.detect().processors());
        assertThat(request.getNodeLabels()).isNull();
        assertThat(request.getNodeAttributes()).isNull();
    }

    @Test
    void shouldSayWhatItIsConfiguredToBe() throws Exception {
        start(Map.of(
                "yarn.nodemanager.node-labels.provider", "config",
                "yarn.nodemanager.node-labels.provider.configured-node-partition", "gpu",
                "yarn.nodemanager.node-attributes.provider", "config",
                "yarn.nodemanager.node-attributes.provider.configured-node-attributes", "os,STRING,linux"));
        RegisterNodeManagerRequest request = registration();

        assertThat(request.getNodeLabels()).containsExactly(NodeLabel.newInstance("gpu"));
        assertThat(request.getNodeAttributes())
                .singleElement()
                .extracting(NodeAttribute::getAttributeValue)
                .isEqualTo("linux");
        for (int number = 0; number < 3; number++) {
            NodeHeartbeatRequest unchanged = heartbeat();
            assertThat(unchanged.getNodeLabels()).isNull();
            assertThat(unchanged.getNodeAttributes()).isNull();
        }
    }

    @Test
    void shouldSayItAgainWhenItHasChanged() throws Exception {
        Path printed = directory.resolve("printed");
        print(printed, "NODE_PARTITION:old\n");
        start(Map.of(
                "yarn.nodemanager.node-labels.provider", "script",
                "yarn.nodemanager.node-labels.provider.script.path",
                        script(printed).toString(),
                "yarn.nodemanager.node-labels.provider.fetch-interval-ms", "20"));
        assertThat(registration().getNodeLabels()).containsExactly(NodeLabel.newInstance("old"));

        print(printed, "NODE_PARTITION:new\n");
        assertThat(nextLabels()).containsExactly(NodeLabel.newInstance("new"));
        // What cannot be read changes nothing.
        Files.delete(printed);
        print(printed, "NODE_PARTITION:not a label\n");
        print(printed, "no label any more\n");
        assertThat(nextLabels()).isEmpty();
        resourceManager.forgetNode();
        assertThat(registration().getNodeLabels()).isEmpty();
    }

    private Set<NodeLabel> nextLabels() throws InterruptedException {
        Set<NodeLabel> labels;
        do {
            labels = heartbeat().getNodeLabels();
        } while (labels == null);
        return labels;
    }

    @Test
    void shouldSayItAgainNowAndThen() throws Exception {
        start(Map.of(
                "yarn.nodemanager.node-attributes.provider", "config",
                "yarn.nodemanager.node-attributes.provider.configured-node-attributes", "os,STRING,linux",
                "yarn.nodemanager.node-attributes.resync-interval-ms", "10"));

        assertThat(nextAttributes()).hasSize(1);
        assertThat(nextAttributes()).hasSize(1);
    }

    @Test
    void shouldStartWithoutKnowingWhatItsScriptDoesNotSay() throws Exception {
        Path printed = directory.resolve("printed");
        start(Map.of(
                "yarn.nodemanager.node-attributes.provider", "script",
                "yarn.nodemanager.node-attributes.provider.script.path",
                        script(printed).toString(),
                "yarn.nodemanager.node-attributes.provider.fetch-interval-ms", "20"));
        assertThat(registration().getNodeAttributes()).isNull();

        print(printed, "NODE_ATTRIBUTE:os,STRING,linux\n");
        assertThat(nextAttributes()).hasSize(1);
    }

    private Set<NodeAttribute> nextAttributes() throws InterruptedException {
        Set<NodeAttribute> attributes;
        do {
            attributes = heartbeat().getNodeAttributes();
        } while (attributes == null);
        return attributes;
    }

    @Test
    void shouldRefuseToStartWithoutASourceForWhatItIs() {
        assertThatThrownBy(() -> start(Map.of("yarn.nodemanager.node-labels.provider", "example.Provider")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("yarn.nodemanager.node-labels.provider is 'example.Provider'");
        assertThatThrownBy(() -> start(Map.of("yarn.nodemanager.node-labels.provider", "script")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("yarn.nodemanager.node-labels.provider.script.path is ''");
        assertThatThrownBy(() -> start(Map.of(
                        "yarn.nodemanager.node-attributes.provider", "config",
                        "yarn.nodemanager.node-attributes.provider.configured-node-attributes", "os")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("configured-node-attributes is 'os': 'os' is no attribute");
    }

    @Test
    void shouldOfferWhatTheResourceManagerWants() throws Exception {
        Resource first = Resource.newInstance(1024, 1);
        Resource second = Resource.newInstance(2048, 2);
        resourceManager.welcome(response -> response.setResource(first));
        start(Map.of());
        assertThat(registration().getResource()).isEqualTo(Resource.newInstance(8192, 8));
        resourceManager.welcome(response -> {});
        resourceManager.forgetNode();
        assertThat(registration().getResource()).isEqualTo(first);

        NodeHeartbeatResponse answer = FakeResourceManager.answer();
        answer.setResource(second);
        resourceManager.answers.add(answer);
        heartbeat();
        heartbeat();
        resourceManager.forgetNode();
        assertThat(registration().getResource()).isEqualTo(second);
    }

    @Test
    void shouldNotGoWithAResourceManagerThatIsTooOld() throws Exception {
        resourceManager.welcome(response -> response.setRMVersion("3.3.6"));
        start(Map.of("yarn.nodemanager.resourcemanager.minimum.version", "3.4.0"));

        assertThat(dismissal.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo("The Resource Manager's version (3.3.6) is less than the minimum allowed version 3.4.0");
    }

    @Test
    void shouldGoWithAResourceManagerThatIsNew() throws Exception {
        resourceManager.welcome(response -> response.setRMVersion("3.10.0"));
        start(Map.of("yarn.nodemanager.resourcemanager.minimum.version", "EqualToNM"));

        assertThat(heartbeat()).isNotNull();
        assertThat(dismissal).isNotDone();
    }
}
