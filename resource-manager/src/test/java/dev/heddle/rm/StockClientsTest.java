package dev.heddle.rm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.heddle.common.UserException;
import dev.heddle.testbed.Await;
import dev.heddle.testbed.HadoopProcess;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ApplicationMasterProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.RegisterApplicationMasterRequest;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.client.api.AMRMClient;
import org.apache.hadoop.yarn.client.api.AMRMClient.ContainerRequest;
import org.apache.hadoop.yarn.client.api.NMClient;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.client.api.YarnClientApplication;
import org.apache.hadoop.yarn.client.cli.ApplicationCLI;
import org.apache.hadoop.yarn.client.cli.NodeCLI;
import org.apache.hadoop.yarn.client.cli.YarnCLI;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.InvalidResourceRequestException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.ipc.YarnRPC;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hadoop's own clients and its own node manager, the latter in a process of its own, with this resource manager. */
@NullUnmarked
class StockClientsTest {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    static Path directory;

    private static RunningResourceManager resourceManager;
    private static HadoopProcess node;
    private static YarnClient client;

    @BeforeAll
    static void start() throws Exception {
        resourceManager = RunningResourceManager.start();
        client = resourceManager.client();
        node = HadoopProcess.nodeManager(
                directory.resolve("node"), resourceManager.writeConfiguration(directory.resolve("conf")));
        Await.until(
                "a registered node",
                LIMIT,
                () -> client.getNodeReports(NodeState.RUNNING).size() == 1);
    }

    @AfterAll
    static void stop() throws Exception {
        client.stop();
        node.close();
        resourceManager.close();
    }

    @Test
    void shouldStartTheMasterAndTryAgainWhenItEndsUnregistered() throws Exception {
        ApplicationId id = submit("exit 3");
        ApplicationReport report = awaitEnd(id);
        assertThat(report.getYarnApplicationState()).isEqualTo(YarnApplicationState.FAILED);
        assertThat(report.getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.FAILED);
        assertThat(report.getCurrentApplicationAttemptId().getAttemptId()).isEqualTo(2);
        assertThat(report.getDiagnostics()).contains(id + " failed 2 times").contains("exitCode: 3");
    }

    @Test
    void shouldEndTheProcessOfAKilledApplication() throws Exception {
        ApplicationId id = submit("sleep 1000");
        Await.until("the master's process", LIMIT, () -> runs("sleep 1000"));
        assertThat(list(new ApplicationCLI(), "application", "-list")).contains(id.toString(), "root.default");
        assertThat(client.getApplicationReport(id).getDiagnostics()).contains("the master has not registered yet");
        client.killApplication(id, "not wanted any more");
        ApplicationReport report = client.getApplicationReport(id);
        assertThat(report.getYarnApplicationState()).isEqualTo(YarnApplicationState.KILLED);
        assertThat(report.getDiagnostics())
                .contains("Application " + id + " was killed by user ")
                .endsWith("not wanted any more");
        assertThat(report.getHost()).isEqualTo("N/A");
        assertThat(report.getRpcPort()).isEqualTo(-1);
        Await.until("the process to end", LIMIT, () -> !runs("sleep 1000"));
        Await.until("the room to be free", LIMIT, () -> usedMemoryMb() == 0);
    }

