package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.directories.TemporaryDisk;
import dev.heddle.testbed.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
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
import org.apache.hadoop.yarn.api.records.URL;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.records.NodeHealthStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node manager on disks that fill up and fail, with a resource manager that hears of it. */
class NodeHealthTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String USER = "alice";
    private static final int DISK_MB = 4;

    /** Processes are known by their containers' ids, and tests of others may run on this machine. */
    private static final long CLUSTER =
            1_000_000_000_000L + ProcessHandle.current().pid();

    private final FakeResourceManager resourceManager = new FakeResourceManager(7);
    private final List<AutoCloseable> open = new ArrayList<>();
    private Path directory;
    private Path plain;
    private @Nullable ApplicationMasterClient caller;
    private @Nullable NodeHealthStatus lastHealth;
    private @Nullable NodeManager started;

    @BeforeEach
    void remember(@TempDir Path directory) {
        this.directory = directory;
        plain = directory.resolve("plain");
    }

    @AfterEach
    void clean() throws Exception {
        if (caller != null) {
            caller.close();
        }
        if (started != null) {
            started.close();
        }
        resourceManager.close();
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private TemporaryDisk disk(String name) throws IOException {
        TemporaryDisk disk = TemporaryDisk.mount(directory.resolve(name), DISK_MB);
        open.add(disk);
        return disk;
    }

    private YarnConfiguration configuration(Path... local) {
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, resourceManager.address());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(),
                String.join(",", Stream.of(local).map(Path::toString).toList()));
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs").toString());
        configuration.set(HealthSettings.DISK_INTERVAL.key(), "50");
        // The machine's own disk is good however full it is.
        configuration.set(HealthSettings.MAX_UTILIZATION.key(), "100");
        configuration.set(HealthSettings.MIN_HEALTHY_DISKS.key(), "0.5");
        return configuration;
    }

    private void start(YarnConfiguration configuration) throws Exception {
        NodeManager nodeManager = NodeManager.start(configuration, InstantSource.system(), reason -> {});
        started = nodeManager;
        Await.until("a registration", LIMIT, nodeManager::isRegistered);
        ContainerId any = container(0);
        caller = new ApplicationMasterClient(
                any.getApplicationAttemptId(),
                nodeManager.nodeId(),
                resourceManager.nmToken(any, nodeManager.nodeId(), USER));
    }

    private NodeManager nodeManager() {
        return Objects.requireNonNull(started);
    }

    private ApplicationMasterClient client() {
        return Objects.requireNonNull(caller);
    }

    private static ContainerId container(int number) {
        return ContainerId.newContainerId(
                ApplicationAttemptId.newInstance(ApplicationId.newInstance(CLUSTER, 1), 1), number);
    }

    private void run(ContainerId id, String command, Map<String, LocalResource> resources) throws Exception {
        StartContainersResponse response = client().start(
                        resourceManager.containerToken(
                                resourceManager.grant(id, nodeManager().nodeId(), USER)),
                        ContainerLaunchContext.newInstance(resources, Map.of(), List.of(command), null, null, null));
        assertThat(response.getSuccessfullyStartedContainers()).containsExactly(id);
    }

    private ContainerStatus status(ContainerId id) throws Exception {
        return client().status(id).getContainerStatuses().get(0);
    }

    private ContainerStatus end(ContainerId id) throws Exception {
        Await.until("the end of " + id, LIMIT, () -> status(id).getState() == ContainerState.COMPLETE);
        return status(id);
    }

    private NodeHealthStatus awaitHealth(boolean healthy) {
        Await.until("a report that the node is " + (healthy ? "well" : "ill"), LIMIT, () -> {
            NodeHeartbeatRequest last = resourceManager.heartbeats.poll();
            if (last != null && last.getNodeStatus().getNodeHealthStatus().getIsNodeHealthy() == healthy) {
                lastHealth = last.getNodeStatus().getNodeHealthStatus();
                return true;
            }
            return false;
        });
        return Objects.requireNonNull(lastHealth);
    }

    @Test
    void shouldTellAtOnceThatItsDisksFailAndThatTheyAreBack() throws Exception {
        TemporaryDisk first = disk("first");
        TemporaryDisk second = disk("second");
        start(configuration(first.path(), second.path()));
        awaitHealth(true);
        // Nothing but news is reported from here on.
        resourceManager.slowDown();
        first.readOnly(true);
        second.readOnly(true);
        assertThat(awaitHealth(false).getHealthReport())
                .isEqualTo("2/2 local-dirs have errors:  [ " + first.path() + " : Directory is not writable: "
                        + first.path() + " , " + second.path() + " : Directory is not writable: " + second.path()
                        + " ] ");
        ContainerId id = container(1);
        run(id, "true", Map.of());
        ContainerStatus refused = end(id);
        assertThat(refused.getExitStatus()).isEqualTo(ContainerExitStatus.DISKS_FAILED);
        assertThat(refused.getDiagnostics()).contains("Most of the disks failed. 2/2 local-dirs have errors:");

        first.readOnly(false);
        NodeHealthStatus back = awaitHealth(true);
        assertThat(back.getHealthReport()).as("half of them is enough").startsWith("1/2 local-dirs have errors:");
        assertThat(back.getLastHealthReportTime()).isPositive();
        ContainerId next = container(2);
        run(next, "pwd > <LOG_DIR>/stdout", Map.of());
        assertThat(end(next).getExitStatus()).isZero();
        assertThat(logs(next).resolve("stdout"))
                .content()
                .startsWith(first.path().toString());
    }

    private Path logs(ContainerId id) {
        return directory
                .resolve("logs")
                .resolve(id.getApplicationAttemptId().getApplicationId().toString())
                .resolve(id.toString());
    }

    @Test
    void shouldUseGoodDisksOnlyAndLeaveRunningContainersTheirs() throws Exception {
        TemporaryDisk disk = disk("disk");
        start(configuration(disk.path()));
        ContainerId running = container(1);
        run(running, "echo \\$LOCAL_DIRS > <LOG_DIR>/stdout; sleep 1000", Map.of());
        Path told = logs(running).resolve("stdout");
        Await.until("it to run", LIMIT, () -> Files.exists(told) && Files.size(told) > 0);
        disk.fill();
        awaitHealth(false);
        assertThat(status(running).getState()).isEqualTo(ContainerState.RUNNING);
        ContainerId late = container(2);
        run(late, "true", Map.of());
        assertThat(end(late).getExitStatus()).isEqualTo(ContainerExitStatus.DISKS_FAILED);
        client().stop(running);
        assertThat(end(running).getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
        Await.until("its files to go from the full disk", LIMIT, () -> !containers(disk.path()));
    }

    private static boolean containers(Path root) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            return tree.anyMatch(path -> path.getFileName().toString().startsWith("container_"));
        }
    }

    @Test
    void shouldSayThatTheDiskIsFullWhereContainersFailOnIt() throws Exception {
        TemporaryDisk disk = disk("disk");
        YarnConfiguration configuration = configuration(disk.path());
        // So that nobody has noticed yet.
        configuration.set(HealthSettings.DISKS_CHECKED.key(), "false");
        start(configuration);
        ContainerId other = container(1);
        run(other, "echo > <LOG_DIR>/stdout; sleep 1000", Map.of());
        Await.until("it to run", LIMIT, () -> Files.exists(logs(other).resolve("stdout")));
        ContainerId filling = container(2);
        Path file = disk.path().resolve("usercache/filling");
        run(filling, "dd if=/dev/zero of=" + file + " bs=4k 2> <LOG_DIR>/stderr", Map.of());
        ContainerStatus status = end(filling);
        assertThat(status.getExitStatus()).isEqualTo(1);
        assertThat(status.getDiagnostics())
                .contains("When it ended, the disk of " + disk.path())
                .contains(" MB free of 4.0 MB")
                .contains("No space left on device");

        // What it has left of its own has gone by now, and makes room.
        disk.fill();
        ContainerId refused = container(3);
        run(refused, "true", Map.of());
        ContainerStatus late = end(refused);
        assertThat(late.getExitStatus()).isEqualTo(ContainerExitStatus.DISKS_FAILED);
        assertThat(late.getDiagnostics())
                .contains("Container could not be launched: ")
                .contains("the disk of " + disk.path())
                .contains("0.0 MB free of 4.0 MB");
        Path application = disk.path()
                .resolve("usercache/alice/appcache")
                .resolve(other.getApplicationAttemptId().getApplicationId().toString());
        assertThat(application.resolve(other.toString())).isDirectory();
        Await.until("nothing to be left of the others", LIMIT, () -> {
            try (Stream<Path> left = Files.list(application)) {
                return left.count() == 1;
            }
        });
        assertThat(status(other).getState()).isEqualTo(ContainerState.RUNNING);

        Files.delete(file);
        Files.delete(disk.path().resolve("filling"));
        ContainerId next = container(4);
        run(next, "true", Map.of());
        assertThat(end(next).getExitStatus()).isZero();
    }

    @Test
    void shouldBeIllWhileItsScriptSaysSo() throws Exception {
        Path verdict = Files.writeString(directory.resolve("verdict"), "fine\n");
        Path script = Files.writeString(directory.resolve("check.sh"), "#!/bin/sh\necho $1; cat " + verdict + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        YarnConfiguration configuration = configuration(plain);
        configuration.set("yarn.nodemanager.health-checker.script.path", script.toString());
        configuration.set("yarn.nodemanager.health-checker.script.opts", "looking");
        configuration.set("yarn.nodemanager.health-checker.script.interval-ms", "50");
        start(configuration);
        awaitHealth(true);
        resourceManager.slowDown();
        Files.writeString(verdict, "ERROR the network is down\n");
        assertThat(awaitHealth(false).getHealthReport()).isEqualTo("looking\nERROR the network is down\n");
        Files.writeString(verdict, "fine\n");
        assertThat(awaitHealth(true).getHealthReport()).isEmpty();
    }

    @Test
    void shouldFetchAFileAnewWhenItsDiskHasFailed() throws Exception {
        TemporaryDisk first = disk("first");
        TemporaryDisk second = disk("second");
        start(configuration(first.path(), second.path()));
        Path source = Files.writeString(directory.resolve("data"), "content");
        Map<String, LocalResource> files = Map.of(
                "data",
                LocalResource.newInstance(
                        URL.fromPath(new org.apache.hadoop.fs.Path(source.toUri())),
                        LocalResourceType.FILE,
                        LocalResourceVisibility.PRIVATE,
                        Files.size(source),
                        Files.getLastModifiedTime(source).toMillis()));
        ContainerId id = container(1);
        run(id, "readlink data > <LOG_DIR>/stdout", files);
        assertThat(end(id).getExitStatus()).isZero();
        Path copy = Path.of(Files.readString(logs(id).resolve("stdout")).trim());
        TemporaryDisk bad = copy.startsWith(first.path()) ? first : second;
        bad.readOnly(true);
        Await.until("the report of it", LIMIT, () -> {
            NodeHeartbeatRequest last = resourceManager.heartbeats.poll();
            return last != null
                    && last.getNodeStatus()
                            .getNodeHealthStatus()
                            .getHealthReport()
                            .contains(bad.path().toString());
        });
        ContainerId next = container(2);
        run(next, "readlink data > <LOG_DIR>/stdout && cat data", files);
        assertThat(end(next).getExitStatus()).isZero();
        assertThat(Path.of(Files.readString(logs(next).resolve("stdout")).trim()))
                .startsWith(bad == first ? second.path() : first.path());
        bad.readOnly(false);
        Await.until("the old copy to go", LIMIT, () -> !Files.exists(copy));
    }
}
