package dev.heddle.nm.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real cgroups, where the machine lets them be made. */
class CgroupV1IsolationTest {
    private static final int MAX_PROCESSES = 40;
    private static final int VCORES = 10;
    private static final long MB = 1 << 20;
    private static final Allocation SMALL = new Allocation(64, 1, true);
    private static final CgroupTerms.Removal REMOVAL = new CgroupTerms.Removal(5_000, 20);

    private final CgroupMounts mounts = CgroupMounts.ofMachine();
    private final String hierarchy = "heddle-test-" + UUID.randomUUID();
    private final CgroupTerms terms = new CgroupTerms(
            hierarchy,
            new CgroupTerms.Memory(true, 0, 90),
            new CgroupTerms.Cpu(true, 4, 2, VCORES),
            MAX_PROCESSES,
            500,
            false,
            REMOVAL);
    private final List<TestContainers> all = new ArrayList<>();
    private Path directory;
    private CgroupV1Isolation isolation;
    private TestContainers containers;

    @BeforeEach
    void make(@TempDir Path directory) throws IOException {
        this.directory = directory;
        Path memory = mounts.version1().get("memory");
        assumeTrue(
                memory != null && mounts.version1().keySet().containsAll(CgroupV1Isolation.needed(terms)),
                "not run: this machine has no cgroup v1 with " + CgroupV1Isolation.needed(terms));
        assumeTrue(Files.isWritable(memory), "not run: this user may not make cgroups in " + memory);
        isolation = new CgroupV1Isolation(terms, mounts);
        containers = with(isolation);
    }

    private TestContainers with(Isolation used) {
        TestContainers made = new TestContainers(used, directory);
        all.add(made);
        return made;
    }

    @AfterEach
    void leaveNothing() throws Exception {
        for (TestContainers made : all) {
            made.close();
        }
        for (Path mount : mounts.version1().values()) {
            Path parent = mount.resolve(hierarchy);
            assertThat(CgroupFiles.children(parent))
                    .filteredOn(child -> !child.endsWith("shared"))
                    .isEmpty();
            CgroupFiles.remove(parent, REMOVAL);
            assertThat(parent).doesNotExist();
        }
    }

    private Path above(String controller) {
        return Objects.requireNonNull(mounts.version1().get(controller)).resolve(hierarchy);
    }

    private Path place(String controller, TestContainers.Running container) {
        return above(controller).resolve(container.id().toString());
    }

    @Test
    void shouldEndWhatGoesOverItsMemory() throws Exception {
        TestContainers.Running container =
                containers.start(1, SMALL, "exec dd if=/dev/zero of=/dev/null bs=200M count=1");
        assertThat(container.process().waitFor()).isEqualTo(137);

        Account account = isolation.account(container.id());
        assertThat(account.outOfMemoryKills()).isEqualTo(1);
        assertThat(account.memoryLimitBytes()).isEqualTo(64 * MB);
        assertThat(account.peakMemoryBytes()).isBetween(60 * MB, 64 * MB);
    }

    @Test
    void shouldHoldTheCpuQuota() throws Exception {
        // One of ten virtual cores of two cores: a fifth of a core.
        TestContainers.Running container =
                containers.start(1, SMALL, "for i in 1 2; do (while :; do :; done) & done; wait");
        Path cpu = place("cpu", container);
        long quotaNanos = CgroupFiles.number(cpu, "cpu.cfs_quota_us", 0) * 1_000;
        assertThat(quotaNanos).isEqualTo(20_000_000);
        // It has been stopped at its quota once: from here on it wants more than it gets.
        Await.until("a first stop", TestContainers.LIMIT, () -> counter(cpu, "nr_throttled") > 0);
        long periods = counter(cpu, "nr_periods");
        long usedNanos = isolation.account(container.id()).cpuNanos();
        Await.until("thirty periods", TestContainers.LIMIT, () -> counter(cpu, "nr_periods") >= periods + 30);
        long passed = counter(cpu, "nr_periods") - periods;
        double used = isolation.account(container.id()).cpuNanos() - usedNanos;

        assertThat(used / (passed * quotaNanos)).isCloseTo(1, within(0.1));
    }

    private static long counter(Path cpu, String name) {
        return CgroupFiles.counters(cpu, "cpu.stat").getOrDefault(name, 0L);
    }

