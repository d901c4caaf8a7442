package dev.heddle.nm.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.nm.FakeResourceManager;
import dev.heddle.testbed.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivilegedAction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.ContainerManagementProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.GetContainerStatusesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.StopContainersRequest;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.LocalResource;
import org.apache.hadoop.yarn.api.records.LocalResourceType;
import org.apache.hadoop.yarn.api.records.LocalResourceVisibility;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.SerializedException;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.api.records.URL;
import org.apache.hadoop.yarn.client.api.NMClient;
import org.apache.hadoop.yarn.client.api.NMTokenCache;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.ipc.YarnRPC;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.util.ConverterUtils;

/**
 * One node manager and what one test does with it, for one application. Calls go through Hadoop's own proxies and clients.
 * When the test ends, the application has ended.
 */
final class Stage implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);

    /** Whose application it is, where a test does not say. */
    static final String USER = "alice";

    private static final long STARTED_MS = System.currentTimeMillis();
    private static final AtomicInteger APPLICATIONS = new AtomicInteger();

    /** What a line of diagnostics begins with. */
    private static final Pattern TIME = Pattern.compile("\\[[0-9]{4}-[0-9-]+ [0-9:.]+\\]");

    private final Side side;
    private final ApplicationId application = ApplicationId.newInstance(STARTED_MS, APPLICATIONS.incrementAndGet());
    private final List<ContainerManagementProtocol> proxies = new ArrayList<>();
    private final List<NMClient> clients = new ArrayList<>();
    private int containers;

    Stage(Side side) {
        this.side = side;
    }

    Side.Kind kind() {
        return side.kind();
    }

    NodeId nodeId() {
        return side.node();
    }

    FakeResourceManager resourceManager() {
        return side.resourceManager();
    }

    /** As {@link Side#onPurpose}. */
    <T> T onPurpose(String why, T heddle, T hadoop) {
        return side.onPurpose(why, heddle, hadoop);
    }

    ContainerId newContainer() {
        return ContainerId.newContainerId(ApplicationAttemptId.newInstance(application, 1), ++containers);
    }

    /** What the resource manager grants, to be changed as a test likes. */
    FakeResourceManager.Grant grant(ContainerId container) {
        return side.resourceManager().grant(container, side.node(), USER);
    }

    Token token(FakeResourceManager.Grant grant) {
        return side.resourceManager().containerToken(grant);
    }

    /** The node, for the application's master. */
    ContainerManagementProtocol node() {
        return proxies.isEmpty() ? node(application, nmToken(application)) : proxies.get(0);
    }

    Token nmToken(ApplicationId of) {
        return side.resourceManager().nmToken(firstContainer(of), side.node(), USER);
    }

    private static ContainerId firstContainer(ApplicationId of) {
        return ContainerId.newContainerId(ApplicationAttemptId.newInstance(of, 1), 1);
    }

    /** The node, for whoever has a token; closed with this stage. */
    ContainerManagementProtocol node(ApplicationId of, Token nmToken) {
        InetSocketAddress address = NetUtils.createSocketAddrForHost(
                side.node().getHost(), side.node().getPort());
        UserGroupInformation caller = UserGroupInformation.createRemoteUser(
                firstContainer(of).getApplicationAttemptId().toString());
        caller.addToken(ConverterUtils.convertFromYarn(nmToken, address));
        YarnConfiguration configuration = new YarnConfiguration();
        ContainerManagementProtocol proxy = caller.doAs((PrivilegedAction<ContainerManagementProtocol>)
                () -> (ContainerManagementProtocol) YarnRPC.create(configuration)
                        .getProxy(ContainerManagementProtocol.class, address, configuration));
        proxies.add(proxy);
        return proxy;
    }

    /** The node, for the master of another application of the same user. */
    ContainerManagementProtocol stranger() {
        node();
        ApplicationId other = ApplicationId.newInstance(STARTED_MS - 1, 1);
        return node(other, nmToken(other));
    }

    /** Hadoop's own client, which keeps its tokens itself. */
    NMClient client() {
        NMClient client = NMClient.createNMClient();
        NMTokenCache tokens = new NMTokenCache();
        tokens.setToken(side.node().toString(), nmToken(application));
        client.setNMTokenCache(tokens);
        client.init(new YarnConfiguration());
        client.start();
        clients.add(client);
        return client;
    }

    /** As the resource manager hands it to a client. */
    Container granted(FakeResourceManager.Grant grant) {
        Container container = Container.newInstance(
                grant.container(), side.node(), "", grant.resource(), Priority.newInstance(0), token(grant));
        container.setVersion(grant.version());
        container.setExecutionType(grant.execution());
        return container;
    }

    static ContainerLaunchContext launch(String command) {
        return ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(command), null, null, null);
    }

    static ContainerLaunchContext launch(String command, Map<String, LocalResource> resources) {
        return ContainerLaunchContext.newInstance(resources, Map.of(), List.of(command), null, null, null);
    }

    StartContainersResponse start(Token token, ContainerLaunchContext launch) throws Exception {
        return node().startContainers(
                        StartContainersRequest.newInstance(List.of(StartContainerRequest.newInstance(launch, token))));
    }

    /** Starts a container and does not wait for anything. */
    ContainerId start(ContainerLaunchContext launch) throws Exception {
        ContainerId id = newContainer();
        StartContainersResponse response = start(token(grant(id)), launch);
        assertThat(response.getSuccessfullyStartedContainers())
                .as(() -> response.getFailedRequests().toString())
                .containsExactly(id);
        return id;
    }

    void stop(ContainerId id) throws Exception {
        assertThat(node().stopContainers(StopContainersRequest.newInstance(List.of(id)))
                        .getSuccessfullyStoppedContainers())
                .containsExactly(id);
    }

    ContainerStatus status(ContainerId id) throws Exception {
        return node().getContainerStatuses(GetContainerStatusesRequest.newInstance(List.of(id)))
                .getContainerStatuses()
                .get(0);
    }

    ContainerStatus awaitEnd(ContainerId id) throws Exception {
        Await.until("the end of " + id, LIMIT, () -> status(id).getState() == ContainerState.COMPLETE);
        return status(id);
    }

    /** Waits until a container says something of itself. */
    void awaitDiagnostics(ContainerId id, String text) {
        Await.until(text + " of " + id, LIMIT, () -> status(id).getDiagnostics().contains(text));
    }

    /** What there is to say about a container, line by line, without the times. */
    static List<String> lines(ContainerStatus status) {
        return status.getDiagnostics()
                .lines()
                .map(line -> TIME.matcher(line).replaceFirst(""))
                .toList();
    }

    static String message(Map<ContainerId, SerializedException> failures, ContainerId id) {
        SerializedException failure = failures.get(id);
        assertThat(failure).as("a failure of %s", id).isNotNull();
        return String.valueOf(failure.getMessage());
    }

    Path logs(ContainerId id) {
        return side.directory()
                .resolve("log")
                .resolve(id.getApplicationAttemptId().getApplicationId().toString())
                .resolve(id.toString());
    }

    Path workingDirectory(ContainerId id) {
        return side.directory()
                .resolve("local/usercache/" + USER + "/appcache")
                .resolve(id.getApplicationAttemptId().getApplicationId().toString())
                .resolve(id.toString());
    }

    /** Waits until a container's file among its logs has so many lines. */
    List<String> awaitLines(ContainerId id, String file, int count) throws IOException {
        Path path = logs(id).resolve(file);
        Await.until(
                () -> count + " lines in " + path,
                LIMIT,
                () -> Files.exists(path) && Files.readString(path).lines().count() >= count);
        return Files.readAllLines(path);
    }

    /** A file for containers to ask for. */
    Path file(String name, String content) throws IOException {
        Path folder = Files.createDirectories(side.directory().resolve("files").resolve(application.toString()));
        return Files.writeString(folder.resolve(name), content);
    }

    static LocalResource resource(Path file) throws IOException {
        return resource(file, LocalResourceType.FILE);
    }

    static LocalResource resource(Path file, LocalResourceType type) throws IOException {
        return LocalResource.newInstance(
                URL.fromPath(new org.apache.hadoop.fs.Path(file.toUri())),
                type,
                LocalResourceVisibility.APPLICATION,
                Files.size(file),
                Files.getLastModifiedTime(file).toMillis());
    }

    @Override
    public void close() throws IOException {
        clients.forEach(NMClient::stop);
        NodeHeartbeatResponse over = FakeResourceManager.answer();
        over.addAllApplicationsToCleanup(List.of(application));
        side.resourceManager().answers.add(over);
        Path folder = side.directory().resolve("local/usercache/" + USER + "/appcache/" + application);
        Await.until("the files of " + application + " to go", LIMIT, () -> !Files.exists(folder));
        proxies.forEach(RPC::stopProxy);
    }
}
