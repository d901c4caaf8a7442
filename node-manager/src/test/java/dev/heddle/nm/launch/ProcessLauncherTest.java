package dev.heddle.nm.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes below their supervisors. */
class ProcessLauncherTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ProcessLauncher launcher = new ProcessLauncher();
    private ContainerPaths paths;

    @BeforeEach
    void makeDirectories(@TempDir Path directory) throws IOException {
        Path work = Files.createDirectories(directory.resolve("container 1"));
        Path log = Files.createDirectories(directory.resolve("log"));
        paths = new ContainerPaths(
                work,
                Files.createDirectories(directory.resolve("private")),
                log,
                List.of(work),
                List.of(directory),
                List.of(log));
    }

    private ContainerProcess start(String script, String... prefix) throws IOException {
        Files.writeString(paths.script(), script);
        return launcher.start(paths, 1, List.of(prefix));
    }

    private static int exitOf(ContainerProcess process) throws Exception {
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        process.onExit(Runnable::run, exit::complete);
        return exit.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private String output() throws IOException {
        return Files.readString(paths.prelaunchOut());
    }

    @Test
    void shouldNoteTheProcessAndItsExitStatus() throws Exception {
        ContainerProcess process = start("echo $$; exit 7");

        assertThat(exitOf(process)).isEqualTo(7);
        assertThat(output()).isEqualTo(process.pid() + "\n");
        assertThat(paths.record(1).identity()).isNotNull();
        assertThat(paths.record(1).identity().pid()).isEqualTo(process.pid());
        assertThat(paths.record(1).exitStatus()).hasValue(7);
        paths.record(1).delete();
        assertThat(paths.nodePrivate()).isEmptyDirectory();
    }

    @Test
    void shouldLeadASessionBelowASupervisorInAnother() throws Exception {
        ContainerProcess process = start("ps -o pid=,pgid=,sid= $$; ps -o pid=,pgid=,sid= $PPID; exit 0");

        assertThat(exitOf(process)).isZero();
        assertThat(output().lines().map(line -> line.trim().split(" +")))
                .hasSize(2)
                .allSatisfy(ids -> assertThat(ids[1]).isEqualTo(ids[0]))
                .allSatisfy(ids -> assertThat(ids[2]).isEqualTo(ids[0]));
        assertThat(output())
                .doesNotContain(Long.toString(ProcessHandle.current().pid()));
    }

    @Test
    void shouldIgnoreNoSignalsAndKeepNoFilesOpen() throws Exception {
        ContainerProcess process = start("sed -n 's/^SigIgn:\\t//p' /proc/self/status; ls /proc/self/fd; cat; exit 0");

        assertThat(exitOf(process)).isZero();
        List<String> lines = output().lines().toList();
        // 3 is the folder that ls reads.
        assertThat(lines).hasSize(5).endsWith("0", "1", "2", "3");
        // SIGHUP, SIGINT, SIGQUIT, SIGPIPE and SIGTERM.
        assertThat(Long.parseLong(lines.get(0), 16) & 0x5007).isZero();
        assertThat(paths.prelaunchErr()).isEmptyFile();
    }

    @Test
    void shouldRunTheScriptBehindAPrefix() throws Exception {
        ContainerProcess process = start("echo $A $$; exit 3", "env", "A=b c");

        assertThat(exitOf(process)).isEqualTo(3);
        assertThat(output()).isEqualTo("b c " + process.pid() + "\n");
    }

    @Test
    void shouldTellTheSignalThatEndedTheProcess() throws Exception {
        assertThat(exitOf(start("kill -9 $$"))).isEqualTo(137);
        assertThat(paths.record(1).exitStatus()).hasValue(137);
        assertThat(paths.prelaunchErr()).isEmptyFile();
    }

    @Test
    void shouldEndWhatTheProcessLeavesInItsGroup() throws Exception {
        ContainerProcess process = start("sleep 1000 & echo $!; exit 0");

        assertThat(exitOf(process)).isZero();
        long left = Long.parseLong(output().trim());
        Await.until("its child to end", LIMIT, () -> ProcessHandle.of(left).isEmpty());
    }

    @Test
    void shouldFollowNoLinksThatAnEarlierRunHasLeft() throws Exception {
        Path foreign = Files.writeString(paths.nodePrivate().resolve("foreign"), "secret");
        Files.createSymbolicLink(paths.prelaunchOut(), foreign);
        Files.createSymbolicLink(paths.prelaunchErr(), foreign);
        assertThat(exitOf(start("echo out; ln -s " + foreign + " '" + paths.log() + "/stderr'; exit 1")))
                .isEqualTo(1);

        assertThat(foreign).hasContent("secret");
        assertThat(output()).isEqualTo("out\n");
        assertThat(new ExitReport(100).lines(1, paths).toString()).doesNotContain("secret");
    }

    @Test
    void shouldNotStartWhatSomebodyElseHasClaimed() throws Exception {
        Files.createFile(paths.record(1).pidFile());

        assertThatThrownBy(() -> start("touch started"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("could not be started")
                .hasMessageContaining(".1.pid");
        assertThat(paths.work().resolve("started")).doesNotExist();
    }

    @Test
    void shouldStartThoughNobodyListensAnyMore() throws Exception {
        // As the launcher does, but without reading the pipe.
        Files.writeString(paths.script(), "exit 5");
        ProcessBuilder builder = launcher.command(paths, 1, List.of());
        Process supervisor = builder.start();
        supervisor.getInputStream().close();

        assertThat(supervisor.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(paths.record(1).exitStatus()).hasValue(5);
    }

    @Test
    void shouldWaitForAProcessWhoseSupervisorWasKilled() throws Exception {
        ContainerProcess process = start("sleep 1000 & echo $!; wait");
        Await.until("its child", LIMIT, () -> Files.exists(paths.prelaunchOut()) && output().endsWith("\n"));
        long child = Long.parseLong(output().trim());
        ProcessHandle.of(process.pid())
                .flatMap(ProcessHandle::parent)
                .orElseThrow()
                .destroyForcibly();
        process.signalGroup(ContainerProcess.Signal.TERM);

        assertThat(exitOf(process)).isEqualTo(ExitReport.LOST);
        process.endRemains();
        Await.until("its child to end", LIMIT, () -> ProcessHandle.of(child).isEmpty());
    }
}
