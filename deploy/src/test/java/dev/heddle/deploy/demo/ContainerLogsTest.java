package dev.heddle.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogsTest {
    private static final String APPLICATION = "application_1_0001";

    private final Path directory;

    ContainerLogsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private void write(String node, String container, String stdout) throws IOException {
        Path logs = Files.createDirectories(
                directory.resolve(node).resolve(APPLICATION).resolve(container));
        Files.writeString(logs.resolve("stdout"), stdout);
    }

    private List<Path> nodes() {
        return List.of(directory.resolve("nm1"), directory.resolve("nm2"));
    }

    @Test
    void shouldFindTheLastAttemptsMasterOnWhateverNode() throws IOException {
        write("nm1", "container_e01_1_0001_02_000001", "the second attempt");
        write("nm2", "container_e01_1_0001_01_000001", "the first attempt");
        write("nm2", "container_e01_1_0001_02_000002", "an executor");
        assertThat(ContainerLogs.driverOutput(nodes(), APPLICATION)).hasValue("the second attempt");
    }

    @Test
    void shouldFindNothingWhereNoMasterHasRun() throws IOException {
        assertThat(ContainerLogs.driverOutput(nodes(), APPLICATION)).isEmpty();
    }
}
