package dev.heddle.nm.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.isolation.Allocation;
import dev.heddle.nm.isolation.Isolation;
import dev.heddle.nm.isolation.Isolations;
import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes. */
class ContainerWatchTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long CLUSTER = System.nanoTime();
    private static final long MB = 1 << 20;
    private static final WatchTerms TERMS = new WatchTerms(1_000, true, false, 2.1, 1_000, 1_000_000, 1_500_000);

    /** A shell that holds about 100 MB, and says so. */
    private static final String EATER =
            "x=$(head -c 100000000 /dev/zero | tr '\\0' a); echo $$ > ready; sleep 1000; echo ${#x}";

    private Isolation isolation;
    private final BlockingQueue<Excess> excesses = new LinkedBlockingQueue<>();
    private final List<WatchedContainer> containers = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private ContainerWatch watch;
    private Path directory;

    @BeforeEach
    void make(@TempDir Path directory) {
        this.directory = directory;
        isolation = Isolations.choose(new Configuration(false), 4, List.of(directory));
        watch = watch(TERMS);
    }

    private ContainerWatch watch(WatchTerms terms) {
        return new ContainerWatch(
                terms,
                isolation,
                new ContainerWatch.Cores(2, 2),
                List.of(directory),
                Runnable::run,
                (container, excess) -> excesses.add(excess));
    }

    @AfterEach
    void end() throws Exception {
        watch.close();
        for (int at = 0; at < containers.size(); at++) {
            isolation.kill(containers.get(at).id(), containers.get(at).leader());
            processes.get(at).waitFor();
        }
    }

    private WatchedContainer start(int number, long memoryMb, String script) throws IOException {
        ContainerId id = ContainerId.newContainerId(
                ApplicationAttemptId.newInstance(ApplicationId.newInstance(CLUSTER, 1), 1), number);
        Process process = new ProcessBuilder(
                        "setsid",
                        "/bin/bash",
                        "-c",
                        "export CONTAINER_ID=" + id + " LOCAL_DIRS=" + directory + "/app\n" + script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        WatchedContainer container = new WatchedContainer(
                id, process.pid(), new Allocation(memoryMb, 1, true), List.of(directory.resolve("logs")));
        containers.add(container);
        processes.add(process);
        watch.begin(container);
        return container;
    }

    private void await(String file) {
        Await.until(file, LIMIT, () -> Files.exists(directory.resolve(file)));
    }

    private ContainerUsage usage(WatchedContainer container) {
        return watch.usages().getOrDefault(container.id(), ContainerUsage.NOTHING);
    }

    @Test
    void shouldSayWhoIsOverItsMemoryAndWhatToDo() throws Exception {
        WatchedContainer container = start(1, 64, EATER);
        WatchedContainer modest = start(2, 1_000, "sleep 1000");
        await("ready");
        watch.look();
        // It may have been forked just now.
        assertThat(excesses).isEmpty();
        watch.look();
        watch.look();

        Excess excess = excesses.remove();
        assertThat(excesses).isEmpty();
        assertThat(excess.kind()).isEqualTo(Excess.Kind.PHYSICAL_MEMORY);
        assertThat(excess.diagnosis())
                .startsWith("Container [pid=" + container.leader() + ",containerID=" + container.id() + "] is running ")
                .containsPattern("beyond the 'PHYSICAL' memory limit\\. Current usage: [0-9.]+ MB of 64 MB physical"
                        + " memory used; [0-9.]+ [MG]B of 134.4 MB virtual memory used\\. Killing container\\.")
                .containsPattern("It asked for 64 MB and used \\d+ MB at the peak")
                .containsPattern("pid " + container.leader() + ", \\d+ MB: /bin/bash -c")
                .contains("To let it run: have its application ask for 256 MB for it");
        assertThat(usage(container).residentBytes()).isBetween(64 * MB, 300 * MB);
        assertThat(usage(modest).residentBytes()).isLessThan(64 * MB);
    }

    @Test
    void shouldEndAtOnceWhatUsesTwiceItsMemory() throws Exception {
        start(1, 32, EATER);
        await("ready");
        watch.look();
        assertThat(excesses.remove().kind()).isEqualTo(Excess.Kind.PHYSICAL_MEMORY);
    }

    @Test
    void shouldFollowTheGrant() throws Exception {
        WatchedContainer container = start(1, 64, EATER);
        await("ready");
        watch.change(container.id(), new Allocation(1_000, 1, true));
        watch.look();
        watch.look();
        assertThat(excesses).isEmpty();
        watch.change(container.id(), new Allocation(16, 1, true));
        watch.look();
        assertThat(excesses).hasSize(1);
    }

    @Test
    void shouldCheckAddressSpaceOnlyWhereAsked() throws Exception {
        watch.close();
        watch = watch(new WatchTerms(1_000, false, true, 1, 0, 1, 1));
        start(1, 1, "echo > ready; sleep 1000");
        await("ready");
        watch.look();
        Excess excess = excesses.remove();
        assertThat(excess.kind()).isEqualTo(Excess.Kind.VIRTUAL_MEMORY);
        assertThat(excess.diagnosis())
                .contains("beyond the 'VIRTUAL' memory limit")
                .contains("yarn.nodemanager.vmem-check-enabled to false");
    }

    /** Hadoop's classes bring a default of their own. */
    @Test
    void shouldCheckAddressSpaceOnlyWhereItIsSetByHand() {
        YarnConfiguration configuration = new YarnConfiguration();
        assertThat(WatchTerms.read(configuration).virtualCheck()).isFalse();
        configuration.setBoolean(WatchSettings.VIRTUAL_CHECK.key(), true);
        assertThat(WatchTerms.read(configuration).virtualCheck()).isTrue();
    }

    @Test
    void shouldCountWhatAContainerUses() throws Exception {
        WatchedContainer container = start(
                1,
                1_000,
                "exec 7<> held; setsid bash -c 'setsid sleep 1000 & sleep 1000; true' & head -c 3000000 /dev/zero > held;"
                        + " while [ ! -e stop ]; do :; done; echo > ready; sleep 1000");
        Await.until("four processes", LIMIT, () -> {
            watch.look();
            return usage(container).processes() == 4;
        });
        Await.until("busy", LIMIT, () -> {
            watch.look();
            return usage(container).cores() > 0.2
                    && watch.utilization().containers().vcores() > 0.4;
        });
        assertThat(usage(container).openFiles()).isGreaterThan(8);
        assertThat(usage(container).virtualBytes())
                .isGreaterThan(usage(container).residentBytes());
        assertThat(watch.utilization().node().memoryMb()).isPositive();
        Files.createFile(directory.resolve("stop"));
        await("ready");
        assertThat(watch.end(container.id()).cpuMillis()).isPositive();
        watch.look();
        assertThat(watch.usages()).isEmpty();
        assertThat(watch.utilization().containers().memoryMb()).isZero();
    }

    @Test
    void shouldSayWhoLogsTooMuch() throws Exception {
        Path logs = Files.createDirectory(directory.resolve("logs"));
        start(1, 1_000, "sleep 1000");
        Files.write(logs.resolve("stdout"), new byte[900_000]);
        watch.lookAtLogs();
        assertThat(excesses).isEmpty();
        Files.write(logs.resolve("stderr"), new byte[200_000]);
        watch.lookAtLogs();
        Excess excess = excesses.remove();
        assertThat(excess.kind()).isEqualTo(Excess.Kind.LOGS);
        assertThat(excess.diagnosis())
                .contains("is logging beyond the container single log directory limit.")
                .contains("Limit: 1000000 Log Directory Size: 1100000 Log Directory: " + logs)
                .contains("raise yarn.nodemanager.container-log-monitor.dir-size-limit-bytes");
    }

    @Test
    void shouldLookByItself() throws Exception {
        start(1, 32, EATER);
        watch.start();
        Await.until("an excess", LIMIT, () -> !excesses.isEmpty());
    }
}
