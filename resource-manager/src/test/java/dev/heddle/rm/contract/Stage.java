package dev.heddle.rm.contract;

import dev.heddle.testbed.Await;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.PrivilegedAction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.ApplicationClientProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationReportRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetNewApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.KillApplicationRequest;
import org.apache.hadoop.yarn.api.protocolrecords.SubmitApplicationRequest;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.ipc.YarnRPC;
import org.apache.hadoop.yarn.server.api.ResourceManagerAdministrationProtocol;
import org.apache.hadoop.yarn.server.api.ResourceTracker;
import org.apache.hadoop.yarn.util.resource.ResourceUtils;

/**
 * One resource manager and what one test does with it. Calls go through Hadoop's own protocol proxies without their
 * retries, so that a test sees each exception. Nodes are simulated and applications have unmanaged masters, so that no
 * process starts; when the test ends, they are gone.
 */
public final class Stage implements AutoCloseable {
    public static final Duration LIMIT = Duration.ofSeconds(30);

    /** The user who submits, where a test does not say. */
    static final String USER = "alice";

    /** Nodes of one run never share a name, for their former lives would show. */
    private static final AtomicInteger NODES = new AtomicInteger();

    /** Takes back something that a test did. */
    @FunctionalInterface
    private interface Ending {
        void end() throws IOException, YarnException;
    }

    private final Side side;
    private final Map<String, ApplicationClientProtocol> clients = new HashMap<>();
    private final Deque<Ending> endings = new ArrayDeque<>();

    public Stage(Side side) {
        this.side = side;
    }

    Side side() {
        return side;
    }

    public YarnConfiguration configuration() {
        return side.configuration();
    }

    /** As {@link Side#onPurpose}. */
    public <T> T onPurpose(String why, T heddle, T hadoop) {
        return side.onPurpose(why, heddle, hadoop);
    }

    /** A proxy that is closed with this stage. */
    public <T> T proxy(Class<T> protocol, InetSocketAddress address, UserGroupInformation user) {
        T proxy = user.doAs((PrivilegedAction<T>)
                () -> protocol.cast(YarnRPC.create(configuration()).getProxy(protocol, address, configuration())));
        endings.addLast(() -> RPC.stopProxy(proxy));
        return proxy;
    }

    ApplicationClientProtocol client() {
        return client(USER);
    }

    public ApplicationClientProtocol client(String user) {
        return clients.computeIfAbsent(
                user,
                name -> proxy(
                        ApplicationClientProtocol.class,
                        configuration()
                                .getSocketAddr(
                                        YarnConfiguration.RM_ADDRESS,
                                        YarnConfiguration.DEFAULT_RM_ADDRESS,
                                        YarnConfiguration.DEFAULT_RM_PORT),
                        UserGroupInformation.createRemoteUser(name)));
    }

    /** Hadoop's own client, as the user of this process. */
    YarnClient yarnClient() {
        YarnClient client = YarnClient.createYarnClient();
        client.init(configuration());
        client.start();
        endings.addLast(client::stop);
        return client;
    }

    public ResourceTracker tracker() {
        return proxy(
                ResourceTracker.class,
                configuration()
                        .getSocketAddr(
                                YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
                                YarnConfiguration.DEFAULT_RM_RESOURCE_TRACKER_ADDRESS,
                                YarnConfiguration.DEFAULT_RM_RESOURCE_TRACKER_PORT),
                UserGroupInformation.createRemoteUser("yarn"));
    }

    public ResourceManagerAdministrationProtocol administration() {
        return proxy(
                ResourceManagerAdministrationProtocol.class,
                configuration()
                        .getSocketAddr(
                                YarnConfiguration.RM_ADMIN_ADDRESS,
                                YarnConfiguration.DEFAULT_RM_ADMIN_ADDRESS,
                                YarnConfiguration.DEFAULT_RM_ADMIN_PORT),
                UserGroupInformation.createRemoteUser(System.getProperty("user.name")));
    }

