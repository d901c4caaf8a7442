package dev.heddle.bench.nm;

import dev.heddle.rm.model.ApplicationId;
import dev.heddle.rm.model.AttemptId;
import dev.heddle.rm.model.ContainerId;
import dev.heddle.rm.model.NodeId;
import dev.heddle.rm.security.HadoopRecords;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.impl.pb.client.ContainerManagementProtocolPBClientImpl;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.StopContainersRequest;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.util.ConverterUtils;

/** A node manager with a master of its own, and Hadoop's own client that tells it what to run. */
final class Node implements AutoCloseable {
    private static final long POLL_MS = 20;

    private final Kind kind;
    private final Master master;
    private final NodeProcess process;
    private final NodeId id;
    private final AttemptId attempt;
    private final String user = System.getProperty("user.name");
    private final ContainerManagementProtocolPBClientImpl client;
    private int containers;

    Node(Kind kind, Path directory, List<String> jvmOptions) throws IOException, InterruptedException {
        this.kind = kind;
        this.master = new Master();
        this.process = NodeProcess.start(kind, directory, master.port(), jvmOptions);
        this.id = master.awaitNode();
        this.attempt = new AttemptId(new ApplicationId(master.startedMs(), 1), 1);
        InetSocketAddress address = NetUtils.createSocketAddrForHost(id.host(), id.port());
        UserGroupInformation caller = UserGroupInformation.createRemoteUser(attempt.toString());
        caller.addToken(ConverterUtils.convertFromYarn(master.nmToken(attempt, id, user), address));
        this.client = caller.doAs((PrivilegedExceptionAction<ContainerManagementProtocolPBClientImpl>)
                () -> new ContainerManagementProtocolPBClientImpl(1, address, new Configuration()));
    }

    Kind kind() {
        return kind;
    }

    NodeProcess process() {
        return process;
    }

    ContainerId nextContainer() {
        return new ContainerId(attempt, ++containers);
    }

    /** Starts containers in one call. */
    void start(List<ContainerId> ids, String command) throws IOException, YarnException {
        List<StartContainerRequest> requests = new ArrayList<>();
        for (ContainerId container : ids) {
            requests.add(StartContainerRequest.newInstance(
                    ContainerLaunchContext.newInstance(Map.of(), Map.of(), List.of(command), null, null, null),
                    master.containerToken(container, id, user)));
        }
        StartContainersResponse response = client.startContainers(StartContainersRequest.newInstance(requests));
        if (!response.getFailedRequests().isEmpty()) {
            throw new IllegalStateException("containers were refused: " + response.getFailedRequests());
        }
    }

    /** Ends containers. */
    void stop(List<ContainerId> ids) throws IOException, YarnException {
        client.stopContainers(StopContainersRequest.newInstance(
                ids.stream().map(HadoopRecords::of).toList()));
    }

    /** Waits until the node has said that all it ever had have ended. */
    void awaitIdle() throws InterruptedException {
        while (master.ended() < containers) {
            Thread.sleep(POLL_MS);
        }
    }

    @Override
    public void close() {
        client.close();
        process.close();
        master.close();
    }
}
