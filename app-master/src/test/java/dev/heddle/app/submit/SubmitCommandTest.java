package dev.heddle.app.submit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.app.drivers.ExitingDriver;
import dev.heddle.app.launch.ApplicationDescription;
import dev.heddle.app.launch.LaunchFile;
import dev.heddle.common.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class SubmitCommandTest {
    private Path directory = Path.of("");

    @BeforeEach
    void setUp(@TempDir Path temporary) {
        directory = temporary;
    }

    private static SubmitOptions parse(String... line) {
        SubmitCommand command = new SubmitCommand();
        new CommandLine(command).parseArgs(line);
        return command.options();
    }

    @Test
    void shouldTakeSparkSubmitsFlags() {
        SubmitOptions options = parse(
                "--master",
                "yarn",
                "--deploy-mode",
                "cluster",
                "--class",
                "a.Main",
                "--name",
                "n",
                "--jars",
                "b.jar,c.jar",
                "--files",
                "d,e#f",
                "--driver-memory",
                "1g",
                "--driver-cores",
                "2",
                "--executor-memory",
                "2g",
                "--executor-cores",
                "3",
                "--num-executors",
                "4",
                "--queue",
                "q",
                "app.jar",
                "x");

        assertThat(options.applicationJar()).isEqualTo(Path.of("app.jar"));
        assertThat(options.mainClass()).isEqualTo("a.Main");
        assertThat(options.arguments()).containsExactly("x");
        assertThat(options.jars()).containsExactly(Path.of("b.jar"), Path.of("c.jar"));
        assertThat(options.files()).containsExactly("d", "e#f");
        assertThat(options.settings())
                .containsOnly(
                        Map.entry("heddle.app.name", "n"),
                        Map.entry("heddle.yarn.queue", "q"),
                        Map.entry("heddle.driver.memory", "1g"),
                        Map.entry("heddle.driver.cores", "2"),
                        Map.entry("heddle.executor.memory", "2g"),
                        Map.entry("heddle.executor.cores", "3"),
                        Map.entry("heddle.executor.instances", "4"));
    }

    @Test
    void shouldLeaveWhatStandsBehindTheJarToTheDriver() {
        assertThat(parse("app.jar", "--class", "-v", "--conf", "other.jar").arguments())
                .containsExactly("--class", "-v", "--conf", "other.jar");
    }

    @Test
    void shouldPreferFlagsToConfToTheFile() throws IOException {
        Path file = directory.resolve("settings");
        Files.writeString(
                file,
                """
                spark.executor.memory 1g
                spark.executor.cores 1
                spark.executor.instances 1
                spark.eventLog.enabled true
                """);

        SubmitOptions options = parse(
                "--properties-file",
                file.toString(),
                "--executor-memory",
                "3g",
                "-c",
                "spark.executor.memory=2g",
                "-c",
                "heddle.executor.cores=2",
                "app.jar");

        assertThat(options.settings())
                .containsOnly(
                        Map.entry("heddle.executor.memory", "3g"),
                        Map.entry("heddle.executor.cores", "2"),
                        Map.entry("heddle.executor.instances", "1"));
    }

    @Test
    void shouldPreferHeddlesNameToSparksInEitherOrder() {
        assertThat(parse("-c", "heddle.task.maxAttempts=5", "-c", "spark.task.maxAttempts=6", "a.jar")
                        .settings())
                .containsOnly(Map.entry("heddle.task.maxAttempts", "5"));
        assertThat(parse("-c", "spark.task.maxAttempts=6", "-c", "heddle.task.maxAttempts=5", "a.jar")
                        .settings())
                .containsOnly(Map.entry("heddle.task.maxAttempts", "5"));
    }

    @Test
    void shouldPassHadoopsSettingsOn() {
        assertThat(parse("-c", "spark.hadoop.fs.defaultFS=file:///x", "-c", "yarn.a=b=c", "a.jar")
                        .settings())
                .containsOnly(Map.entry("fs.defaultFS", "file:///x"), Map.entry("yarn.a", "b=c"));
    }

    @Test
    void shouldRefuseInOneLineWhatItCannotDo() {
        assertRefused("--master local", "--master", "local[2]", "a.jar");
        assertRefused("--deploy-mode client is not supported yet", "--deploy-mode", "client", "a.jar");
        assertRefused("no application");
        assertRefused("--conf x is no KEY=VALUE", "--conf", "x", "a.jar");
        assertRefused("there is no setting heddle.executor.memry", "--conf", "heddle.executor.memry=1g", "a.jar");
        assertRefused("cannot read the settings", "--properties-file", "/does/not/exist", "a.jar");
        assertThatThrownBy(() -> parse("--no-such-flag", "a.jar"))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining("--no-such-flag");
    }

    private static void assertRefused(String message, String... line) {
        assertThatThrownBy(() -> parse(line))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldFindTheMainClass() throws IOException {
        List<Path> jars =
                List.of(DriverJar.pack(directory.resolve("a.jar"), ExitingDriver.class, SubmitCommandTest.class));

        assertThat(MainClass.find(ExitingDriver.class.getName(), jars)).isEqualTo(ExitingDriver.class.getName());
        assertThatThrownBy(() -> MainClass.find("no.such.Driver", jars))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no class no.such.Driver in " + jars.get(0));
        assertThatThrownBy(() -> MainClass.find(SubmitCommandTest.class.getName(), jars))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("has no method 'public static void main(String[])'");
        assertThatThrownBy(() -> MainClass.find(null, jars))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("--class");
    }

    @Test
    void shouldRefuseAJarThatIsNone() throws IOException {
        Path text = Files.writeString(directory.resolve("a.jar"), "text");

        assertThatThrownBy(() -> MainClass.find("a.B", List.of(text)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(text.toString());
    }

    @Test
    void shouldNameFilesInContainers() {
        assertThat(NamedFile.parse("/a/b.txt")).isEqualTo(new NamedFile(Path.of("/a/b.txt"), "b.txt"));
        assertThat(NamedFile.parse("/a/b.txt#c")).isEqualTo(new NamedFile(Path.of("/a/b.txt"), "c"));
        for (String bad : new String[] {"a#../b", "a#", "a#__heddle_conf__.xml", "a#.."}) {
            assertThatThrownBy(() -> NamedFile.parse(bad)).isInstanceOf(UserException.class);
        }
    }

    @Test
    void shouldBringTheDescriptionToTheApplicationMasterAsItIs() throws IOException {
        ApplicationDescription description = new ApplicationDescription(
                "naïve = name",
                "a.Main",
                List.of("", "two words", "$HOME `x` \"y\"", "line\nline", "ü"),
                URI.create("file:///staging/application_1"),
                List.of(new LaunchFile("a|b", URI.create("file:/x%20y/a"), 5, 7, true)));
        Path file = directory.resolve("description");
        try (var out = Files.newOutputStream(file)) {
            description.write(out);
        }

        assertThat(ApplicationDescription.read(file)).isEqualTo(description);
    }

    @Test
    void shouldShowProgressInLinesWhereThereIsNoTerminal() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ProgressDisplay display = new ProgressDisplay(new PrintStream(bytes, true, StandardCharsets.UTF_8), false);
        display.show(new Progress("ACCEPTED", "", 0, 0, 0, 0, 0));
        display.show(new Progress("ACCEPTED", "The application master waits for room.", 0, 0, 0, 0, 0));
        display.show(new Progress("RUNNING", "", 1, 2, 3, 4, 10));
        display.show(new Progress("RUNNING", "", 1, 2, 3, 4, 10));
        display.end();

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        """
                        ACCEPTED
                        ACCEPTED: The application master waits for room.
                        RUNNING: tasks 3/10 (4 running), executors 1/2
                        """);
    }

    @Test
    void shouldKeepAReasonToOneLineOfATerminal() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ProgressDisplay display = new ProgressDisplay(new PrintStream(bytes, true, StandardCharsets.UTF_8), true);
        display.show(new Progress("ACCEPTED", "because ".repeat(100), 0, 0, 0, 0, 0));

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("ACCEPTED: because because")
                .endsWith("…")
                .hasSizeLessThan(90);
    }

    @Test
    void shouldDrawABarOnATerminal() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ProgressDisplay display = new ProgressDisplay(new PrintStream(bytes, true, StandardCharsets.UTF_8), true);
        display.show(new Progress("RUNNING", "", 1, 2, 5, 1, 10));
        display.end();

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("[###############---------------]")
                .endsWith("\n");
    }
}