    /**
     * Lets the records with which a test speaks know these kinds of resources besides memory and cores, until it ends: they
     * know them for the whole process.
     *
     * @param kinds with their units
     */
    void know(Map<String, String> kinds) {
        endings.addLast(() -> ResourceUtils.resetResourceTypes(new YarnConfiguration()));
        Configuration known = new Configuration(false);
        known.set(YarnConfiguration.RESOURCE_TYPES, String.join(",", kinds.keySet()));
        kinds.forEach((kind, unit) -> known.set(YarnConfiguration.RESOURCE_TYPES + "." + kind + ".units", unit));
        ResourceUtils.resetResourceTypes(known);
    }

    /** A node with these amounts of further kinds that has registered and said that it lives. */
    SimulatedNode node(Resource capability) throws Exception {
        SimulatedNode node = new SimulatedNode(tracker(), "127.0.0.1", NODES.incrementAndGet(), capability);
        endings.addFirst(node::leave);
        node.register();
        node.heartbeat();
        return node;
    }

    /** A node that has not registered yet. */
    SimulatedNode newNode(int memoryMb, int vcores) {
        return newNode("127.0.0.1", memoryMb, vcores);
    }

    /** As {@link #newNode(int, int)} on another of this machine's addresses. */
    SimulatedNode newNode(String host, int memoryMb, int vcores) {
        SimulatedNode node =
                new SimulatedNode(tracker(), host, NODES.incrementAndGet(), Resource.newInstance(memoryMb, vcores));
        endings.addFirst(node::leave);
        return node;
    }

    /** A node that has registered and said that it lives. */
    SimulatedNode node(int memoryMb, int vcores) throws Exception {
        return node("127.0.0.1", memoryMb, vcores);
    }

    /** As {@link #node(int, int)} on another of this machine's addresses. */
    SimulatedNode node(String host, int memoryMb, int vcores) throws Exception {
        SimulatedNode node = newNode(host, memoryMb, vcores);
        node.register();
        node.heartbeat();
        return node;
    }

    /** A submission with an unmanaged master, to be changed as a test likes. */
    ApplicationSubmissionContext context() throws Exception {
        ApplicationSubmissionContext context = context(Resource.newInstance(128, 1));
        context.setUnmanagedAM(true);
        return context;
    }

    /** A submission with a master that the resource manager has to start. */
    ApplicationSubmissionContext context(Resource master) throws Exception {
        ApplicationId id = client().getNewApplication(GetNewApplicationRequest.newInstance())
                .getApplicationId();
        ApplicationSubmissionContext context = ApplicationSubmissionContext.newInstance(
                id,
                "contract",
                "default",
                Priority.newInstance(0),
                ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of("none"), null, null, null),
                false,
                false,
                2,
                master);
        endings.addFirst(() -> kill(id));
        return context;
    }

    private void kill(ApplicationId id) throws IOException, YarnException {
        try {
            client("yarn").forceKillApplication(KillApplicationRequest.newInstance(id));
        } catch (ApplicationNotFoundException e) {
            // It was never submitted.
        }
    }

    ApplicationId submit(ApplicationSubmissionContext context) throws Exception {
        client().submitApplication(SubmitApplicationRequest.newInstance(context));
        return context.getApplicationId();
    }

    ApplicationReport report(ApplicationId id) throws Exception {
        return client().getApplicationReport(GetApplicationReportRequest.newInstance(id))
                .getApplicationReport();
    }

    /** Waits for what the application's report says; Hadoop's resource manager acts after it has answered. */
    ApplicationReport await(ApplicationId id, YarnApplicationState state) throws Exception {
        Await.until(() -> id + " to be " + state, LIMIT, () -> report(id).getYarnApplicationState() == state);
        return report(id);
    }

    /** An application whose unmanaged master is here; not registered yet. */
    SimulatedMaster master() throws Exception {
        return master(context());
    }

    SimulatedMaster master(ApplicationSubmissionContext context) throws Exception {
        return SimulatedMaster.of(this, submit(context));
    }

    @Override
    public void close() throws IOException, YarnException {
        while (!endings.isEmpty()) {
            endings.removeFirst().end();
        }
    }
}
