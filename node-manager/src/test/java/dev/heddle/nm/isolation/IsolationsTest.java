package dev.heddle.nm.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.common.UserException;
import dev.heddle.nm.directories.FileOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsolationsTest {
    private static final int VCORES = 8;
    private static final Allocation SMALL = new Allocation(64, 1, true);

    private final Configuration configuration = new Configuration(false);

    private static void assumeRoot() {
        assumeTrue(System.getProperty("user.name").equals("root"), "not run: only root can become other users");
    }

    @Test
    void shouldUseProcessTreesWhereNothingIsAskedFor() {
        assertThat(Isolations.choose(configuration, VCORES, List.of()).description())
                .startsWith("process trees");
        configuration.set(IsolationSettings.ISOLATION.key(), "process");
        configuration.setBoolean(IsolationSettings.MEMORY.key(), true);
        assertThat(Isolations.choose(configuration, VCORES, List.of()).description())
                .startsWith("process trees");
    }

    @Test
    void shouldRefuseWhatTheMachineCannotDo(@TempDir Path nothing) throws IOException {
        Files.writeString(nothing.resolve("cgroup.controllers"), "pids");
        configuration.setBoolean(IsolationSettings.MEMORY.key(), true);
        configuration.set(IsolationSettings.MOUNT_PATH.key(), nothing.toString());
        configuration.set(IsolationSettings.V2_MOUNT_PATH.key(), nothing.toString());
        assertThatThrownBy(() -> Isolations.choose(configuration, VCORES, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("yarn.nodemanager.resource.memory.enabled is true")
                .hasMessageContaining("cgroup v2 has no controller memory")
                .hasMessageContaining("cgroup v1 has no controller memory");

        configuration.set(IsolationSettings.ISOLATION.key(), "auto");
        assertThat(Isolations.choose(configuration, VCORES, List.of()).description())
                .startsWith("process trees");
    }

    @Test
    void shouldRefuseSettingsThatMakeNoSense() {
        configuration.set(IsolationSettings.ISOLATION.key(), "cgroup");
        configuration.set(IsolationSettings.HIERARCHY.key(), "/../etc");
        assertThatThrownBy(() -> Isolations.choose(configuration, VCORES, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no path below the root");
        configuration.unset(IsolationSettings.HIERARCHY.key());
        configuration.setBoolean(IsolationSettings.MOUNT.key(), true);
        assertThatThrownBy(() -> Isolations.choose(configuration, VCORES, List.of()))
                .hasMessageContaining("mounts nothing");
        configuration.set(IsolationSettings.ISOLATION.key(), "jail");
        assertThatThrownBy(() -> Isolations.choose(configuration, VCORES, List.of()))
                .hasMessageContaining("which is no configured, auto, cgroup");
    }

    @Test
    void shouldTryOutTheCgroupsOfTheMachine() throws Exception {
        CgroupMounts mounts = CgroupMounts.ofMachine();
        Path memory = mounts.version1().get("memory");
        assumeTrue(memory != null && Files.isWritable(memory), "not run: this user may not make cgroups of version 1");
        String hierarchy = "heddle-test-" + UUID.randomUUID();
        configuration.set(IsolationSettings.ISOLATION.key(), "cgroup-v1");
        configuration.set(IsolationSettings.HIERARCHY.key(), hierarchy);
        try {
            assertThat(Isolations.choose(configuration, VCORES, List.of()).description())
                    .startsWith("cgroup v1 " + hierarchy + " with memory, cpu, pids");
            assertThat(CgroupFiles.children(Objects.requireNonNull(memory).resolve(hierarchy)))
                    .isEmpty();
        } finally {
            for (Path mount : mounts.version1().values()) {
                CgroupFiles.remove(mount.resolve(hierarchy), new CgroupTerms.Removal(1_000, 20));
            }
        }
    }

    @Test
    void shouldRunContainersAsAnotherUser(@TempDir Path directory) throws Exception {
        assumeRoot();
        configuration.set(IsolationSettings.EXECUTOR.key(), ExecutorChoice.LINUX.toString());
        Isolation isolation = Isolations.choose(configuration, VCORES, List.of());
        FileOwner owner = isolation.owner("alice");
        assertThat(owner).isNotNull();
        assertThat(owner.user().getName()).isEqualTo("nobody");
        Files.createDirectory(directory.resolve("work"));
        Path theirs = Files.createFile(directory.resolve("theirs"));
        Path link = Files.createSymbolicLink(directory.resolve("work/link"), theirs);
        owner.giveTree(directory.resolve("work"));
        assertThat(Files.getOwner(link, LinkOption.NOFOLLOW_LINKS).getName()).isEqualTo("nobody");
        assertThat(Files.getOwner(theirs).getName()).isEqualTo("root");

        try (TestContainers containers = new TestContainers(isolation, directory)) {
            TestContainers.Running container =
                    containers.start(1, SMALL, "alice", "id -un; grep CapEff /proc/self/status");
            assertThat(container.process().waitFor()).isZero();
            assertThat(containers.output().lines()).containsExactly("nobody", "CapEff:\t0000000000000000");
        }
    }

    @Test
    void shouldCombineUsersAndCgroups(@TempDir Path directory) throws Exception {
        assumeRoot();
        CgroupMounts mounts = CgroupMounts.ofMachine();
        Path memory = mounts.version1().get("memory");
        assumeTrue(memory != null, "not run: this machine has no cgroup v1");
        String hierarchy = "heddle-test-" + UUID.randomUUID();
        configuration.set(IsolationSettings.ISOLATION.key(), "cgroup-v1");
        configuration.set(IsolationSettings.HIERARCHY.key(), hierarchy);
        configuration.set(IsolationSettings.EXECUTOR.key(), "LinuxContainerExecutor");
        try (TestContainers containers =
                new TestContainers(Isolations.choose(configuration, VCORES, List.of()), directory)) {
            TestContainers.Running container =
                    containers.start(1, SMALL, "alice", "id -un; grep memory: /proc/self/cgroup | cut -d: -f3");
            assertThat(container.process().waitFor()).isZero();
            assertThat(containers.output().lines()).containsExactly("nobody", "/" + hierarchy + "/" + container.id());
        } finally {
            for (Path mount : mounts.version1().values()) {
                CgroupFiles.remove(mount.resolve(hierarchy), new CgroupTerms.Removal(1_000, 20));
            }
        }
    }

    @Test
    void shouldRefuseUsersThatMustNotRunContainers() throws Exception {
        assumeRoot();
        configuration.set(IsolationSettings.EXECUTOR.key(), ExecutorChoice.LINUX.toString());
        configuration.setBoolean(IsolationSettings.LIMIT_USERS.key(), false);
        Isolation isolation = Isolations.choose(configuration, VCORES, List.of());
        for (String user : List.of("root", "daemon")) {
            assertThatThrownBy(() -> isolation.prepare(TestContainers.id(1), user, SMALL))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("must not run containers");
        }
        assertThatThrownBy(() -> isolation.prepare(TestContainers.id(1), "no-such-user", SMALL))
                .hasMessageContaining("this machine has no user no-such-user");
        assertThatThrownBy(() -> isolation.prepare(TestContainers.id(1), "a b", SMALL))
                .hasMessageContaining("Invalid user name 'a b'");

        configuration.setBoolean(IsolationSettings.LIMIT_USERS.key(), true);
        configuration.set(IsolationSettings.LOCAL_USER.key(), "root");
        assertThatThrownBy(() -> Isolations.choose(configuration, VCORES, List.of()))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("LinuxContainerExecutor, but user root has the id 0");
    }
}
