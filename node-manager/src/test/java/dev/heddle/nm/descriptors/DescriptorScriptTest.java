package dev.heddle.nm.descriptors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorScriptTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path directory;

    DescriptorScriptTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private DescriptorScript script(String text, Duration limit) throws IOException {
        Path path = Files.writeString(directory.resolve("script"), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        return new DescriptorScript(path, List.of("first", "second one"), limit.toMillis());
    }

    @Test
    void shouldReadWhatAScriptPrints() throws Exception {
        assertThat(script("echo $1; echo \"$2\"", LIMIT).run()).containsExactly("first", "second one");
    }

    @Test
    void shouldNotWaitForWhatAScriptLeavesInTheBackground() throws Exception {
        assertThat(script("sleep 1000 & echo $!", LIMIT).run())
                .singleElement()
                .satisfies(pid -> ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly));
    }

    @Test
    void shouldSayHowAScriptFailed() throws Exception {
        DescriptorScript failing = script("echo NODE_PARTITION:x; echo no disk >&2; exit 3", LIMIT);
        assertThatThrownBy(failing::run)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it ended with status 3 and said: ")
                .hasMessageEndingWith("no disk");

        DescriptorScript loud = script("head -c 2000000 /dev/zero", LIMIT);
        assertThatThrownBy(loud::run).isInstanceOf(IOException.class).hasMessageContaining("it printed more than");
    }

    @Test
    void shouldEndAScriptThatTakesTooLong() throws Exception {
        Path pid = directory.resolve("pid");
        DescriptorScript hanging = script(
                "sleep 1000 & echo $! > " + pid + ".new; mv " + pid + ".new " + pid + "; wait", Duration.ofSeconds(3));
        assertThatThrownBy(hanging::run)
                .isInstanceOf(IOException.class)
                .hasMessage("it has not ended in 3000 ms and was ended");
        long child = Long.parseLong(Files.readString(pid).trim());
        Await.until("its child to end", LIMIT, () -> ProcessHandle.of(child).isEmpty());
    }
}
