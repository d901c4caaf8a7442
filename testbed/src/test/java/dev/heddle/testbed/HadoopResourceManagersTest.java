package dev.heddle.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopResourceManagersTest {
    private static void write(Path file, Map<String, String> values) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                values.entrySet().stream()
                        .map(entry -> "<property><name>" + entry.getKey() + "</name><value>" + entry.getValue()
                                + "</value></property>\n")
                        .collect(Collectors.joining("", "<configuration>\n", "</configuration>\n")));
    }

    private static Path configuration(Path directory, String queue) throws IOException {
        write(
                directory.resolve("yarn-site.xml"),
                Map.of(
                        YarnConfiguration.RM_ADDRESS, "127.0.0.1:0",
                        YarnConfiguration.RM_SCHEDULER_ADDRESS, "127.0.0.1:0",
                        YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, "127.0.0.1:0",
                        YarnConfiguration.RM_ADMIN_ADDRESS, "127.0.0.1:0"));
        write(
                directory.resolve("capacity-scheduler.xml"),
                Map.of(
                        "yarn.scheduler.capacity.root.queues",
                        queue,
                        "yarn.scheduler.capacity.root." + queue + ".capacity",
                        "100"));
        return directory;
    }

    private static void assertHasQueue(Map<String, String> addresses, String queue) throws Exception {
        Configuration configuration = new YarnConfiguration();
        addresses.forEach(configuration::set);
        try (YarnClient client = YarnClient.createYarnClient()) {
            client.init(configuration);
            client.start();
            assertThat(client.getQueueInfo(queue).getQueuePath()).isEqualTo("root." + queue);
        }
    }

    @Test
    void shouldRunOneResourceManagerAfterTheOther(@TempDir Path directory) throws Exception {
        try (HadoopResourceManagers hadoop = HadoopResourceManagers.start(directory)) {
            for (String queue : new String[] {"first", "second"}) {
                assertHasQueue(hadoop.startResourceManager(configuration(directory.resolve(queue), queue)), queue);
                hadoop.drain();
            }
        }
    }

    @Test
    void shouldSayWhyAResourceManagerDoesNotStart(@TempDir Path directory) throws Exception {
        try (HadoopResourceManagers hadoop = HadoopResourceManagers.start(directory)) {
            Path wrong = configuration(directory.resolve("wrong"), "queue");
            write(wrong.resolve("capacity-scheduler.xml"), Map.of("yarn.scheduler.capacity.root.queues", "a,b"));
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> hadoop.startResourceManager(wrong))
                    .withMessageContaining("Illegal capacity");
        }
    }
}
