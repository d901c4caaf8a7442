package dev.heddle.rm.launch;

import dev.heddle.rm.command.Command;
import dev.heddle.rm.event.Event;
import dev.heddle.rm.loop.ClusterLoop;
import dev.heddle.rm.loop.Publisher;
import dev.heddle.rm.model.ApplicationSpec;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.security.AmRmTokens;
import dev.heddle.rm.security.ContainerTokens;
import dev.heddle.rm.security.HadoopRecords;
import dev.heddle.rm.security.NodeTokens;
import dev.heddle.rm.state.Application;
import dev.heddle.rm.state.ClusterState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.DataInputByteBuffer;
import org.apache.hadoop.io.DataOutputBuffer;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.Credentials;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.yarn.api.ApplicationConstants;
import org.apache.hadoop.yarn.api.ContainerManagementProtocol;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.impl.pb.ContainerLaunchContextPBImpl;
import org.apache.hadoop.yarn.client.NMProxy;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.ipc.YarnRPC;
import org.apache.hadoop.yarn.proto.YarnProtos.ContainerLaunchContextProto;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.util.ConverterUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the process of an application master once its container is granted: over the node's own
 * {@code startContainers}, with the AMRM token added to the credentials that were submitted.
 *
 * <p>The stock client blocks, so a few threads do this beside the core; the outcome goes back to it as a command.
 */
public final class MasterLauncher implements Publisher, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MasterLauncher.class);

    private static final int THREADS = 8;

    /** Launches that may wait for a thread; beyond that an attempt fails and says so. */
    private static final int QUEUE_CAPACITY = 10_000;

    private static final long IDLE_THREAD_SECONDS = 30;

    private final Configuration configuration;
    private final AmRmTokens amRmTokens;
    private final NodeTokens nodeTokens;
    private final ContainerTokens containerTokens;
    private final ThreadPoolExecutor threads;
    private volatile @Nullable ClusterLoop loop;

    /** A launch, taken from the state while the core's thread was there. */
    private record Launch(ContainerTokens.Subject subject, ApplicationSpec spec, long submittedAtMs) {
        ContainerId container() {
            return subject.container();
        }
    }

    public MasterLauncher(
            Configuration configuration,
            AmRmTokens amRmTokens,
            NodeTokens nodeTokens,
            ContainerTokens containerTokens) {
        this.configuration = configuration;
        this.amRmTokens = amRmTokens;
        this.nodeTokens = nodeTokens;
        this.containerTokens = containerTokens;
        this.threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_THREAD_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE_CAPACITY),
                task -> new Thread(task, "master-launcher"));
        threads.allowCoreThreadTimeOut(true);
    }

    /** Names who is told how launches went; before the first event. */
    public void reportTo(ClusterLoop clusterLoop) {
        loop = clusterLoop;
    }

    @Override
    public void publish(ClusterState state, List<Event> events) {
        for (Event event : events) {
            if (event instanceof Event.ContainerGranted granted && granted.master()) {
                Application application =
                        state.application(granted.container().attempt().application());
                if (application != null) {
                    enqueue(new Launch(
                            new ContainerTokens.Subject(
                                    granted.container(),
                                    granted.node(),
                                    granted.resource(),
                                    granted.key().priority(),
                                    application.spec().user(),
                                    true),
                            application.spec(),
                            application.submittedAtMs()));
                }
            }
        }
    }

    private void enqueue(Launch launch) {
        try {
            threads.execute(() -> run(launch));
        } catch (RejectedExecutionException e) {
            report(new Command.MasterLaunchFailed(
                    launch.container().attempt(), QUEUE_CAPACITY + " launches wait already, or the RM stops"));
        }
    }

    private void run(Launch launch) {
        try {
            start(launch);
            report(new Command.MasterLaunched(launch.container().attempt()));
        } catch (IOException | YarnException | RuntimeException e) {
            log.warn(
                    "cannot start {} on {}",
                    launch.container(),
                    launch.subject().node(),
                    e);
            report(new Command.MasterLaunchFailed(
                    launch.container().attempt(), e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    private void report(Command<?> command) {
        ClusterLoop target = loop;
        if (target == null) {
            throw new IllegalStateException("no loop to report to");
        }
        target.submit(command).whenComplete((done, failure) -> {
            if (failure != null) {
                log.warn("the outcome of a launch was not taken in: {}", command, failure);
            }
        });
    }

    private void start(Launch launch) throws IOException, YarnException {
        InetSocketAddress address = NetUtils.createSocketAddrForHost(
                launch.subject().node().host(), launch.subject().node().port());
        UserGroupInformation caller = UserGroupInformation.createRemoteUser(
                launch.container().attempt().toString());
        caller.addToken(ConverterUtils.convertFromYarn(
                nodeTokens.tokenFor(
                        launch.container().attempt(),
                        launch.subject().node(),
                        launch.spec().user()),
                address));
        ContainerManagementProtocol node = NMProxy.createNMProxy(
                configuration, ContainerManagementProtocol.class, caller, YarnRPC.create(configuration), address);
        try {
            StartContainersResponse response = node.startContainers(StartContainersRequest.newInstance(List.of(
                    StartContainerRequest.newInstance(context(launch), containerTokens.tokenFor(launch.subject())))));
            var failure = response.getFailedRequests().get(HadoopRecords.of(launch.container()));
            if (failure != null) {
                throw new YarnException(failure.getMessage());
            }
        } finally {
            RPC.stopProxy(node);
        }
    }

    private ContainerLaunchContext context(Launch launch) throws IOException {
        ContainerLaunchContext context = new ContainerLaunchContextPBImpl(ContainerLaunchContextProto.parseFrom(
                launch.spec().launchContext().encoded()));
        Map<String, String> environment = new HashMap<>(context.getEnvironment());
        environment.put(
                ApplicationConstants.APPLICATION_WEB_PROXY_BASE_ENV,
                "/proxy/" + launch.container().attempt().application());
        environment.put(ApplicationConstants.APP_SUBMIT_TIME_ENV, Long.toString(launch.submittedAtMs()));
        context.setEnvironment(environment);
        Credentials credentials = new Credentials();
        ByteBuffer submitted = context.getTokens();
        if (submitted != null) {
            DataInputByteBuffer in = new DataInputByteBuffer();
            in.reset(submitted);
            credentials.readTokenStorageStream(in);
        }
        Token<AMRMTokenIdentifier> token =
                amRmTokens.tokenFor(launch.container().attempt());
        credentials.addToken(token.getService(), token);
        DataOutputBuffer out = new DataOutputBuffer();
        credentials.writeTokenStorageToStream(out);
        context.setTokens(ByteBuffer.wrap(out.getData(), 0, out.getLength()));
        return context;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
