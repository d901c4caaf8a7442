package dev.heddle.nm.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupV2IsolationTest {
    private static final CgroupTerms.Removal REMOVAL = new CgroupTerms.Removal(5_000, 20);
    private static final Allocation ALLOCATION = new Allocation(64, 2, true);
    private static final ContainerId ID = TestContainers.id(1);

    private static CgroupTerms limits(String hierarchy) {
        return new CgroupTerms(
                hierarchy,
                new CgroupTerms.Memory(true, 0, 90),
                new CgroupTerms.Cpu(true, 4, 2, 10),
                40,
                500,
                false,
                REMOVAL);
    }

    @Test
    void shouldWriteWhatTheKernelReads(@TempDir Path root) throws Exception {
        Files.writeString(root.resolve("cgroup.subtree_control"), "memory pids");
        Files.createDirectories(root.resolve("a/b/" + ID));
        Files.createFile(root.resolve("a/b/" + ID + "/memory.swap.max"));
        Files.createFile(root.resolve("a/b/" + ID + "/io.weight"));
        CgroupV2Isolation isolation = new CgroupV2Isolation(limits("a/b"), root);
        List<String> prefix = isolation.prepare(ID, "alice", ALLOCATION);

        Path place = root.resolve("a/b").resolve(ID.toString());
        assertThat(prefix).contains(place.resolve("cgroup.procs").toString()).endsWith("--");
        assertThat(root.resolve("cgroup.subtree_control")).hasContent("+io");
        assertThat(root.resolve("a/cgroup.subtree_control")).hasContent("+io");
        assertThat(root.resolve("a/b/cgroup.subtree_control")).hasContent("+io");
        assertThat(root.resolve("a/b/cpu.max")).hasContent("200000 100000");
        assertThat(place.resolve("memory.max")).hasContent(Long.toString(64L << 20));
        assertThat(place.resolve("memory.low")).hasContent(Long.toString((64L << 20) * 9 / 10));
        assertThat(place.resolve("memory.swap.max")).hasContent("0");
        assertThat(place.resolve("cpu.weight")).hasContent("200");
        assertThat(place.resolve("cpu.max")).hasContent("40000 100000");
        assertThat(place.resolve("pids.max")).hasContent("40");
        assertThat(place.resolve("io.weight")).hasContent("default 4950");

        isolation.update(ID, new Allocation(32, 1, false));
        assertThat(place.resolve("memory.max")).hasContent(Long.toString(32L << 20));
        assertThat(place.resolve("memory.low")).hasContent("0");
        assertThat(place.resolve("cpu.weight")).hasContent("1");
    }

    @Test
    void shouldReadWhatTheKernelWrites(@TempDir Path root) throws Exception {
        Path place = Files.createDirectories(root.resolve("a").resolve(ID.toString()));
        CgroupV2Isolation isolation = new CgroupV2Isolation(limits("a"), root);
        Files.writeString(place.resolve("memory.current"), "1000\n");
        Files.writeString(place.resolve("memory.peak"), "2000\n");
        Files.writeString(place.resolve("memory.max"), "max\n");
        Files.writeString(place.resolve("memory.events"), "low 0\nhigh 0\nmax 7\noom 2\noom_kill 3\n");
        Files.writeString(place.resolve("cpu.stat"), "usage_usec 5\nuser_usec 4\n");
        Files.writeString(place.resolve("pids.current"), "6\n");
        Files.writeString(place.resolve("pids.events"), "max 8\n");
        Files.writeString(place.resolve("cgroup.procs"), "11\n12\n");

        assertThat(isolation.account(ID)).isEqualTo(new Account(1000, 2000, Long.MAX_VALUE, 3, 5_000, 6, 8));
        assertThat(isolation.processes(ID)).containsExactly(11L, 12L);
        assertThat(isolation.account(TestContainers.id(2))).isEqualTo(Account.NOTHING);
    }

    private static Path root(CgroupTerms terms) {
        CgroupMounts mounts = CgroupMounts.ofMachine();
        Path root = mounts.version2();
        assumeTrue(root != null && Files.isWritable(root), "not run: this user may not make cgroups of version 2");
        assumeTrue(
                mounts.version2Controllers().containsAll(CgroupV2Isolation.needed(terms)),
                "not run: cgroup v2 has no " + CgroupV2Isolation.needed(terms) + " here, only "
                        + mounts.version2Controllers());
        return Objects.requireNonNull(root);
    }

    @Test
    void shouldEndWhatHasLeftItsSession(@TempDir Path directory) throws Exception {
        String hierarchy = "heddle-test-" + UUID.randomUUID();
        CgroupTerms terms = new CgroupTerms(hierarchy, null, null, 0, 0, false, REMOVAL);
        Path root = root(terms);
        CgroupV2Isolation isolation = new CgroupV2Isolation(terms, root);
        try (TestContainers containers = new TestContainers(isolation, directory)) {
            TestContainers.Running container = containers.start(
                    1,
                    ALLOCATION,
                    "env -i setsid bash -c 'trap \"\" TERM; echo $$ > daemon.pid; while :; do sleep 1000; done' & sleep 1000");
            long daemon = containers.number("daemon.pid");
            assertThat(isolation.processes(container.id())).contains(daemon, container.leader());

            assertThat(isolation.kill(container.id(), container.leader())).isTrue();
            assertThat(TestContainers.lives(daemon)).isFalse();
            container.process().waitFor();
            isolation.remove(container.id());
            assertThat(root.resolve(hierarchy).resolve(container.id().toString()))
                    .doesNotExist();
        } finally {
            remove(root, hierarchy);
        }
    }

    @Test
    void shouldEndWhatGoesOverItsMemory(@TempDir Path directory) throws Exception {
        String hierarchy = "heddle-test-" + UUID.randomUUID();
        CgroupTerms terms = limits(hierarchy);
        Path root = root(terms);
        CgroupV2Isolation isolation = new CgroupV2Isolation(terms, root);
        try (TestContainers containers = new TestContainers(isolation, directory)) {
            TestContainers.Running container =
                    containers.start(1, ALLOCATION, "exec dd if=/dev/zero of=/dev/null bs=200M count=1");
            assertThat(container.process().waitFor()).isEqualTo(137);
            assertThat(isolation.account(container.id()).outOfMemoryKills()).isEqualTo(1);
            TestContainers.Running bomb = containers.start(2, ALLOCATION, "bomb() { bomb | bomb & }; bomb; sleep 1000");
            Await.until(
                    "a refused process",
                    TestContainers.LIMIT,
                    () -> isolation.account(bomb.id()).refusedForks() > 0);
            assertThat(isolation.kill(bomb.id(), bomb.leader())).isTrue();
        } finally {
            remove(root, hierarchy);
        }
    }

    private static void remove(Path root, String hierarchy) throws InterruptedException {
        CgroupFiles.remove(root.resolve(hierarchy), REMOVAL);
        assertThat(root.resolve(hierarchy)).doesNotExist();
    }

    @Test
    void shouldPutWeightsOnItsOwnScale() throws IOException {
        assertThat(CgroupV2Isolation.ioWeight(10)).isEqualTo(1);
        assertThat(CgroupV2Isolation.ioWeight(1_000)).isEqualTo(10_000);
    }
}
