package dev.heddle.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code heddle} in a source tree whose build and whose Java only say what they were asked. */
class LauncherTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Path SCRIPT = Path.of("..", "heddle");

    private final Path directory;
    private final Path tree;
    private final Path javaHome;
    private int runs;

    LauncherTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.tree = Files.createDirectories(directory.resolve("a tree"));
        this.javaHome = directory.resolve("a java");
        Files.copy(SCRIPT, tree.resolve("heddle"));
        Files.setPosixFilePermissions(tree.resolve("heddle"), PosixFilePermissions.fromString("rwxr-xr-x"));
        write(tree.resolve("pom.xml"), "");
        write(tree.resolve("common/src/main/java/Main.java"), "");
        script(tree.resolve("mvnw"), "echo \"built with $*\" >>builds; touch deploy/target/heddle/built");
        script(javaHome.resolve("bin/java"), "printf '%s\\n' \"$@\"");
        write(javaHome.resolve("release"), "JAVA_VERSION=\"21.0.2\"\n");
    }

    private static void write(Path file, String content) throws IOException {
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.writeString(file, content);
    }

    private static void script(Path file, String content) throws IOException {
        write(file, "#!/bin/sh\n" + content + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private ChildProcess run(Path command, Map<String, String> environment, String... arguments) {
        String name = "run" + runs++;
        List<String> line = List.of(arguments);
        ChildProcess process = ChildProcess.start(
                directory,
                name,
                environment,
                Stream.concat(Stream.of(command.toString()), line.stream()).toList());
        process.awaitExit(LIMIT);
        return process;
    }

    private Map<String, String> withJava() {
        return Map.of("JAVA_HOME", javaHome.toString(), "HEDDLE_OPTS", "-Xmx1g -Dx=y");
    }

    private Path builds() {
        return tree.resolve("builds");
    }

    @Test
    void shouldBuildOnceThenRun() throws IOException {
        ChildProcess first = run(tree.resolve("heddle"), withJava(), "version");
        assertThat(first.awaitExit(LIMIT)).as(first.stderr()).isZero();
        assertThat(first.stderr()).contains("building for the first time");
        assertThat(Files.readAllLines(builds())).hasSize(1).first().asString().contains("-pl deploy -am package");

        ChildProcess second = run(tree.resolve("heddle"), withJava(), "version");
        assertThat(second.stderr()).isEmpty();
        assertThat(Files.readAllLines(builds())).hasSize(1);
    }

    @Test
    void shouldBuildAgainWhenASourceIsNewer() throws IOException {
        run(tree.resolve("heddle"), withJava(), "version");
        Files.setLastModifiedTime(
                tree.resolve("common/src/main/java/Main.java"),
                FileTime.from(Instant.now().plusSeconds(5)));
        ChildProcess second = run(tree.resolve("heddle"), withJava(), "version");
        assertThat(second.stderr()).contains("the sources have changed");
        assertThat(Files.readAllLines(builds())).hasSize(2);
    }

    @Test
    void shouldRunThroughALinkWithItsArgumentsAndOptions() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("a link"), Path.of("a tree", "heddle"));
        ChildProcess process = run(link, withJava(), "demo", "--directory", "with  two spaces", "");
        Path home = tree.toRealPath().resolve("deploy/target/heddle");
        assertThat(process.stdout().lines())
                .containsExactly(
                        "@" + home + "/conf/command.options",
                        "-Xmx1g",
                        "-Dx=y",
                        "-cp",
                        home + "/lib/*",
                        "dev.heddle.deploy.Heddle",
                        "demo",
                        "--directory",
                        "with  two spaces",
                        "");
        assertThat(run(link, withJava(), "node-manager").stdout().lines().findFirst())
                .hasValue("@" + home + "/conf/daemon.options");
    }

    @Test
    void shouldSilenceTheWarningsOfLaterJavas() throws IOException {
        write(javaHome.resolve("release"), "JAVA_VERSION=\"25\"\n");
        assertThat(run(tree.resolve("heddle"), withJava(), "version").stdout())
                .contains("/conf/java24.options\n-cp\n")
                .endsWith("dev.heddle.deploy.Heddle\nversion\n");
    }

    @Test
    void shouldStopWhenTheBuildFails() throws IOException {
        script(tree.resolve("mvnw"), "echo 'no such symbol' >&2; exit 1");
        ChildProcess process = run(tree.resolve("heddle"), withJava(), "version");
        assertThat(process.awaitExit(LIMIT)).isEqualTo(1);
        assertThat(process.stderr()).contains("no such symbol").contains("heddle: the build has failed");
        assertThat(process.stdout()).isEmpty();
        assertThat(tree.resolve("deploy/target/heddle/built")).doesNotExist();
    }

    @Test
    void shouldExplainWhichJavaItNeeds() throws IOException {
        ChildProcess wrong = run(tree.resolve("heddle"), Map.of("JAVA_HOME", directory.toString()), "version");
        assertThat(wrong.awaitExit(LIMIT)).isEqualTo(1);
        assertThat(wrong.stderr())
                .startsWith("heddle: JAVA_HOME is " + directory)
                .contains("JDK 17");

        write(javaHome.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        ChildProcess old = run(tree.resolve("heddle"), withJava(), "version");
        assertThat(old.awaitExit(LIMIT)).isEqualTo(1);
        assertThat(old.stderr()).contains("is version 11, and Heddle needs 17 or later");

        Path tools = Files.createDirectories(directory.resolve("tools"));
        for (String tool : List.of("dirname", "readlink", "sed")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }
        ChildProcess none = run(tree.resolve("heddle"), Map.of("JAVA_HOME", "", "PATH", tools.toString()), "version");
        assertThat(none.awaitExit(LIMIT)).isEqualTo(1);
        assertThat(none.stderr()).startsWith("heddle: no java found");
    }
}
