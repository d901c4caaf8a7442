package dev.heddle.nm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.common.config.ConfigurationFiles;
import dev.heddle.testbed.Await;
import dev.heddle.testbed.HadoopProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerExitStatus;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.URL;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.AMRMClient;
import org.apache.hadoop.yarn.client.api.NMClient;
import org.apache.hadoop.yarn.client.api.NMTokenCache;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.client.api.YarnClientApplication;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Heddle's node manager under Hadoop's own resource manager, driven by Hadoop's own client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HadoopResourceManagerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Path directory;
    private HadoopProcess cluster;
    private NodeManager nodeManager;
    private YarnClient client;
    private Path logs;
    private Path local;

    @BeforeAll
    void startCluster(@TempDir Path directory) throws Exception {
        this.directory = directory;
        cluster = HadoopProcess.cluster(directory.resolve("hadoop"), 0);
        YarnConfiguration configuration = ConfigurationFiles.load(cluster.configurationDirectory());
        local = directory.resolve("local");
        logs = directory.resolve("logs");
        configuration.set(NodeManagerSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(WebSettings.ADDRESS.key(), "127.0.0.1:0");
        configuration.set(NodeManagerSettings.LOCAL_DIRS.key(), local.toString());
        configuration.set(NodeManagerSettings.LOG_DIRS.key(), logs.toString());
        nodeManager = NodeManager.start(configuration);
        client = YarnClient.createYarnClient();
        client.init(configuration);
        client.start();
        Await.until(
                "the node to run",
                LIMIT,
                () -> client.getNodeReports(NodeState.RUNNING).size() == 1);
    }

    @AfterAll
    void stopCluster() throws IOException {
        client.close();
        nodeManager.close();
        cluster.close();
        assertThat(applicationFolders(local)).isEmpty();
    }

    /** Those in {@code usercache/<user>/appcache}; what is in them is not looked into, for it may go at any moment. */
    private static List<Path> applicationFolders(Path local) throws IOException {
        try (Stream<Path> paths = Files.walk(local, 4)) {
            return paths.filter(path -> path.getFileName().toString().startsWith("application_"))
                    .toList();
        }
    }

    private ApplicationId submit(String command, Map<String, LocalResource> resources, Map<String, String> environment)
            throws Exception {
        YarnClientApplication application = client.createApplication();
        ApplicationSubmissionContext context = application.getApplicationSubmissionContext();
        context.setApplicationName("test");
        context.setMaxAppAttempts(1);
        context.setResource(Resource.newInstance(256, 1));
        context.setAMContainerSpec(ContainerLaunchContext.newInstance(
                resources,
                environment,
                List.of("{ " + command + "; } 1><LOG_DIR>/stdout 2><LOG_DIR>/stderr"),
                null,
                null,
                null));
        try {
            return client.submitApplication(context);
        } catch (YarnException e) {
            // The client looks until it sees the application accepted; one that has failed by then is an error to it.
            return context.getApplicationId();
        }
    }

    private ApplicationReport awaitEnd(ApplicationId id) {
        Await.until("the end of " + id, LIMIT, () -> {
            YarnApplicationState state = client.getApplicationReport(id).getYarnApplicationState();
            return state == YarnApplicationState.FAILED
                    || state == YarnApplicationState.KILLED
                    || state == YarnApplicationState.FINISHED;
        });
        try {
            return client.getApplicationReport(id);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** What a container has written, empty as long as it has not. */
    private String log(ApplicationId id, String name) throws IOException {
        Path folder = logs.resolve(id.toString());
        if (!Files.exists(folder)) {
            return "";
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            Optional<Path> file = paths.filter(
                            path -> path.getFileName().toString().equals(name))
                    .findFirst();
            return file.isPresent() ? Files.readString(file.get()) : "";
        }
    }

    @Test
    void shouldTellWhyAContainerFailed() throws Exception {
        ApplicationReport report = awaitEnd(submit("echo it broke >&2; exit 3", Map.of(), Map.of()));

        assertThat(report.getYarnApplicationState()).isEqualTo(YarnApplicationState.FAILED);
        assertThat(report.getDiagnostics())
                .contains("exitCode: 3")
                .contains("Container exited with a non-zero exit code 3. ")
                .contains("Last 4096 bytes of stderr :\nit broke");
    }

    @Test
    void shouldReportAContainerThatEndsWithoutAnError() throws Exception {
        ApplicationReport report = awaitEnd(submit("exit 0", Map.of(), Map.of()));

        assertThat(report.getYarnApplicationState()).isEqualTo(YarnApplicationState.FAILED);
        assertThat(report.getDiagnostics()).contains("exitCode: 0");
    }

    @Test
    void shouldGiveAContainerItsFilesAndItsEnvironment() throws Exception {
        Path file = Files.writeString(directory.resolve("data.txt"), "from a file");
        ApplicationId id = submit(
                "cat conf/data.txt; echo; echo $GREETING; ls container_tokens",
                Map.of("conf/data.txt", resource(file)),
                Map.of("GREETING", "hello {{USER}}"));
        awaitEnd(id);

        assertThat(log(id, "stdout"))
                .isEqualTo("from a file\nhello " + System.getProperty("user.name") + "\ncontainer_tokens\n");
        assertThat(log(id, "launch_container.sh")).contains("GREETING");
    }

    @Test
    void shouldRefuseAFileThatHasChanged() throws Exception {
        Path file = Files.writeString(directory.resolve("changed.txt"), "old");
        LocalResource resource = resource(file);
        resource.setTimestamp(resource.getTimestamp() - 5_000);
        ApplicationReport report = awaitEnd(submit("true", Map.of("changed.txt", resource), Map.of()));

        assertThat(report.getDiagnostics()).contains("changed.txt changed on src filesystem");
    }

    @Test
    void shouldEndAProcessGroupWithItsApplication() throws Exception {
        // One child that ends when told to, one that does not, and a leader that does not either.
        ApplicationId id = submit(
                "trap '' TERM; sleep 1002 & echo \\$! > <LOG_DIR>/stubborn; trap - TERM; "
                        + "sleep 1001 & echo \\$! > <LOG_DIR>/obedient; trap '' TERM; wait; sleep 1003",
                Map.of(),
                Map.of());
        Await.until(
                "the container to run",
                LIMIT,
                () -> log(id, "stubborn").endsWith("\n") && log(id, "obedient").endsWith("\n"));
        long stubborn = Long.parseLong(log(id, "stubborn").trim());
        long obedient = Long.parseLong(log(id, "obedient").trim());

        client.killApplication(id);
        ApplicationReport report = awaitEnd(id);

        assertThat(report.getYarnApplicationState()).isEqualTo(YarnApplicationState.KILLED);
        Await.until(
                "the processes to end",
                LIMIT,
                () -> ProcessHandle.of(stubborn).isEmpty()
                        && ProcessHandle.of(obedient).isEmpty());
        Await.until("the files to go", LIMIT, () -> applicationFolders(local).isEmpty());
    }

    @Test
    void shouldServeAStockApplicationMaster() throws Exception {
        YarnClientApplication application = client.createApplication();
        ApplicationSubmissionContext context = application.getApplicationSubmissionContext();
        context.setUnmanagedAM(true);
        context.setAMContainerSpec(ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(), null, null, null));
        context.setResource(Resource.newInstance(256, 1));
        ApplicationId id = client.submitApplication(context);
        Await.until(
                "the attempt to be launched",
                LIMIT,
                () -> client.getApplicationReport(id).getYarnApplicationState() == YarnApplicationState.ACCEPTED
                        && client.getAMRMToken(id) != null);
        UserGroupInformation master = UserGroupInformation.createRemoteUser(System.getProperty("user.name"));
        master.addToken(client.getAMRMToken(id));

        ContainerStatus ended = master.doAs((PrivilegedExceptionAction<ContainerStatus>) this::runAndStopAContainer);

        assertThat(ended.getExitStatus()).isEqualTo(ContainerExitStatus.KILLED_BY_APPMASTER);
        assertThat(ended.getDiagnostics()).contains("Container killed by the ApplicationMaster.");
        assertThat(awaitEnd(id).getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.SUCCEEDED);
        assertThat(log(id, "stdout")).isEqualTo("running\n");
    }

    private ContainerStatus runAndStopAContainer() throws Exception {
        try (AMRMClient<AMRMClient.ContainerRequest> resourceManager = AMRMClient.createAMRMClient();
                NMClient nodes = NMClient.createNMClient()) {
            NMTokenCache tokens = new NMTokenCache();
            resourceManager.setNMTokenCache(tokens);
            nodes.setNMTokenCache(tokens);
            resourceManager.init(client.getConfig());
            resourceManager.start();
            nodes.init(client.getConfig());
            nodes.start();
            resourceManager.registerApplicationMaster("localhost", 0, "");
            resourceManager.addContainerRequest(
                    new AMRMClient.ContainerRequest(Resource.newInstance(256, 1), null, null, Priority.newInstance(1)));
            List<Container> granted = new ArrayList<>();
            Await.until("a grant", LIMIT, () -> {
                granted.addAll(resourceManager.allocate(0.1f).getAllocatedContainers());
                return !granted.isEmpty();
            });
            Container container = granted.get(0);
            nodes.startContainer(
                    container,
                    ContainerLaunchContext.newInstance(
                            Map.of(),
                            Map.of(),
                            List.of("{ echo running; sleep 1000; } 1><LOG_DIR>/stdout"),
                            null,
                            null,
                            null));
            Path out = logs.resolve(container
                            .getId()
                            .getApplicationAttemptId()
                            .getApplicationId()
                            .toString())
                    .resolve(container.getId().toString())
                    .resolve("stdout");
            Await.until("the container to write", LIMIT, () -> Files.exists(out) && Files.size(out) > 0);
            assertThat(nodes.getContainerStatus(container.getId(), container.getNodeId())
                            .getState())
                    .isEqualTo(ContainerState.RUNNING);
            nodes.stopContainer(container.getId(), container.getNodeId());
            List<ContainerStatus> ended = new ArrayList<>();
            Await.until("the end of the container", LIMIT, () -> {
                ended.addAll(resourceManager.allocate(0.5f).getCompletedContainersStatuses());
                return !ended.isEmpty();
            });
            resourceManager.unregisterApplicationMaster(FinalApplicationStatus.SUCCEEDED, "", "");
            return ended.get(0);
        }
    }

    private static LocalResource resource(Path file) throws IOException {
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toUri());
        FileStatus status =
                FileSystem.get(file.toUri(), new YarnConfiguration()).getFileStatus(path);
        return LocalResource.newInstance(
                URL.fromPath(path),
                LocalResourceType.FILE,
                LocalResourceVisibility.APPLICATION,
                status.getLen(),
                status.getModificationTime());
    }
}
