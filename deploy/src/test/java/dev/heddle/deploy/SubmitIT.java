package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import dev.heddle.testbed.ChildProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heddle submit} on the cluster that {@code heddle demo --keep} leaves running. */
class SubmitIT {
    private static final String EXPORT = "  export HADOOP_CONF_DIR=";
    private static final List<String> SMALL = List.of(
            "--driver-memory",
            "128m",
            "--executor-memory",
            "128m",
            "--num-executors",
            "1",
            "--conf",
            "heddle.driver.memoryOverhead=96m",
            "--conf",
            "heddle.executor.memoryOverhead=96m");

    private static @Nullable ChildProcess demo;
    private static Path configuration = Path.of("");

    private final Path directory;

    SubmitIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeAll
    static void startCluster(@TempDir Path directory) {
        ChildProcess started =
                Commands.start(directory, "demo", Map.of(), "demo", "--keep", "--directory", directory.toString());
        demo = started;
        configuration = Path.of(started.awaitLine(EXPORT, Commands.LIMIT).substring(EXPORT.length()));
    }

    @AfterAll
    static void stopCluster() {
        if (demo != null) {
            demo.terminate();
            demo.awaitExit(Commands.LIMIT);
        }
        Await.until("the end of every process of the cluster", Commands.LIMIT, () -> Commands.processesOf(
                        configuration.resolve("../..").normalize())
                .isEmpty());
    }

    private ChildProcess submit(String... arguments) {
        List<String> line = new ArrayList<>();
        line.add("submit");
        line.addAll(SMALL);
        Collections.addAll(line, arguments);
        return Commands.start(directory, "submit", Commands.configuredBy(configuration), line.toArray(String[]::new));
    }

    @Test
    void shouldRunAnApplication() {
        ChildProcess submit = submit(
                "--class",
                "dev.heddle.examples.WordCount",
                "--files",
                Commands.TEXT.toString(),
                Commands.EXAMPLES_JAR.toString(),
                "shakespeare.txt");
        assertThat(submit.awaitExit(Commands.LIMIT)).as(submit.stderr()).isZero();
        assertThat(submit.stdout()).contains("submitted application_").endsWith(" succeeded\n");
    }

    @Test
    void shouldTellWhyADriverHasFailed() {
        ChildProcess submit = submit("--class", "dev.heddle.examples.WordCount", Commands.EXAMPLES_JAR.toString());
        assertThat(Commands.failure(submit, 1)).contains("usage: WordCount FILE");
    }

    @Test
    void shouldNameTheJarThatIsMissing() {
        Path missing = directory.resolve("missing.jar");
        ChildProcess submit = submit("--class", "dev.heddle.examples.WordCount", missing.toString());
        assertThat(Commands.failure(submit, 1)).contains(missing.toString());
    }

    @Test
    void shouldNameTheClassThatIsMissing() {
        ChildProcess submit = submit("--class", "dev.heddle.examples.Missing", Commands.EXAMPLES_JAR.toString());
        assertThat(Commands.failure(submit, 1)).contains("dev.heddle.examples.Missing");
    }

    @Test
    void shouldNameTheFlagToLowerForAContainerThatIsTooLarge() {
        ChildProcess submit = submit(
                "--executor-memory",
                "100g",
                "--class",
                "dev.heddle.examples.WordCount",
                Commands.EXAMPLES_JAR.toString(),
                "shakespeare.txt");
        assertThat(Commands.failure(submit, 1)).contains("--executor-memory");
    }
}
