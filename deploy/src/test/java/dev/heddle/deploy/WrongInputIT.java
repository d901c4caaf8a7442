package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.ChildProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people get wrong before there is a cluster: one clear line, a status that is not zero, and no stack trace. */
class WrongInputIT {
    private final Path directory;

    WrongInputIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private ChildProcess run(Map<String, String> environment, String... arguments) {
        return Commands.start(directory, "command", environment, arguments);
    }

    private Map<String, String> configured(Map<String, String> values) {
        return Commands.configuredBy(Commands.configuration(directory.resolve("conf"), values));
    }

    private static ServerSocket takePort() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    private Map<String, String> resourceManager(String clientAddress) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("yarn.resourcemanager.address", clientAddress);
        values.put("yarn.resourcemanager.scheduler.address", "127.0.0.1:0");
        values.put("yarn.resourcemanager.resource-tracker.address", "127.0.0.1:0");
        values.put("yarn.resourcemanager.admin.address", "127.0.0.1:0");
        values.put("yarn.resourcemanager.webapp.address", "127.0.0.1:0");
        return values;
    }

    private Map<String, String> nodeManager(String address, Path localDirectory) {
        return Map.of(
                "yarn.nodemanager.address",
                address,
                "yarn.nodemanager.webapp.address",
                "127.0.0.1:0",
                "yarn.nodemanager.local-dirs",
                localDirectory.toString(),
                "yarn.nodemanager.log-dirs",
                directory.resolve("logs").toString());
    }

    @Test
    void shouldNameTheFlagThatIsUnknown() {
        assertThat(Commands.failure(run(Map.of(), "demo", "--colour"), 2))
                .contains("'--colour'")
                .contains("heddle demo --help");
        assertThat(Commands.failure(run(Map.of(), "submit", "--colour"), 1)).contains("--colour");
    }

    @Test
    void shouldNameTheMemorySizeThatIsNone() {
        assertThat(Commands.failure(run(Map.of(), "demo", "--executor-memory", "much"), 2))
                .contains("'much' is no memory size");
    }

    @Test
    void shouldTellHowMuchMemoryIsMissing() {
        assertThat(Commands.failure(run(Map.of(), "demo", "--executor-memory", "1000g"), 1))
                .startsWith("heddle: not enough memory: the demo takes up to ")
                .contains("MB available")
                .contains("--executor-memory");
    }

    @Test
    void shouldNameTheDirectoryThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        Path below = file.resolve("below");
        assertThat(Commands.failure(run(Map.of(), "demo", "--directory", below.toString()), 1))
                .contains(below.toString())
                .contains("--directory");
        assertThat(Commands.failure(run(configured(nodeManager("127.0.0.1:0", below)), "node-manager"), 1))
                .contains(below.toString())
                .contains("yarn.nodemanager.local-dirs");
    }

    @Test
    void shouldAskForTheConfigurationThatIsMissing() {
        Map<String, String> none = Map.of("HADOOP_CONF_DIR", "", "YARN_CONF_DIR", "");
        for (String daemon : new String[] {"resource-manager", "node-manager", "zookeeper"}) {
            assertThat(Commands.failure(run(none, daemon), 1)).contains("HADOOP_CONF_DIR");
        }
        Map<String, String> empty = Commands.configuredBy(directory);
        assertThat(Commands.failure(run(empty, "resource-manager"), 1)).contains("yarn-site.xml");
    }

    @Test
    void shouldNameThePortThatIsInUse() throws IOException {
        try (ServerSocket taken = takePort()) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            assertThat(Commands.failure(run(configured(resourceManager(address)), "resource-manager"), 1))
                    .contains(Integer.toString(taken.getLocalPort()))
                    .contains("yarn.resourcemanager.address");
            assertThat(Commands.failure(
                            run(configured(nodeManager(address, directory.resolve("local"))), "node-manager"), 1))
                    .contains(Integer.toString(taken.getLocalPort()))
                    .contains("yarn.nodemanager.address");
            Map<String, String> zooKeeper = Map.of(
                    "heddle.zookeeper.address",
                    address,
                    "heddle.zookeeper.data-dir",
                    directory.resolve("zookeeper").toString());
            assertThat(Commands.failure(run(configured(zooKeeper), "zookeeper"), 1))
                    .contains(address)
                    .contains("heddle.zookeeper.address");
        }
    }

    @Test
    void shouldNameTheSettingThatIsWrong() {
        Map<String, String> values = Map.of("heddle.zookeeper.data-dir", "zk", "heddle.zookeeper.tick-ms", "soon");
        assertThat(Commands.failure(run(configured(values), "zookeeper"), 1))
                .contains("heddle.zookeeper.tick-ms is 'soon'");
    }

    @Test
    void shouldTellThatNoResourceManagerAnswers() throws IOException {
        String address;
        try (ServerSocket free = takePort()) {
            address = "127.0.0.1:" + free.getLocalPort();
        }
        Map<String, String> values = resourceManager(address);
        values.put("heddle.yarn.submit.connectTimeout", "1s");
        ChildProcess submit = run(
                configured(values),
                "submit",
                "--class",
                "dev.heddle.examples.WordCount",
                Commands.EXAMPLES_JAR.toString(),
                "text");
        assertThat(Commands.failure(submit, 1)).contains(address);
    }
}
