package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import dev.heddle.testbed.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.SerializedException;
import org.apache.hadoop.yarn.api.records.URL;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node manager that is killed at moments drawn from a seed, and started again each time: no container is lost, started
 * twice or left behind, and each end is told as it was. The seed is printed; {@code heddle.kill.seed} repeats a run as far
 * as the machine lets it, {@code heddle.kill.moments} makes it longer.
 */
class NodeManagerKillTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String USER = "alice";
    private static final int MOMENTS = Integer.getInteger("heddle.kill.moments", 20);
    private static final long SEED = Long.getLong("heddle.kill.seed", System.nanoTime());
    private static final int FILE_BYTES = 1 << 20;
    private static final int MAX_ALIVE = 10;

    /** When a node manager is killed. */
    private enum Moment {
        /** Little after containers were ordered: files are fetched, processes started. */
        STARTING(60),
        /** Little after containers that need files were ordered. */
        LOCALIZING(100),
        /** While containers run and some of them end. */
        RUNNING(200),
        /** Little after containers were told to end. */
        STOPPING(300),
        /** While it takes over what the one before has left. */
        RECOVERING(1_200),
        /** Not killed but stopped, as for an upgrade. */
        STOPPED(100);

        final int withinMs;

        Moment(int withinMs) {
            this.withinMs = withinMs;
        }
    }

    /** What a container does, and how it must end. */
    private enum Behaviour {
        ENDS_AT_ONCE,
        ENDS_WHEN_TOLD,
        RUNS_UNTIL_STOPPED,
        IGNORES_SIGTERM
    }

    private static final String BEHAVE =
            """
            echo $$ >>"$1"
            case $2 in
              ENDS_AT_ONCE) exit $3;;
              ENDS_WHEN_TOLD) for ((i = 0; i < 1500; i++)); do [ -e "$1.told" ] && exit $3; sleep 0.2; done;;
              RUNS_UNTIL_STOPPED) sleep 300 & wait;;
              IGNORES_SIGTERM) trap '' TERM; sleep 300;;
            esac
            """;

    private record Expected(Behaviour behaviour, int exitStatus) {}

    private final Random random = new Random(SEED);
    private final FakeResourceManager resourceManager = new FakeResourceManager(7);
    private final Map<ContainerId, Expected> containers = new LinkedHashMap<>();
    private final Map<ContainerId, ContainerLaunchContext> unanswered = new LinkedHashMap<>();
    private final Map<ContainerId, Integer> ends = new HashMap<>();
    private final Set<ContainerId> condemned = new LinkedHashSet<>();
    private final ApplicationAttemptId attempt =
            ApplicationAttemptId.newInstance(ApplicationId.newInstance(System.currentTimeMillis(), 1), 1);
    private Path directory;
    private Path runs;
    private YarnConfiguration configuration;
    private ChildProcess process;
    private NodeId node;
    private ApplicationMasterClient client;
    private List<Path> found = List.of();
    private int generation;
    private boolean registered;
    private boolean reporting;

    @BeforeEach
    void prepare(@TempDir Path directory) throws Exception {
        System.out.println("seed " + SEED + ", " + MOMENTS + " moments");
        this.directory = directory;
        runs = Files.createDirectories(directory.resolve("runs"));
        Files.writeString(directory.resolve("behave.sh"), BEHAVE);
        Files.write(directory.resolve("content"), new byte[FILE_BYTES]);
        configuration = NodeManagerProcess.configuration(directory, resourceManager);
        process = launchNodeManager();
        node = NodeManagerProcess.served(process, LIMIT);
        client = connect();
    }

    @AfterEach
    void stop() {
        client.close();
        kill();
        // What a failed test leaves.
        NodeManagerProcess.processes(directory, process).forEach(ProcessHandle::destroyForcibly);
        resourceManager.close();
    }

    private Path local(int disk) {
        return directory.resolve("local" + disk);
    }

    private ChildProcess launchNodeManager() throws IOException {
        hear();
        registered = false;
        reporting = false;
        return NodeManagerProcess.start(directory, "node-manager-" + ++generation, configuration);
    }

    private void kill() {
        process.kill();
        process.awaitExit(LIMIT);
    }

    private void start() throws Exception {
        process = launchNodeManager();
        assertThat(NodeManagerProcess.served(process, LIMIT))
                .as("the address stays")
                .isEqualTo(node);
        client = connect();
    }

    private ApplicationMasterClient connect() throws Exception {
        Await.until("a heartbeat", LIMIT, () -> {
            hear();
            return reporting;
        });
        return new ApplicationMasterClient(
                attempt, node, resourceManager.nmToken(ContainerId.newContainerId(attempt, 1), node, USER));
    }

    /** Takes in what the node has told. */
    private void hear() {
        for (RegisterNodeManagerRequest told = resourceManager.registrations.poll();
                told != null;
                told = resourceManager.registrations.poll()) {
            registered = true;
            told.getNMContainerStatuses().stream()
                    .filter(status -> status.getContainerState() == ContainerState.COMPLETE)
                    .forEach(status ->
                            ended(status.getContainerId(), status.getContainerExitStatus(), status.getDiagnostics()));
        }
        for (NodeHeartbeatRequest told = resourceManager.heartbeats.poll();
                told != null;
                told = resourceManager.heartbeats.poll()) {
            reporting = registered;
            told.getNodeStatus().getContainersStatuses().stream()
                    .filter(status -> status.getState() == ContainerState.COMPLETE)
                    .forEach(status -> ended(status.getContainerId(), status.getExitStatus(), status.getDiagnostics()));
        }
    }

    private void ended(ContainerId id, int exitStatus, String diagnostics) {
        if (!ends.containsKey(id)) {
            System.out.println(id + " ended with " + exitStatus + ": " + diagnostics);
        }
        Integer before = ends.put(id, exitStatus);
        assertThat(before == null || before == exitStatus)
                .as(id + " ended with " + exitStatus + ", and was told before to have ended with " + before)
                .isTrue();
        // Some are told again and again.
        if (before == null && random.nextInt(3) != 0) {
            acknowledge(List.of(id));
        }
    }

    private void acknowledge(Collection<ContainerId> ids) {
        NodeHeartbeatResponse answer = FakeResourceManager.answer();
        answer.addContainersToBeRemovedFromNM(List.copyOf(ids));
        resourceManager.answers.add(answer);
    }

    /** Thinks of a container, which {@link #order} asks for. */
    private ContainerId draw(boolean withOwnFile) throws IOException {
        ContainerId id = ContainerId.newContainerId(attempt, containers.size() + 1);
        Behaviour behaviour = Behaviour.values()[random.nextInt(Behaviour.values().length)];
        int exitStatus =
                switch (behaviour) {
                    case ENDS_AT_ONCE, ENDS_WHEN_TOLD -> random.nextInt(100);
                    case RUNS_UNTIL_STOPPED, IGNORES_SIGTERM -> ContainerExitStatus.KILLED_BY_APPMASTER;
                };
        containers.put(id, new Expected(behaviour, exitStatus));
        Map<String, LocalResource> files = new HashMap<>();
        files.put("shared", resource(directory.resolve("content"), LocalResourceVisibility.APPLICATION));
        if (withOwnFile) {
            Path own = Files.createLink(directory.resolve("content-" + id), directory.resolve("content"));
            files.put("own", resource(own, LocalResourceVisibility.PRIVATE));
        }
        String command = "exec /bin/bash " + directory.resolve("behave.sh") + " " + runs.resolve(id.toString()) + " "
                + behaviour + " " + exitStatus;
        unanswered.put(id, ContainerLaunchContext.newInstance(files, Map.of(), List.of(command), null, null, null));
        return id;
    }

    private static LocalResource resource(Path file, LocalResourceVisibility visibility) throws IOException {
        return LocalResource.newInstance(
                URL.fromURI(file.toUri()),
                LocalResourceType.FILE,
                visibility,
                FILE_BYTES,
                Files.getLastModifiedTime(file).toMillis());
    }

    /** Asks for a container, be it for the first time or because the answer was lost. */
    private void order(ContainerId id) throws Exception {
        StartContainersResponse response = client.start(
                resourceManager.containerToken(resourceManager.grant(id, node, USER)),
                Objects.requireNonNull(unanswered.get(id)));
        SerializedException failure = response.getFailedRequests().get(id);
        if (failure != null) {
            // It was accepted before.
            assertThat(failure.getMessage())
                    .containsAnyOf("already is running on this node", "Attempt to relaunch the same container");
        }
        unanswered.remove(id);
    }

    private void orderAll() throws Exception {
        for (ContainerId id : List.copyOf(unanswered.keySet())) {
            order(id);
        }
    }

    private void end(ContainerId id) throws Exception {
        switch (Objects.requireNonNull(containers.get(id)).behaviour()) {
            case ENDS_AT_ONCE -> {
                // By itself.
            }
            case ENDS_WHEN_TOLD -> Files.write(runs.resolve(id + ".told"), new byte[0]);
            case RUNS_UNTIL_STOPPED, IGNORES_SIGTERM -> {
                condemned.add(id);
                SerializedException failure =
                        client.stop(id).getFailedRequests().get(id);
                // Stopped before, and forgotten since.
                assertThat(failure == null || ends.containsKey(id))
                        .as(() -> id + ": " + failure)
                        .isTrue();
            }
        }
    }

    private List<ContainerId> alive() {
        return containers.keySet().stream()
                .filter(id -> !ends.containsKey(id) && !unanswered.containsKey(id))
                .toList();
    }

    /** Does something that may be cut off, for as long as it takes to the moment. */
    private void during(Moment moment, Callable<?> work) throws Exception {
        CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
            try {
                work.call();
            } catch (Exception e) {
                // The node manager was killed: nobody knows what came of it.
                System.out.println("cut off: " + e);
            }
        });
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(moment.withinMs)));
        kill();
        done.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private void comeTo(Moment moment) throws Exception {
        switch (moment) {
            case STARTING, LOCALIZING -> {
                for (int count = 1 + random.nextInt(4); count > 0; count--) {
                    draw(moment == Moment.LOCALIZING);
                }
                during(moment, () -> {
                    orderAll();
                    return null;
                });
            }
            case RUNNING -> {
                draw(random.nextBoolean());
                orderAll();
                for (ContainerId id : alive()) {
                    if (Objects.requireNonNull(containers.get(id)).behaviour() == Behaviour.ENDS_WHEN_TOLD
                            && random.nextBoolean()) {
                        end(id);
                    }
                }
                during(moment, () -> null);
            }
            case STOPPING -> {
                List<ContainerId> some =
                        alive().stream().filter(id -> random.nextBoolean()).toList();
                during(moment, () -> {
                    for (ContainerId id : some) {
                        end(id);
                    }
                    return null;
                });
            }
            case RECOVERING -> {
                kill();
                process = launchNodeManager();
                during(moment, () -> null);
            }
            case STOPPED -> {
                process.terminate();
                process.awaitExit(LIMIT);
            }
        }
    }

    @Test
    void shouldLoseDoubleOrLeaveNothingWhenItIsKilled() throws Exception {
        for (int count = 1; count <= MOMENTS; count++) {
            Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
            orderAll();
            System.out.println(count + ": " + moment);
            comeTo(moment);
            client.close();
            start();
            for (ContainerId id : List.copyOf(condemned)) {
                if (!ends.containsKey(id)) {
                    end(id);
                }
            }
            // No more than a machine of the test's bears.
            for (ContainerId id : alive().stream().skip(MAX_ALIVE).toList()) {
                end(id);
            }
            hear();
        }
        orderAll();
        for (ContainerId id : alive()) {
            end(id);
        }
        Await.until(() -> "the ends of " + alive() + "\n" + process.stdout(), LIMIT, () -> {
            hear();
            return alive().isEmpty();
        });
        checkEnds();
        acknowledge(ends.keySet());
        NodeHeartbeatResponse finish = FakeResourceManager.answer();
        finish.addAllApplicationsToCleanup(List.of(attempt.getApplicationId()));
        resourceManager.answers.add(finish);
        Await.until(() -> "nothing to be left, but there is " + found, LIMIT, () -> {
            found = left();
            return found.isEmpty();
        });
        process.closeInput();
        assertThat(process.awaitExit(LIMIT)).isZero();
        assertThat(NodeManagerProcess.processes(directory, process)).isEmpty();
        checkCopies();
    }

    private void checkEnds() throws IOException {
        for (Map.Entry<ContainerId, Expected> each : containers.entrySet()) {
            ContainerId id = each.getKey();
            Expected expected = each.getValue();
            assertThat(ends.get(id)).as(id + ", which " + expected).isEqualTo(expected.exitStatus());
            Path starts = runs.resolve(id.toString());
            long times = Files.exists(starts) ? Files.readAllLines(starts).size() : 0;
            boolean mayHaveBeenStoppedBefore = expected.exitStatus() == ContainerExitStatus.KILLED_BY_APPMASTER;
            assertThat(times)
                    .as("starts of " + id + ", which " + expected)
                    .isBetween(mayHaveBeenStoppedBefore ? 0L : 1L, 1L);
        }
        assertThat(ends.keySet()).isEqualTo(containers.keySet());
    }

    /** What should not be in the local directories once the application has ended. */
    private List<Path> left() throws IOException {
        List<Path> left = new ArrayList<>();
        for (int disk = 0; disk < 2; disk++) {
            Path root = local(disk);
            for (Path folder : List.of(root.resolve("nmPrivate"), root.resolve("usercache/alice/appcache"))) {
                left.addAll(in(folder));
            }
            in(root).stream()
                    .filter(each -> each.getFileName().toString().startsWith("trash-"))
                    .forEach(left::add);
        }
        return left;
    }

    /** Each copy is whole, and there is one of each file. */
    private void checkCopies() throws IOException {
        List<String> names = new ArrayList<>();
        for (int disk = 0; disk < 2; disk++) {
            for (Path copy : in(local(disk).resolve("usercache/alice/filecache"))) {
                assertThat(copy.getFileName().toString()).containsOnlyDigits();
                List<Path> files = in(copy);
                assertThat(files).singleElement().satisfies(file -> assertThat(file)
                        .hasSize(FILE_BYTES));
                names.add(files.get(0).getFileName().toString());
            }
        }
        assertThat(names).doesNotHaveDuplicates();
    }

    private static List<Path> in(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }
}
