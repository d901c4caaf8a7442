package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.nm.isolation.IsolationSettings;
import dev.heddle.nm.procfs.ProcessTable;
import dev.heddle.nm.watch.WatchSettings;
import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.URL;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers that misbehave, on a node manager with real processes and, where the machine has them, real cgroups. */
class NodeIsolationTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final List<String> CONTROLLERS =
            List.of("memory", "cpu", "cpuacct", "cpuset", "pids", "blkio", "freezer");
    private static final String USER = "alice";
    private static final long CLUSTER = System.nanoTime();

    /** A shell that holds about 100 MB. */
    private static final String EATER = "x=\\$(head -c 100000000 /dev/zero | tr '\\0' a); sleep 1000; echo \\${#x}";

    /** Starts something that leaves the container's session and ignores whoever asks it to go. */
    private static final String DAEMON =
            "setsid bash -c 'trap \\\"\\\" TERM HUP; echo \\$\\$ > <LOG_DIR>/pid; while :; do sleep 1000; done' & ";

    private final String hierarchy = "heddle-test-" + UUID.randomUUID();
    private final FakeResourceManager resourceManager = new FakeResourceManager(7);
    private final YarnConfiguration configuration = new YarnConfiguration();
    private final ContainerId id =
            ContainerId.newContainerId(ApplicationAttemptId.newInstance(ApplicationId.newInstance(CLUSTER, 1), 1), 1);
    private Path directory;
    private @Nullable NodeManager nodeManager;
    private @Nullable ApplicationMasterClient client;

    @BeforeEach
    void configure(@TempDir Path directory) throws IOException {
        this.directory = directory;
        // Containers of another user have to get at what is theirs.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        configuration.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, resourceManager.address());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("local").toString());
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs").toString());
        configuration.setLong(WatchSettings.INTERVAL.key(), 50);
    }

    @AfterEach
    void leaveNothing() throws Exception {
        if (client != null) {
            client.close();
        }
        if (nodeManager != null) {
            nodeManager.close();
        }
        resourceManager.close();
        for (String controller : CONTROLLERS) {
            Path made = CGROUPS.resolve(controller).resolve(hierarchy);
            if (Files.isDirectory(made)) {
                assertThat(made.resolve(id.toString())).doesNotExist();
                Files.deleteIfExists(made.resolve("shared"));
                Files.delete(made);
            }
        }
        String name = id.toString();
        ProcessTable table = new ProcessTable();
        assertThat(table.read()).noneMatch(entry -> table.hasVariable(entry.pid(), "CONTAINER_ID", name));
    }

    private void withCgroups() {
        assumeTrue(
                Files.isWritable(CGROUPS.resolve("memory")) && Files.isDirectory(CGROUPS.resolve("pids")),
                "not run: this machine has no cgroup v1 that this user may use");
        configuration.set(IsolationSettings.ISOLATION.key(), "cgroup-v1");
        configuration.set(IsolationSettings.HIERARCHY.key(), "/" + hierarchy);
        configuration.setInt(IsolationSettings.MAX_PROCESSES.key(), 50);
    }

    private void run(String command) throws Exception {
        run(ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(command), null, null, null));
    }

    private void run(ContainerLaunchContext launch) throws Exception {
        NodeManager started = NodeManager.start(configuration, InstantSource.system(), reason -> {});
        nodeManager = started;
        Await.until("a registration", LIMIT, started::isRegistered);
        ApplicationMasterClient master = new ApplicationMasterClient(
                id.getApplicationAttemptId(), started.nodeId(), resourceManager.nmToken(id, started.nodeId(), USER));
        client = master;
        StartContainersResponse response = master.start(
                resourceManager.containerToken(
                        resourceManager.grant(id, started.nodeId(), USER).of(Resource.newInstance(64, 1))),
                launch);
        assertThat(response.getSuccessfullyStartedContainers()).containsExactly(id);
    }

    private ApplicationMasterClient master() {
        return Objects.requireNonNull(client);
    }

    private ContainerStatus status() throws Exception {
        return master().status(id).getContainerStatuses().get(0);
    }

    private ContainerStatus end() throws Exception {
        Await.until("the end", LIMIT, () -> status().getState() == ContainerState.COMPLETE);
        return status();
    }

    private Path logs() {
        return directory
                .resolve("logs")
                .resolve(id.getApplicationAttemptId().getApplicationId().toString())
                .resolve(id.toString());
    }

    private long pid() throws IOException {
        Path file = logs().resolve("pid");
        Await.until(
                "a process",
                LIMIT,
                () -> Files.exists(file) && Files.readString(file).endsWith("\n"));
        return Long.parseLong(Files.readString(file).trim());
    }

    private static boolean lives(long pid) throws IOException {
        return new ProcessTable().read().stream().anyMatch(entry -> entry.pid() == pid);
    }

    @Test
    void shouldEndWhoIsSeenOverItsMemory() throws Exception {
        run(EATER);
        ContainerStatus status = end();
        assertThat(status.getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_EXCEEDED_PMEM);
        assertThat(status.getDiagnostics())
                .containsPattern(
                        "beyond the 'PHYSICAL' memory limit. Current usage: [0-9.]+ MB of 64 MB physical memory")
                .containsPattern("It asked for 64 MB and used \\d+ MB at the peak")
                .contains("/bin/bash -c")
                .contains("have its application ask for 256 MB")
                .contains("Container exited with a non-zero exit code");
    }

    @Test
    void shouldExplainWhomTheKernelEndedForItsMemory() throws Exception {
        withCgroups();
        run("exec dd if=/dev/zero of=/dev/null bs=200M count=1");
        ContainerStatus status = end();
        assertThat(status.getExitStatus()).isEqualTo(137);
        assertThat(status.getDiagnostics())
                .contains("Container killed on request. Exit code is 137")
                .contains(
                        "Container " + id + " ran out of memory: the kernel has ended 1 of its processes, as it was at"
                                + " the limit of its cgroup, 64 MB.")
                .contains("have its application ask for 256 MB");
    }

    @Test
    void shouldEndAForkBombThatIsHeldByItsCgroup() throws Exception {
        withCgroups();
        run("bomb() { bomb | bomb & }; bomb; sleep 1000");
        Path pids = CGROUPS.resolve("pids").resolve(hierarchy).resolve(id.toString());
        Path refusals = pids.resolve("pids.events");
        Await.until(
                "a refused process",
                LIMIT,
                () -> Files.exists(refusals) && !Files.readString(refusals).startsWith("max 0"));
        master().stop(id);
        ContainerStatus status = end();
        assertThat(status.getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
        assertThat(status.getDiagnostics()).contains("was at its limit of processes and threads");
        assertThat(pids).doesNotExist();
    }

    @Test
    void shouldEndADaemonWithItsContainer() throws Exception {
        run(DAEMON + "while [ ! -s <LOG_DIR>/pid ]; do :; done; exit 3");
        long daemon = pid();
        assertThat(end().getExitStatus()).isEqualTo(3);
        assertThat(lives(daemon)).isFalse();
    }

    @Test
    void shouldEndADaemonThatClearedItsEnvironment() throws Exception {
        withCgroups();
        run("env -i " + DAEMON + "trap '' TERM; while :; do sleep 1000; done");
        long daemon = pid();
        master().stop(id);
        assertThat(end().getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
        assertThat(lives(daemon)).isFalse();
    }

    @Test
    void shouldEndWhoFillsItsLogDirectory() throws Exception {
        configuration.setBoolean(WatchSettings.LOG_CHECK.key(), true);
        configuration.setLong(WatchSettings.LOG_INTERVAL.key(), 50);
        configuration.setLong(WatchSettings.LOG_DIRECTORY_LIMIT.key(), 100_000);
        run("while :; do head -c 10000 /dev/zero; sleep 0.01; done > <LOG_DIR>/stdout");
        ContainerStatus status = end();
        assertThat(status.getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_FOR_EXCESS_LOGS);
        assertThat(status.getDiagnostics())
                .contains("is logging beyond the container single log directory limit.")
                .contains(WatchSettings.LOG_DIRECTORY_LIMIT.key());
    }

    @Test
    void shouldReportWhatIsUsed() throws Exception {
        configuration.setBoolean(WatchSettings.PHYSICAL_CHECK.key(), false);
        run(EATER);
        Await.until("utilization", LIMIT, () -> resourceManager.heartbeats.stream()
                .anyMatch(heartbeat -> heartbeat
                                        .getNodeStatus()
                                        .getContainersUtilization()
                                        .getPhysicalMemory()
                                > 64
                        && heartbeat.getNodeStatus().getNodeUtilization().getPhysicalMemory() > 64));
    }

    @Test
    void shouldRunContainersAsAnotherUser() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "not run: only root can become other users");
        withCgroups();
        configuration.set(IsolationSettings.EXECUTOR.key(), "LinuxContainerExecutor");
        Path source = Files.writeString(directory.resolve("source"), "content");
        LocalResource resource = LocalResource.newInstance(
                URL.fromPath(new org.apache.hadoop.fs.Path(source.toUri())),
                LocalResourceType.FILE,
                LocalResourceVisibility.PRIVATE,
                Files.size(source),
                Files.getLastModifiedTime(source).toMillis());
        LocalResource own = LocalResource.newInstance(
                resource.getResource(),
                LocalResourceType.FILE,
                LocalResourceVisibility.APPLICATION,
                resource.getSize(),
                resource.getTimestamp());
        run(ContainerLaunchContext.newInstance(
                Map.of("private", resource, "own", own),
                Map.of(),
                List.of("id -un > <LOG_DIR>/stdout; cat private own container_tokens > /dev/null && touch new"
                        + " \\$LOCAL_DIRS/shared tmp/x && ls / > <LOG_DIR>/list; cat \\$HADOOP_TOKEN_FILE_LOCATION"
                        + " > <LOG_DIR>/tokens; stat -c %U:%G:%a . \\$LOCAL_DIRS <LOG_DIR> >> <LOG_DIR>/stdout;"
                        + " ls " + directory.resolve("local/usercache") + " || exit 5"),
                null,
                null,
                null));
        ContainerStatus status = end();

        assertThat(logs().resolve("prelaunch.err")).content().contains("Permission denied");
        assertThat(status.getExitStatus()).as(status.getDiagnostics()).isEqualTo(5);
        assertThat(Files.readAllLines(logs().resolve("stdout")))
                .containsExactly("nobody", "nobody:root:750", "nobody:root:2750", "nobody:root:2750");
        assertThat(logs().resolve("list")).isNotEmptyFile();
        assertThat(Files.readAttributes(logs().resolve("tokens"), PosixFileAttributes.class)
                        .group()
                        .getName())
                .isEqualTo("root");
        assertThat(directory.resolve("local/nmPrivate/" + id + ".work")).doesNotExist();
    }

    @Test
    void shouldReadFilesOfThisMachineWithTheUsersRight() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "not run: only root can become other users");
        configuration.set(IsolationSettings.EXECUTOR.key(), "LinuxContainerExecutor");
        Path secret = Files.writeString(directory.resolve("secret"), "of root");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
        LocalResource resource = LocalResource.newInstance(
                URL.fromPath(new org.apache.hadoop.fs.Path(secret.toUri())),
                LocalResourceType.FILE,
                LocalResourceVisibility.PRIVATE,
                Files.size(secret),
                Files.getLastModifiedTime(secret).toMillis());
        run(ContainerLaunchContext.newInstance(
                Map.of("mine", resource), Map.of(), List.of("cat mine > <LOG_DIR>/stdout"), null, null, null));

        assertThat(end().getDiagnostics()).contains("secret cannot be read by the user whose container asks for it");
        assertThat(logs().resolve("stdout")).doesNotExist();
    }
}