    @Test
    void shouldContainAForkBombAndEndIt() throws Exception {
        TestContainers.Running bomb = containers.start(1, SMALL, "bomb() { bomb | bomb & }; bomb; sleep 1000");
        Await.until(
                "a refused process",
                TestContainers.LIMIT,
                () -> isolation.account(bomb.id()).refusedForks() > 0);
        assertThat(isolation.account(bomb.id()).processes()).isLessThanOrEqualTo(MAX_PROCESSES);

        assertThat(isolation.kill(bomb.id(), bomb.leader())).isTrue();
        assertThat(isolation.processes(bomb.id())).isEmpty();
        isolation.remove(bomb.id());
        for (String controller : List.of("memory", "cpu", "cpuacct", "pids", "blkio", "freezer")) {
            assertThat(place(controller, bomb)).doesNotExist();
        }
    }

    @Test
    void shouldEndWhatHasLeftItsSessionAndItsEnvironment() throws Exception {
        TestContainers.Running container = containers.start(
                1,
                SMALL,
                "env -i setsid bash -c 'trap \"\" TERM HUP; echo $$ > daemon.pid; while :; do sleep 1000; done' & sleep 1000");
        long daemon = containers.number("daemon.pid");
        assertThat(isolation.processes(container.id())).contains(daemon, container.leader());

        assertThat(isolation.kill(container.id(), container.leader())).isTrue();
        assertThat(TestContainers.lives(daemon)).isFalse();
    }

    @Test
    void shouldChangeWhatARunningContainerMayUse() throws Exception {
        TestContainers.Running container = containers.start(1, SMALL, "echo $$ > pid; exec sleep 1000");
        containers.number("pid");
        isolation.update(container.id(), new Allocation(128, 4, true));

        assertThat(isolation.account(container.id()).memoryLimitBytes()).isEqualTo(128 * MB);
        assertThat(CgroupFiles.number(place("cpu", container), "cpu.shares", 0)).isEqualTo(4096);
        assertThat(CgroupFiles.number(place("cpu", container), "cpu.cfs_quota_us", 0))
                .isEqualTo(80_000);
        isolation.update(container.id(), new Allocation(128, 4, false));
        assertThat(CgroupFiles.number(place("cpu", container), "cpu.shares", 0)).isEqualTo(2);
    }

    @Test
    void shouldSayWhatTheKernelRefuses() {
        assertThatThrownBy(() -> isolation.update(TestContainers.id(99), SMALL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("memory.limit_in_bytes");
    }

    @Test
    void shouldCapAllContainersTogether() {
        assertThat(CgroupFiles.number(above("cpu"), "cpu.cfs_quota_us", 0)).isEqualTo(200_000);
    }

    @Test
    void shouldGiveWholeCoresToThoseThatAreWorthThem() throws Exception {
        assumeTrue(
                mounts.version1().containsKey("cpuset") && Runtime.getRuntime().availableProcessors() > 1,
                "not run: there is no cgroup v1 with cpuset, or only one core");
        int cores = Runtime.getRuntime().availableProcessors();
        CgroupV1Isolation exclusive = new CgroupV1Isolation(
                new CgroupTerms(hierarchy, null, new CgroupTerms.Cpu(false, cores, cores, cores), 0, 0, true, REMOVAL),
                mounts);
        TestContainers made = with(exclusive);
        TestContainers.Running first = made.start(1, new Allocation(64, 1, true), "echo $$ > 1.pid; exec sleep 1000");
        TestContainers.Running other = made.start(2, new Allocation(64, 1, false), "echo $$ > 2.pid; exec sleep 1000");
        made.number("1.pid");
        made.number("2.pid");
        assertThat(cores(first)).hasSize(1);
        assertThat(cores(other)).hasSize(cores - 1).doesNotContainAnyElementsOf(cores(first));

        // Whoever comes when only one core is left for the others shares it with them, also after a restart.
        TestContainers again = with(new CgroupV1Isolation(
                new CgroupTerms(hierarchy, null, new CgroupTerms.Cpu(false, cores, cores, cores), 0, 0, true, REMOVAL),
                mounts));
        TestContainers.Running large =
                again.start(3, new Allocation(64, cores - 1, true), "echo $$ > 3.pid; exec sleep 1000");
        again.number("3.pid");
        assertThat(cores(large)).isEqualTo(cores(other));

        exclusive.kill(first.id(), first.leader());
        first.process().waitFor();
        exclusive.remove(first.id());
        assertThat(cores(other)).hasSize(cores);
    }

    private static SortedSet<Integer> cores(TestContainers.Running container) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + container.leader() + "/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> ExclusiveCores.parse(line.substring(line.indexOf(':') + 1)))
                .findFirst()
                .orElseThrow();
    }
}
