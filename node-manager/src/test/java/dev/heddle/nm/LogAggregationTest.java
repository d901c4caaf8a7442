package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.testbed.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.yarn.api.records.ApplicationAccessType;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.LogAggregationContext;
import org.apache.hadoop.yarn.api.records.LogAggregationStatus;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.logaggregation.ContainerLogsRequest;
import org.apache.hadoop.yarn.logaggregation.filecontroller.LogAggregationFileController;
import org.apache.hadoop.yarn.logaggregation.filecontroller.LogAggregationFileControllerFactory;
import org.apache.hadoop.yarn.server.api.ContainerType;
import org.apache.hadoop.yarn.server.api.protocolrecords.LogAggregationReport;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node manager that uploads the logs of real containers, read again by Hadoop's own classes. */
class LogAggregationTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String USER = "alice";
    private static final int CLUSTER = 5;

    private final FakeResourceManager resourceManager = new FakeResourceManager(7);
    private final List<ApplicationMasterClient> clients = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private Path directory;

    /** Started by the test. */
    @SuppressWarnings("NullAway.Init")
    private NodeManager nodeManager;

    @BeforeEach
    void choose(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void stop() {
        clients.forEach(ApplicationMasterClient::close);
        if (nodeManager != null) {
            nodeManager.close();
        }
        resourceManager.close();
    }

    private YarnConfiguration configuration() {
        YarnConfiguration configuration = new YarnConfiguration();
        configuration.set("fs.defaultFS", "file:///");
        configuration.set(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS, resourceManager.address());
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(WebSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(
                NodeManagerSettings.LOCAL_DIRS.key(), directory.resolve("local").toString());
        configuration.set(
                NodeManagerSettings.LOG_DIRS.key(), directory.resolve("logs") + "," + directory.resolve("logs2"));
        configuration.setBoolean(YarnConfiguration.LOG_AGGREGATION_ENABLED, true);
        configuration.set(
                YarnConfiguration.NM_REMOTE_APP_LOG_DIR, remote().toUri().toString());
        settings.forEach(configuration::set);
        return configuration;
    }

    private Path remote() {
        return directory.resolve("remote");
    }

    private void start() {
        nodeManager = NodeManager.start(configuration());
        Await.until("a registration", LIMIT, nodeManager::isRegistered);
    }

    private static ApplicationId application(int number) {
        return ApplicationId.newInstance(CLUSTER, number);
    }

    private static ContainerId container(int application, int number) {
        return ContainerId.newContainerId(ApplicationAttemptId.newInstance(application(application), 1), number);
    }

    private ApplicationMasterClient run(ContainerId id, String command) throws Exception {
        return run(id, command, ContainerType.TASK, null);
    }

    private ApplicationMasterClient run(
            ContainerId id, String command, ContainerType type, @Nullable LogAggregationContext context)
            throws Exception {
        Token nmToken = resourceManager.nmToken(id, nodeManager.nodeId(), USER);
        ApplicationMasterClient client =
                new ApplicationMasterClient(id.getApplicationAttemptId(), nodeManager.nodeId(), nmToken);
        clients.add(client);
        ContainerLaunchContext launch = ContainerLaunchContext.newInstance(
                Map.of(), Map.of(), List.of(command), null, null, Map.of(ApplicationAccessType.VIEW_APP, "bob"));
        assertThat(client.start(
                                resourceManager.containerToken(
                                        resourceManager.grant(id, nodeManager.nodeId(), USER), type, context),
                                launch)
                        .getSuccessfullyStartedContainers())
                .containsExactly(id);
        return client;
    }

    private static void awaitEnd(ApplicationMasterClient client, ContainerId id) {
        Await.until("the end of " + id, LIMIT, () -> client.status(id)
                .getContainerStatuses()
                .get(0)
                .getState()
                .equals(org.apache.hadoop.yarn.api.records.ContainerState.COMPLETE));
    }

    private void runToTheEnd(ContainerId id, String command) throws Exception {
        awaitEnd(run(id, command), id);
    }

    private void finish(ApplicationId id) {
        NodeHeartbeatResponse cleanup = FakeResourceManager.answer();
        cleanup.addAllApplicationsToCleanup(List.of(id));
        resourceManager.answers.add(cleanup);
    }

    private List<LogAggregationStatus> told(ApplicationId id) {
        return resourceManager.heartbeats.stream()
                .map(heartbeat -> heartbeat.getLogAggregationReportsForApps())
                .filter(reports -> reports != null)
                .flatMap(List::stream)
                .filter(report -> report.getApplicationId().equals(id))
                .map(LogAggregationReport::getLogAggregationStatus)
                .toList();
    }

    private void awaitStatus(ApplicationId id, LogAggregationStatus status) {
        Await.until(() -> status + " of " + id + ", told " + told(id), LIMIT, () -> told(id).contains(status));
    }

    /** The logs of all containers, as Hadoop's classes read them. */
    private String read(ApplicationId id) throws IOException {
        return read(id, null);
    }

    private String read(ApplicationId id, @Nullable ContainerId container) throws IOException {
        ContainerLogsRequest request = new ContainerLogsRequest();
        request.setAppId(id);
        request.setAppOwner(USER);
        request.setContainerId(container == null ? null : container.toString());
        request.setLogTypes(new TreeSet<>());
        request.setBytes(Long.MAX_VALUE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        controller().readAggregatedLogs(request, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private LogAggregationFileController controller() {
        return new LogAggregationFileControllerFactory(configuration()).getFileControllerForWrite();
    }

    private Path remoteFolder(ApplicationId id) {
        return remote().resolve(USER)
                .resolve("bucket-logs-tfile")
                .resolve(String.format("%04d", id.getId()))
                .resolve(id.toString());
    }

    private List<String> remoteFiles(ApplicationId id) throws IOException {
        if (!Files.exists(remoteFolder(id))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(remoteFolder(id))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    private List<Path> local(ApplicationId id) {
        return Stream.of("logs", "logs2")
                .map(root -> directory.resolve(root).resolve(id.toString()))
                .filter(Files::exists)
                .toList();
    }

    private Path log(ContainerId id, String name) {
        return local(id.getApplicationAttemptId().getApplicationId()).stream()
                .map(root -> root.resolve(id.toString()).resolve(name))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldUploadAndDeleteTheLogsOfAnApplicationThatHasEnded() throws Exception {
        start();
        runToTheEnd(container(1, 1), "echo first > <LOG_DIR>/stdout; echo wrong > <LOG_DIR>/stderr; exit 3");
        runToTheEnd(
                container(1, 2), "head -c 200000 /dev/zero | tr '\\\\0' x > <LOG_DIR>/big; echo end > <LOG_DIR>/out");
        finish(application(1));
        awaitStatus(application(1), LogAggregationStatus.SUCCEEDED);

        assertThat(told(application(1))).startsWith(LogAggregationStatus.RUNNING);
        String node = nodeManager.nodeId().toString().replace(":", "_");
        assertThat(remoteFiles(application(1))).containsExactly(node);
        assertThat(read(application(1), container(1, 1)))
                .contains("LogType:stdout", "LogLength:6", "first\n", "wrong\n", "launch_container.sh")
                .doesNotContain("LogType:big");
        assertThat(read(application(1), container(1, 2))).contains("LogLength:200000", "x".repeat(200_000), "end\n");
        Await.until("the local logs to go", LIMIT, () -> local(application(1)).isEmpty());
    }

    @Test
    void shouldGiveFilesAndFoldersTheRightsThatYarnGivesThem() throws Exception {
        start();
        runToTheEnd(container(2, 1), "echo x > <LOG_DIR>/stdout");
        finish(application(2));
        awaitStatus(application(2), LogAggregationStatus.SUCCEEDED);

        for (Path folder = remoteFolder(application(2));
                !folder.equals(remote());
                folder = Objects.requireNonNull(folder.getParent())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .as(folder.toString())
                    .isEqualTo("rwxrwx---");
        }
        assertThat(Files.getAttribute(remote(), "unix:mode")).isEqualTo(0041777);
        Path file =
                remoteFolder(application(2)).resolve(remoteFiles(application(2)).get(0));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
        assertThat(controller().getApplicationOwner(new org.apache.hadoop.fs.Path(file.toUri()), application(2)))
                .isEqualTo(USER);
        assertThat(controller().getApplicationAcls(new org.apache.hadoop.fs.Path(file.toUri()), application(2)))
                .containsEntry(ApplicationAccessType.VIEW_APP, "bob");
    }

    @Test
    void shouldFollowNoLinksAndWaitForNoPipes() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "the node's secret");
        start();
        runToTheEnd(
                container(3, 1),
                "ln -s " + secret + " <LOG_DIR>/link; mkfifo <LOG_DIR>/pipe; mkdir <LOG_DIR>/folder;"
                        + " echo hidden > <LOG_DIR>/folder/file; echo plain > <LOG_DIR>/file");
        finish(application(3));
        awaitStatus(application(3), LogAggregationStatus.SUCCEEDED);

        String all = read(application(3));
        assertThat(types(all)).contains("file").doesNotContain("link", "pipe", "folder");
        assertThat(all).contains("plain\n").doesNotContain("the node's secret");
        assertThat(secret).exists();
    }

    @Test
    void shouldUploadTheFilesThatTheApplicationNames() throws Exception {
        start();
        LogAggregationContext context = LogAggregationContext.newInstance("std|extra", "err");
        ContainerId id = container(4, 1);
        awaitEnd(
                run(
                        id,
                        "echo 1 > <LOG_DIR>/stdout; echo 2 > <LOG_DIR>/stderr; echo 3 > <LOG_DIR>/extra.log;"
                                + " echo 4 > <LOG_DIR>/other",
                        ContainerType.TASK,
                        context),
                id);
        finish(application(4));
        awaitStatus(application(4), LogAggregationStatus.SUCCEEDED);

        assertThat(types(read(application(4)))).containsExactlyInAnyOrder("stdout", "extra.log");
    }

    private static List<String> types(String text) {
        return text.lines()
                .filter(line -> line.startsWith("LogType:"))
                .map(line -> line.substring("LogType:".length()))
                .toList();
    }

    @Test
    void shouldUploadTheContainersThatThePolicyNames() throws Exception {
        String policies = "org.apache.hadoop.yarn.server.nodemanager.containermanager.logaggregation.";
        settings.put(LogSettings.POLICY.key(), policies + "FailedContainerLogAggregationPolicy");
        start();
        runToTheEnd(container(5, 1), "echo good > <LOG_DIR>/out");
        runToTheEnd(container(5, 2), "echo bad > <LOG_DIR>/out; exit 1");
        runToTheEnd(container(5, 3), "echo killed > <LOG_DIR>/out; kill -9 \\$\\$");
        LogAggregationContext masters =
                LogAggregationContext.newInstance(null, null, null, null, policies + "AMOnlyLogAggregationPolicy", "");
        awaitEnd(
                run(container(6, 1), "echo master > <LOG_DIR>/out", ContainerType.APPLICATION_MASTER, masters),
                container(6, 1));
        awaitEnd(
                run(container(6, 2), "echo worker > <LOG_DIR>/out; exit 1", ContainerType.TASK, masters),
                container(6, 2));
        runToTheEnd(container(7, 1), "echo good > <LOG_DIR>/out");
        for (int number = 5; number <= 7; number++) {
            finish(application(number));
            awaitStatus(application(number), LogAggregationStatus.SUCCEEDED);
        }

        assertThat(read(application(5))).contains("bad\n").doesNotContain("good\n", "killed\n");
        assertThat(read(application(6))).contains("master\n").doesNotContain("worker\n");
        assertThat(remoteFiles(application(7))).isEmpty();
        Await.until("the local logs to go", LIMIT, () -> local(application(7)).isEmpty());
    }

    @Test
    void shouldUploadWhatGrowsPieceByPiece() throws Exception {
        settings.put(LogSettings.ROLL_INTERVAL_S.key(), "1");
        settings.put(LogSettings.SHORTEST_ROLL_INTERVAL_S.key(), "1");
        start();
        ContainerId id = container(8, 1);
        Path go = directory.resolve("go");
        LogAggregationContext rolled = LogAggregationContext.newInstance(null, null, "log", "skipped");
        ApplicationMasterClient client = run(
                id,
                "echo one >> <LOG_DIR>/app.log; echo old > <LOG_DIR>/app.log.1; echo no > <LOG_DIR>/skipped.log;"
                        + " while [ ! -e " + go + " ]; do sleep 0.1; done; echo two >> <LOG_DIR>/app.log;"
                        + " while [ ! -e " + go + "2 ]; do sleep 0.1; done; echo three >> <LOG_DIR>/late",
                ContainerType.TASK,
                rolled);
        Await.until("a first upload", LIMIT, () -> read(application(8)).contains("one"));
        assertThat(read(application(8))).contains("old").doesNotContain("no\n");
        Files.createFile(go);
        Await.until("the next one", LIMIT, () -> read(application(8)).contains("two"));
        Await.until("what is quiet to go", LIMIT, () -> local(application(8)).stream()
                .noneMatch(root -> Files.exists(root.resolve(id.toString()).resolve("app.log.1"))));
        Files.createFile(directory.resolve("go2"));
        awaitEnd(client, id);
        finish(application(8));
        awaitStatus(application(8), LogAggregationStatus.SUCCEEDED);

        String all = read(application(8));
        assertThat(all).contains("three", "no\n");
        for (String once : List.of("one\n", "two\n", "old\n", "three\n")) {
            assertThat(all.split(once, -1)).as(once + " in " + all).hasSize(2);
        }
        assertThat(remoteFiles(application(8))).hasSizeGreaterThan(1).allMatch(name -> !name.endsWith(".tmp"));
    }

    @Test
    void shouldTryAgainWhileTheRemoteFileSystemIsAway() throws Exception {
        Files.writeString(remote(), "in the way");
        start();
        runToTheEnd(container(9, 1), "echo here > <LOG_DIR>/out");
        finish(application(9));
        awaitStatus(application(9), LogAggregationStatus.RUNNING_WITH_FAILURE);
        assertThat(log(container(9, 1), "out")).hasContent("here");
        Files.delete(remote());
        awaitStatus(application(9), LogAggregationStatus.SUCCEEDED);

        assertThat(read(application(9))).contains("here");
    }

    @Test
    void shouldKeepLocallyWhatCouldNotBeUploaded() throws Exception {
        settings.put(LogSettings.RETRIES.key(), "0");
        Files.writeString(remote(), "in the way");
        start();
        runToTheEnd(container(10, 1), "echo here > <LOG_DIR>/out");
        finish(application(10));
        awaitStatus(application(10), LogAggregationStatus.FAILED);

        assertThat(log(container(10, 1), "out")).hasContent("here");
        Files.delete(remote());
    }

    @Test
    void shouldUploadBeforeItCloses() throws Exception {
        start();
        run(container(11, 1), "echo closing > <LOG_DIR>/out; touch " + directory.resolve("ready") + "; sleep 1000");
        Await.until("the log", LIMIT, () -> Files.exists(directory.resolve("ready")));
        nodeManager.close();

        assertThat(read(application(11))).contains("closing");
    }

    private void remember() {
        settings.put(YarnConfiguration.NM_RECOVERY_ENABLED, "true");
        settings.put(YarnConfiguration.NM_RECOVERY_SUPERVISED, "true");
        settings.put(
                YarnConfiguration.NM_RECOVERY_DIR, directory.resolve("store").toString());
    }

    @Test
    void shouldGoOnWithAnUploadInItsNextLife() throws Exception {
        remember();
        Files.writeString(remote(), "in the way");
        start();
        runToTheEnd(container(16, 1), "echo here > <LOG_DIR>/out");
        finish(application(16));
        awaitStatus(application(16), LogAggregationStatus.RUNNING_WITH_FAILURE);
        nodeManager.close();
        Files.delete(remote());
        start();
        awaitStatus(application(16), LogAggregationStatus.SUCCEEDED);

        assertThat(read(application(16))).containsOnlyOnce("here\n");
        Await.until("the local logs to go", LIMIT, () -> local(application(16)).isEmpty());
    }

    @Test
    void shouldUploadTheLogsOfAContainerThatOutlivedItsNodeManager() throws Exception {
        remember();
        start();
        Path go = directory.resolve("go");
        ContainerId ended = container(17, 1);
        ContainerId outliving = container(17, 2);
        runToTheEnd(ended, "echo before > <LOG_DIR>/out");
        run(
                outliving,
                "echo begun > <LOG_DIR>/out; touch " + go + "1; while [ ! -e " + go + " ]; do sleep 0.1; done;"
                        + " echo gone on >> <LOG_DIR>/out");
        Await.until("the container", LIMIT, () -> Files.exists(directory.resolve("go1")));
        nodeManager.close();
        start();
        Files.createFile(go);
        finishWhenEnded(outliving);
        awaitStatus(application(17), LogAggregationStatus.SUCCEEDED);

        assertThat(read(application(17))).containsOnlyOnce("before\n");
        assertThat(read(application(17), outliving)).contains("begun\ngone on\n");
    }

    private void finishWhenEnded(ContainerId id) {
        Await.until("the end of " + id, LIMIT, () -> resourceManager.heartbeats.stream()
                .flatMap(heartbeat -> heartbeat.getNodeStatus().getContainersStatuses().stream())
                .anyMatch(status -> status.getContainerId().equals(id)
                        && status.getState() == org.apache.hadoop.yarn.api.records.ContainerState.COMPLETE));
        finish(id.getApplicationAttemptId().getApplicationId());
    }

    @Test
    void shouldDeleteLogsInTimeWhereTheyAreNotUploaded() throws Exception {
        settings.put(YarnConfiguration.LOG_AGGREGATION_ENABLED, "false");
        settings.put(LogSettings.RETAIN_S.key(), "0");
        Path left = Files.createDirectories(directory
                .resolve("logs")
                .resolve(application(99).toString())
                .resolve(container(99, 1).toString()));
        Files.writeString(left.resolve("out"), "of an earlier life");
        Path other = Files.createDirectories(directory.resolve("logs").resolve("not-an-application"));
        start();
        Await.until(
                "the earlier logs to go", LIMIT, () -> local(application(99)).isEmpty());
        runToTheEnd(container(12, 1), "echo gone > <LOG_DIR>/out");
        finish(application(12));
        Await.until("the logs to go", LIMIT, () -> local(application(12)).isEmpty());

        assertThat(told(application(12))).isEmpty();
        assertThat(other).exists();
    }

    @Test
    void shouldKeepLogsForAsLongAsIsSet() throws Exception {
        settings.put(YarnConfiguration.LOG_AGGREGATION_ENABLED, "false");
        start();
        runToTheEnd(container(13, 1), "echo kept > <LOG_DIR>/out");
        finish(application(13));
        Path folder = directory
                .resolve("local/usercache/alice/appcache")
                .resolve(application(13).toString());
        Await.until("the other files to go", LIMIT, () -> !Files.exists(folder));
        nodeManager.close();

        assertThat(log(container(13, 1), "out")).hasContent("kept");
    }

    @Test
    void shouldWriteTheFormatThatIsConfigured() throws Exception {
        settings.put(YarnConfiguration.LOG_AGGREGATION_FILE_FORMATS, "IFile,TFile");
        settings.put(
                "yarn.log-aggregation.file-controller.IFile.class",
                "org.apache.hadoop.yarn.logaggregation.filecontroller.ifile.LogAggregationIndexedFileController");
        start();
        runToTheEnd(container(15, 1), "echo indexed > <LOG_DIR>/out");
        finish(application(15));
        awaitStatus(application(15), LogAggregationStatus.SUCCEEDED);

        assertThat(remote().resolve(USER).resolve("bucket-logs-ifile")).isDirectory();
        assertThat(read(application(15), container(15, 1))).contains("LogType:out", "indexed\n");
    }
}
