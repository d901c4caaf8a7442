package dev.heddle.nm.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthScriptTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Path directory;

    @BeforeEach
    void remember(@TempDir Path directory) {
        this.directory = directory;
    }

    private HealthScript script(String text, long timeoutMs, String... arguments) throws IOException {
        Path path = Files.writeString(directory.resolve("check.sh"), "#!/bin/bash\n" + text + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        return new HealthScript("script", path.toString(), List.of(arguments), 1_000, timeoutMs);
    }

    private String complaint(String text, String... arguments) throws Exception {
        return script(text, LIMIT.toMillis(), arguments).run();
    }

    @Test
    void shouldComplainWhereALineBeginsWithError() throws Exception {
        assertThat(complaint("echo looking; echo \"ERROR $1 $2\"", "disk", "of b"))
                .isEqualTo("looking\nERROR disk of b\n");
        assertThat(complaint("echo all is well; echo 'no ERROR'; echo ERROR >&2"))
                .isEmpty();
    }

    @Test
    void shouldNotMindTheExitStatus() throws Exception {
        assertThat(complaint("echo fine; exit 3")).isEmpty();
    }

    @Test
    void shouldKeepTheErrorsOfALongOutput() throws Exception {
        String complaint = complaint("for i in {1..2000}; do echo line $i; done; echo ERROR at the end");
        assertThat(complaint).isEqualTo("ERROR at the end\n");
    }

    @Test
    void shouldEndAScriptWithItsGroupWhenItsTimeIsOver() throws Exception {
        Path pids = directory.resolve("pids");
        HealthScript script = script("sleep 1000 & echo $! $$ > " + pids + "; wait", 500);
        assertThat(script.run()).isEqualTo("Node health script timed out");

        for (String pid : Files.readString(pids).trim().split(" ", -1)) {
            Await.until("the end of " + pid, LIMIT, () -> ProcessHandle.of(Long.parseLong(pid))
                    .filter(ProcessHandle::isAlive)
                    .isEmpty());
        }
    }

    @Test
    void shouldComplainWhereItCannotBeRun() throws Exception {
        HealthScript script =
                new HealthScript("script", directory.resolve("none").toString(), List.of(), 1_000, LIMIT.toMillis());
        assertThat(script.run()).contains("cannot be run");
    }
}
