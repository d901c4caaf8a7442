package dev.heddle.nm.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the shell makes of the script, asked of a real shell. */
class LaunchScriptTest {
    private static final ContainerId CONTAINER =
            ContainerId.newContainerId(ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 2), 3), 4);

    private Path work;
    private Path log;

    @BeforeEach
    void makeDirectories(@TempDir Path directory) throws IOException {
        work = Files.createDirectories(directory.resolve("work dir"));
        log = Files.createDirectories(directory.resolve("log"));
    }

    private String script(Map<String, String> environment, String... commands) {
        NodeEnvironment node = new NodeEnvironment(
                "node.example.com",
                4711,
                0,
                Map.of("JAVA_HOME", "/opt/it's java", "LANG", "C"),
                "FROM_ADMINISTRATOR=yes",
                "/home/",
                Map.of("NM_AUX_SERVICE_mapreduce_shuffle", "AAA0+g=="));
        LaunchRequest request =
                new LaunchRequest(CONTAINER, "alice", List.of(commands), environment, new Credentials(), Map.of());
        ContainerPaths paths = new ContainerPaths(
                work,
                work.resolveSibling("private"),
                log,
                List.of(Path.of("/a/app"), Path.of("/b/app")),
                List.of(Path.of("/a/alice")),
                List.of(log));
        return new LaunchScript(node, request, paths).text();
    }

    private String run(Map<String, String> environment, String... commands) throws IOException, InterruptedException {
        Path script = work.resolve("script.sh");
        Files.writeString(script, script(environment, commands));
        Path out = work.resolve("out");
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", script.toString())
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().clear();
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    private String valueOf(String value) throws IOException, InterruptedException {
        // printenv, so that no shell looks at the value again.
        String printed = run(Map.of("BASE", "base", "VALUE", value), "printenv VALUE");
        return printed.substring(0, printed.length() - 1);
    }

    @Test
    void shouldKeepWhatIsNoReferenceAsItIs() throws Exception {
        for (String value : List.of(
                "",
                "two words",
                "  padded  ",
                "it's \"quoted\"",
                "first\nsecond\n\tthird",
                "a;b&c|d>e<f(g)*?[h]{i}~#!",
                "back`tick and $(command)",
                "100$ and 5$1 and $-",
                "C:\\temp\\new",
                "ends with \\",
                "{\"a\":{\"b\":[1,2]}}",
                "grüße ✓")) {
            assertThat(valueOf(value)).isEqualTo(value);
        }
    }

    @Test
    void shouldReplaceReferences() throws Exception {
        assertThat(valueOf("$BASE/x")).isEqualTo("base/x");
        assertThat(valueOf("${BASE}x")).isEqualTo("basex");
        assertThat(valueOf("{{BASE}}x")).isEqualTo("basex");
        assertThat(valueOf("a<CPS>b")).isEqualTo("a:b");
        assertThat(valueOf("<LOG_DIR>/x")).isEqualTo(log + "/x");
        assertThat(valueOf("{{PWD}}/x")).isEqualTo(work + "/x");
        assertThat(valueOf("${MISSING:-some \"default\"}")).isEqualTo("some \"default\"");
        assertThat(valueOf("{{JAVA_HOME}}")).isEqualTo("/opt/it's java");
    }

    @Test
    void shouldTakeYarnsEscapesAsYarnDoes() throws Exception {
        assertThat(valueOf("\\$BASE and \\\"quoted\\\" and \\\\")).isEqualTo("$BASE and \"quoted\" and \\");
    }

    @Test
    void shouldSetAVariableAfterThoseThatItRefersTo() throws Exception {
        String printed = run(
                Map.of("A", "$B/a", "B", "{{C}}/b", "C", "c", "LOOP_1", "$LOOP_2", "LOOP_2", "x$LOOP_1"), "printenv A");

        assertThat(printed).isEqualTo("c/b/a\n");
    }

    @Test
    void shouldSetWhatEveryContainerGets() throws Exception {
        String service = "NM_AUX_SERVICE_mapreduce_shuffle";
        String printed =
                run(Map.of("CONTAINER_ID", "forged", service, "forged", "LANG", "de", "MINE", "1"), "printenv");

        assertThat(printed.lines())
                .contains(
                        "CONTAINER_ID=" + CONTAINER,
                        "NM_HOST=node.example.com",
                        "NM_PORT=4711",
                        "NM_HTTP_PORT=0",
                        service + "=AAA0+g==",
                        "LOCAL_DIRS=/a/app,/b/app",
                        "LOCAL_USER_DIRS=/a/alice",
                        "LOG_DIRS=" + log,
                        "USER=alice",
                        "LOGNAME=alice",
                        "HOME=/home/",
                        "PWD=" + work,
                        "HADOOP_TOKEN_FILE_LOCATION=" + work.resolve("container_tokens"),
                        "JAVA_HOME=/opt/it's java",
                        "LANG=de",
                        "MINE=1",
                        "FROM_ADMINISTRATOR=yes")
                .anyMatch(line -> line.matches("JVM_PID=\\d+"));
    }

    @Test
    void shouldBecomeTheCommand() throws Exception {
        String printed = run(Map.of(), "echo $$", "$JVM_PID");

        String[] ids = printed.trim().split(" ", -1);
        assertThat(ids).hasSize(2);
        assertThat(ids[0]).isEqualTo(ids[1]);
    }

    @Test
    void shouldRunCommandsAsStockApplicationsWriteThem() throws Exception {
        // As Spark quotes the options of a JVM: in single quotes, with dollar signs and double quotes escaped.
        assertThat(run(Map.of(), "printf '%s|'", "'-Dx=a b'", "'\\$HOME \\\"q\\\"'", "'it'\\''s'", "{{USER}}"))
                .isEqualTo("-Dx=a b|$HOME \"q\"|it's|alice|");
        assertThat(run(Map.of(), "printf '%s|'", "\"bare quotes\"", "$(echo \"x  y\" | tr x z)", "`echo b`"))
                .isEqualTo("bare quotes|z|y|b|");
        assertThat(run(Map.of(), "echo out 1><LOG_DIR>/stdout; echo rest")).isEqualTo("rest\n");
        assertThat(log.resolve("stdout")).hasContent("out");
    }

    @Test
    void shouldRefuseWhatNoShellCanSet() {
        assertThatThrownBy(() -> script(Map.of("a b", "x"), "true"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a b'");
        assertThatThrownBy(() -> script(Map.of("A", "x\0y"), "true"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NUL");
    }
}
