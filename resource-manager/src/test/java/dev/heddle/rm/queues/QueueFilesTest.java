package dev.heddle.rm.queues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.UserException;
import dev.heddle.common.resources.Resource;
import dev.heddle.rm.scheduler.queue.config.QueuePlanReader;
import dev.heddle.rm.scheduler.queue.mapping.Applicant;
import dev.heddle.rm.scheduler.queue.mapping.Destination;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueFilesTest {
    private static final QueuePlanReader.Cluster CLUSTER =
            new QueuePlanReader.Cluster(new Resource(1024, 1), new Resource(8192, 4), null);

    private static Configuration two() {
        Configuration configuration = new Configuration(false);
        configuration.set("yarn.scheduler.capacity.root.queues", "a,b");
        configuration.set("half", "50");
        configuration.set("yarn.scheduler.capacity.root.a.capacity", "${half}");
        configuration.set("yarn.scheduler.capacity.root.b.capacity", "${half}");
        configuration.set("yarn.scheduler.minimum-allocation-mb", "nonsense of others");
        return configuration;
    }

    @Test
    void shouldReplaceVariablesAndReadTheKeysOfQueuesAlone() {
        QueueSetup setup = QueueFiles.read(two(), CLUSTER);
        assertThat(setup.plan().byPath().keySet()).containsExactlyInAnyOrder("root", "root.a", "root.b");
        assertThat(setup.warnings()).isEmpty();
    }

    @Test
    void shouldNameEveryFaultOnALineOfItsOwn() {
        Configuration configuration = two();
        configuration.set("half", "40");
        configuration.set("yarn.scheduler.capacity.root.a.state", "OFF");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> QueueFiles.read(configuration, CLUSTER))
                .withMessageMatching(
                        "(?s)yarn.scheduler.capacity.root.queues [^\n]+\nyarn.scheduler.capacity.root.a.state"
                                + " [^\n]+");
    }

    @Test
    void shouldReadTheRulesOfAFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("rules.json");
        Configuration configuration = two();
        configuration.set("yarn.scheduler.capacity.mapping-rule-format", "json");
        configuration.set("yarn.scheduler.capacity.mapping-rule-json-file", file.toString());
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> QueueFiles.read(configuration, CLUSTER))
                .withMessageStartingWith(
                        "yarn.scheduler.capacity.mapping-rule-json-file is " + file + ", which cannot be read");
        Files.writeString(
                file,
                "{\"rules\":[{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"custom\",\"customPlacement\":\"b\"}]}");
        assertThat(QueueFiles.read(configuration, CLUSTER)
                        .rules()
                        .destination(new Applicant("ann", List.of(), "x", "default")))
                .isEqualTo(new Destination.Queue("root.b"));
        Files.writeString(
                file,
                "{\"rules\":[{\"type\":\"user\",\"matches\":\"*\",\"policy\":\"custom\",\"customPlacement\":\"c\"}]}");
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> QueueFiles.read(configuration, CLUSTER))
                .withMessageContaining("there is no queue c");
    }
}