    @Test
    void shouldServeAStockMasterAndItsContainers() throws Exception {
        ApplicationId id = submitUnmanaged();
        asMasterOf(id, () -> {
            AMRMClient<ContainerRequest> master = AMRMClient.createAMRMClient();
            NMClient nodes = NMClient.createNMClient();
            master.init(resourceManager.clientConfiguration());
            nodes.init(resourceManager.clientConfiguration());
            master.start();
            nodes.start();
            var registered = master.registerApplicationMaster("127.0.0.1", 4040, "http://127.0.0.1:1/");
            assertThat(registered.getMaximumResourceCapability().getMemorySize())
                    .isEqualTo(4096);
            assertThat(registered.getQueue()).isEqualTo("root.default");
            for (int i = 0; i < 2; i++) {
                master.addContainerRequest(
                        new ContainerRequest(Resource.newInstance(256, 1), null, null, Priority.newInstance(i)));
            }
            List<Container> granted = master.allocate(0.1f).getAllocatedContainers();
            assertThat(granted).as("an ask is answered in its own call").hasSize(2);
            ContainerLaunchContext seven =
                    ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of("exit 7"), null, null, null);
            nodes.startContainer(granted.get(0), seven);
            master.releaseAssignedContainer(granted.get(1).getId());
            assertThat(exitOf(granted.get(1), master).getExitStatus()).isEqualTo(-100);
            assertThat(exitOf(granted.get(0), master).getExitStatus()).isEqualTo(7);
            master.unregisterApplicationMaster(FinalApplicationStatus.SUCCEEDED, "done", null);
            master.stop();
            nodes.stop();
            return null;
        });
        ApplicationReport report = client.getApplicationReport(id);
        assertThat(report.getYarnApplicationState()).isEqualTo(YarnApplicationState.FINISHED);
        assertThat(report.getFinalApplicationStatus()).isEqualTo(FinalApplicationStatus.SUCCEEDED);
        assertThat(report.getDiagnostics()).isEqualTo("done");
        Await.until("the room to be free", LIMIT, () -> usedMemoryMb() == 0);
    }

    @Test
    void shouldRefuseAnAskThatIsTooLargeWithYarnsException() throws Exception {
        ApplicationId id = submitUnmanaged();
        asMasterOf(id, () -> {
            AMRMClient<ContainerRequest> master = AMRMClient.createAMRMClient();
            master.init(resourceManager.clientConfiguration());
            master.start();
            master.registerApplicationMaster("127.0.0.1", 1, "");
            master.addContainerRequest(
                    new ContainerRequest(Resource.newInstance(100_000, 1), null, null, Priority.newInstance(1)));
            assertThatExceptionOfType(InvalidResourceRequestException.class)
                    .isThrownBy(() -> master.allocate(0))
                    .withMessageContaining("greater than maximum allowed allocation");
            master.stop();
            return null;
        });
        client.killApplication(id);
    }

    @Test
    void shouldLetOnlyAnAmrmTokenIntoTheSchedulerPort() {
        InetSocketAddress scheduler = resourceManager.addresses().scheduler();
        Configuration configuration = resourceManager.clientConfiguration();
        UserGroupInformation stranger = UserGroupInformation.createRemoteUser("stranger");
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> register(stranger, scheduler, configuration))
                .withMessageContaining("SIMPLE authentication is not enabled");
        Token<AMRMTokenIdentifier> forged = new Token<>(
                new AMRMTokenIdentifier(ApplicationAttemptId.newInstance(ApplicationId.newInstance(1, 1), 1), 42)
                        .getBytes(),
                new byte[20],
                AMRMTokenIdentifier.KIND_NAME,
                new Text(scheduler.getAddress().getHostAddress() + ":" + scheduler.getPort()));
        UserGroupInformation forger = UserGroupInformation.createRemoteUser("forger");
        forger.addToken(forged);
        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() -> register(forger, scheduler, configuration))
                .withMessageContaining("Invalid AMRMToken");
    }

    private static void register(UserGroupInformation user, InetSocketAddress scheduler, Configuration configuration)
            throws Exception {
        user.doAs((PrivilegedExceptionAction<Void>) () -> {
            ApplicationMasterProtocol proxy = (ApplicationMasterProtocol)
                    YarnRPC.create(configuration).getProxy(ApplicationMasterProtocol.class, scheduler, configuration);
            try {
                proxy.registerApplicationMaster(RegisterApplicationMasterRequest.newInstance("h", 1, ""));
            } finally {
                RPC.stopProxy(proxy);
            }
            return null;
        });
    }

    @Test
    void shouldSayWhatIsWrongWithASubmission() throws Exception {
        assertThatExceptionOfType(ApplicationNotFoundException.class)
                .isThrownBy(() -> client.getApplicationReport(ApplicationId.newInstance(1, 1)))
                .withMessageContaining("doesn't exist in RM");
        ApplicationSubmissionContext context = context("exit 0");
        context.setQueue("nowhere");
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> client.submitApplication(context))
                .withMessageContaining("unknown queue: nowhere")
                .withMessageNotContaining("\tat ");
        ApplicationSubmissionContext large = context("exit 0");
        large.setResource(Resource.newInstance(100_000, 1));
        assertThatExceptionOfType(YarnException.class)
                .isThrownBy(() -> client.submitApplication(large))
                .withMessageContaining("greater than maximum allowed allocation");
    }

    @Test
    void shouldListNodesAndQueuesForTheStockCommands() throws Exception {
        String nodes = list(new NodeCLI(), "-list", "-all");
        assertThat(nodes).contains("Total Nodes:1", "RUNNING");
        assertThat(client.getYarnClusterMetrics().getNumActiveNodeManagers()).isEqualTo(1);
        assertThat(client.getQueueInfo("default").getQueuePath()).isEqualTo("root.default");
        assertThat(client.getRootQueueInfos()).hasSize(1);
    }

    @Test
    void shouldShowThePageAndLeadOnToTheMastersOwn() throws Exception {
        ApplicationId id = submitUnmanaged("<script>alert(1)</script>");
        asMasterOf(id, () -> {
            AMRMClient<ContainerRequest> master = AMRMClient.createAMRMClient();
            master.init(resourceManager.clientConfiguration());
            master.start();
            master.registerApplicationMaster("127.0.0.1", 1, "127.0.0.1:9/app");
            HttpResponse<String> overview = get("/cluster");
            assertThat(overview.statusCode()).isEqualTo(200);
            assertThat(overview.headers().firstValue("Content-Security-Policy")).isPresent();
            assertThat(overview.body())
                    .contains(id.toString(), "&lt;script&gt;", "RUNNING")
                    .doesNotContain("<script>");
            assertThat(get("/cluster/app/" + id).body()).contains(id.toString(), "RUNNING");
            HttpResponse<String> proxy = get("/proxy/" + id + "/jobs");
            assertThat(proxy.statusCode()).isEqualTo(302);
            assertThat(proxy.headers().firstValue("Location")).hasValue("http://127.0.0.1:9/app/jobs");
            assertThat(client.getApplicationReport(id).getTrackingUrl())
                    .isEqualTo("http://" + resourceManager.addresses().page() + "/proxy/" + id + "/");
            assertThat(get("/cluster/app/application_1_1").statusCode()).isEqualTo(404);
            assertThat(get("/../etc/passwd").statusCode()).isEqualTo(404);
            master.stop();
            return null;
        });
        client.killApplication(id);
    }

    @Test
    void shouldNameThePortThatIsTaken() {
        YarnConfiguration taken = RunningResourceManager.configuration();
        int port = resourceManager.addresses().scheduler().getPort();
        taken.set(YarnConfiguration.RM_SCHEDULER_ADDRESS, "127.0.0.1:" + port);
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> RunningResourceManager.start(taken))
                .withMessageContainingAll("127.0.0.1:" + port, "yarn.resourcemanager.scheduler.address");
        YarnConfiguration page = RunningResourceManager.configuration();
        page.set(
                YarnConfiguration.RM_WEBAPP_ADDRESS, resourceManager.addresses().page());
        assertThatExceptionOfType(UserException.class)
                .isThrownBy(() -> RunningResourceManager.start(page))
                .withMessageContainingAll(resourceManager.addresses().page(), "yarn.resourcemanager.webapp.address");
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://" + resourceManager.addresses().page() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static boolean runs(String command) {
        return node.process().descendants().stream()
                .anyMatch(process -> process.info().commandLine().orElse("").contains(command));
    }

    private static long usedMemoryMb() throws Exception {
        return client.getNodeReports(NodeState.RUNNING).get(0).getUsed().getMemorySize();
    }

    private static ContainerStatus exitOf(Container container, AMRMClient<ContainerRequest> master) {
        ContainerStatus[] found = new ContainerStatus[1];
        Await.until("the end of " + container.getId(), LIMIT, () -> {
            for (ContainerStatus status : master.allocate(0.5f).getCompletedContainersStatuses()) {
                if (status.getContainerId().equals(container.getId())) {
                    found[0] = status;
                }
            }
            return found[0] != null;
        });
        return found[0];
    }

    private static void asMasterOf(ApplicationId id, PrivilegedExceptionAction<Void> action) throws Exception {
        UserGroupInformation user = UserGroupInformation.createRemoteUser(
                UserGroupInformation.getCurrentUser().getShortUserName());
        Token<AMRMTokenIdentifier> token = client.getAMRMToken(id);
        token.setService(ClientRMProxy.getAMRMTokenService(resourceManager.clientConfiguration()));
        user.addToken(token);
        user.doAs(action);
    }

    private static String list(YarnCLI command, String... arguments) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        command.setConf(resourceManager.clientConfiguration());
        command.setSysOutPrintStream(new PrintStream(out, true, StandardCharsets.UTF_8));
        command.setSysErrPrintStream(new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(command.run(arguments)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static ApplicationSubmissionContext context(String command) throws Exception {
        YarnClientApplication application = client.createApplication();
        ApplicationSubmissionContext context = application.getApplicationSubmissionContext();
        context.setApplicationName("stock clients test");
        context.setResource(Resource.newInstance(128, 1));
        context.setAMContainerSpec(
                ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(command), null, null, null));
        return context;
    }

    private static ApplicationId submit(String command) throws Exception {
        ApplicationSubmissionContext context = context(command);
        client.submitApplication(context);
        return context.getApplicationId();
    }

    private static ApplicationId submitUnmanaged() throws Exception {
        return submitUnmanaged("stock clients test");
    }

    private static ApplicationId submitUnmanaged(String name) throws Exception {
        ApplicationSubmissionContext context = context("none");
        context.setApplicationName(name);
        context.setUnmanagedAM(true);
        client.submitApplication(context);
        return context.getApplicationId();
    }

    private static ApplicationReport awaitEnd(ApplicationId id) throws Exception {
        Await.until("the end of " + id, LIMIT, () -> switch (client.getApplicationReport(id)
                .getYarnApplicationState()) {
            case FINISHED, FAILED, KILLED -> true;
            case NEW, NEW_SAVING, SUBMITTED, ACCEPTED, RUNNING -> false;
        });
        return client.getApplicationReport(id);
    }
}
