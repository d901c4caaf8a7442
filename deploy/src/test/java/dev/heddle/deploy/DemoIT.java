package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import dev.heddle.testbed.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    private final Path directory;

    DemoIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private ChildProcess demo(String name) {
        return Commands.start(
                directory,
                name,
                Map.of(),
                "demo",
                "--directory",
                directory.resolve(name + " files").toString());
    }

    private void assertCounted(ChildProcess demo) throws IOException {
        assertThat(demo.awaitExit(Commands.LIMIT))
                .as(demo.stdout() + demo.stderr())
                .isZero();
        assertThat(demo.stdout().lines().toList()).containsSequence(IndependentCount.lines());
        assertThat(demo.stderr()).isEmpty();
    }

    private void awaitNoProcess(ChildProcess demo) {
        Path files = directory;
        Await.until(
                () -> "the end of " + Commands.processesOf(files) + "\n" + demo.stdout() + demo.stderr(),
                Commands.LIMIT,
                () -> Commands.processesOf(files).isEmpty());
    }

    @Test
    void shouldCountWordsAndLeaveOnlyLogs() throws IOException {
        ChildProcess demo = demo("demo");
        assertCounted(demo);
        assertThat(demo.stdout())
                .contains("executors 3/3")
                .containsPattern("The resource manager's page: http://[^ ]+:\\d+/");
        assertThat(Commands.processesOf(directory)).isEmpty();
        try (Stream<Path> made = Files.list(directory.resolve("demo files"))) {
            Path files = made.findFirst().orElseThrow();
            assertThat(files.resolve("work")).doesNotExist();
            assertThat(files.resolve("logs").resolve("rm1.log")).exists();
            assertThat(files.resolve("logs").resolve("nm1-containers")).exists();
        }
    }

    @Test
    void shouldRunTwiceAtTheSameTime() throws IOException {
        try (ChildProcess one = demo("one");
                ChildProcess other = demo("other")) {
            assertCounted(one);
            assertCounted(other);
        }
        assertThat(Commands.processesOf(directory)).isEmpty();
    }

    @Test
    void shouldLeaveNoProcessWhenInterrupted() throws Exception {
        try (ChildProcess demo = demo("demo")) {
            demo.awaitLine("RUNNING", Commands.LIMIT);
            Commands.signal(demo, "INT");
            assertThat(demo.awaitExit(Commands.LIMIT)).isEqualTo(130);
            assertThat(demo.stderr()).isEmpty();
            awaitNoProcess(demo);
        }
    }

    @Test
    void shouldLeaveNoProcessWhenInterruptedWhileStarting() throws Exception {
        try (ChildProcess demo = demo("demo")) {
            Await.until(
                    "some daemons",
                    Commands.LIMIT,
                    () -> Commands.processesOf(directory).size() > 3);
            Commands.signal(demo, "TERM");
            assertThat(demo.awaitExit(Commands.LIMIT)).isEqualTo(143);
            awaitNoProcess(demo);
        }
    }

    @Test
    void shouldLeaveNoProcessWhenKilled() {
        try (ChildProcess demo = demo("demo")) {
            demo.awaitLine("RUNNING", Commands.LIMIT);
            assertThat(Commands.processesOf(directory)).hasSizeGreaterThanOrEqualTo(7);
            demo.kill();
            awaitNoProcess(demo);
        }
    }
}
