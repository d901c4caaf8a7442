package dev.heddle.nm.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessTreeIsolationTest {
    private static final Allocation SMALL = new Allocation(64, 1, true);

    private ProcessTreeIsolation isolation;
    private Path directory;
    private TestContainers containers;

    @BeforeEach
    void make(@TempDir Path directory) {
        this.directory = directory;
        isolation = new ProcessTreeIsolation(List.of(directory));
        containers = new TestContainers(isolation, directory);
    }

    @AfterEach
    void end() throws Exception {
        containers.close();
    }

    @Test
    void shouldEndWhatIgnoresSignalsAndWhatHasLeft() throws Exception {
        TestContainers.Running container = containers.start(
                1,
                SMALL,
                """
                trap '' TERM
                (trap '' TERM HUP; echo $BASHPID > child.pid; while :; do sleep 1000; done) &
                setsid bash -c 'setsid bash -c "echo \\$\\$ > daemon.pid; sleep 1000; true" & ' &
                while :; do sleep 1000; done
                """);
        TestContainers.Running other =
                containers.start(2, SMALL, "setsid sleep 1000 & echo $! > other.pid; sleep 1000");
        long child = containers.number("child.pid");
        long daemon = containers.number("daemon.pid");
        long otherDaemon = containers.number("other.pid");

        assertThat(isolation.kill(container.id(), container.leader())).isTrue();
        assertThat(TestContainers.lives(container.leader())).isFalse();
        assertThat(TestContainers.lives(child)).isFalse();
        assertThat(TestContainers.lives(daemon)).isFalse();
        assertThat(TestContainers.lives(other.leader())).isTrue();
        assertThat(TestContainers.lives(otherDaemon)).isTrue();
    }

    @Test
    void shouldFindADaemonWhenTheLeaderIsLongGone() throws Exception {
        TestContainers.Running container =
                containers.start(1, SMALL, "setsid bash -c 'echo $$ > daemon.pid; exec sleep 1000' & wait -n; true");
        long daemon = containers.number("daemon.pid");
        container.process().destroyForcibly().waitFor();

        assertThat(TestContainers.lives(daemon)).isTrue();
        assertThat(isolation.kill(container.id(), container.leader())).isTrue();
        assertThat(TestContainers.lives(daemon)).isFalse();
    }

    /** As two node managers on one machine may have, of two clusters. */
    @Test
    void shouldSpareAnotherNodeManagersContainerOfTheSameName() throws Exception {
        TestContainers.Running container =
                containers.start(1, SMALL, "setsid bash -c 'echo $$ > daemon.pid; exec sleep 1000' & sleep 1000");
        long daemon = containers.number("daemon.pid");
        ProcessTreeIsolation other = new ProcessTreeIsolation(List.of(directory.resolve("other")));

        assertThat(other.kill(container.id(), Long.MAX_VALUE)).isTrue();
        assertThat(TestContainers.lives(daemon)).isTrue();
        assertThat(TestContainers.lives(container.leader())).isTrue();
    }
}
