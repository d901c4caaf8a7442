package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.ChildProcess;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each daemon by itself: it says once that it serves, and stops on SIGTERM. */
class DaemonIT {
    private final Path directory;

    DaemonIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private void runAndStop(String daemon, Map<String, String> values) {
        Map<String, String> environment =
                Commands.configuredBy(Commands.configuration(directory.resolve("conf"), values));
        try (ChildProcess process = Commands.start(directory, daemon, environment, daemon)) {
            assertThat(process.awaitReady(Commands.LIMIT))
                    .startsWith("ready " + daemon + " ")
                    .contains(":");
            process.terminate();
            assertThat(process.awaitExit(Commands.LIMIT)).isEqualTo(143);
            assertThat(process.stdout().lines()).hasSize(1);
            assertThat(process.stderr()).doesNotContain("ERROR").doesNotContain("Exception in thread");
        }
    }

    @Test
    void shouldRunAZooKeeper() {
        runAndStop(
                "zookeeper",
                Map.of(
                        "heddle.zookeeper.address",
                        "127.0.0.1:0",
                        "heddle.zookeeper.data-dir",
                        directory.resolve("zookeeper").toString()));
    }

    @Test
    void shouldRunAResourceManager() {
        Map<String, String> values = new LinkedHashMap<>();
        for (String service : new String[] {"", "scheduler.", "resource-tracker.", "admin.", "webapp."}) {
            values.put("yarn.resourcemanager." + service + "address", "127.0.0.1:0");
        }
        runAndStop("resource-manager", values);
    }

    @Test
    void shouldRunANodeManager() {
        runAndStop(
                "node-manager",
                Map.of(
                        "yarn.nodemanager.address",
                        "127.0.0.1:0",
                        "yarn.nodemanager.webapp.address",
                        "127.0.0.1:0",
                        // Nobody listens there: it must not find a resource manager that is none of this test's.
                        "yarn.resourcemanager.resource-tracker.address",
                        "127.0.0.1:1",
                        "yarn.nodemanager.local-dirs",
                        directory.resolve("local").toString(),
                        "yarn.nodemanager.log-dirs",
                        directory.resolve("logs").toString()));
    }
}
