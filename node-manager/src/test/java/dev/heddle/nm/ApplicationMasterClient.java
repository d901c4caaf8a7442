package dev.heddle.nm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.net.NetUtils;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.api.ContainerManagementProtocol;
import org.apache.hadoop.yarn.api.impl.pb.client.ContainerManagementProtocolPBClientImpl;
import org.apache.hadoop.yarn.api.protocolrecords.GetContainerStatusesRequest;
import org.apache.hadoop.yarn.api.protocolrecords.GetContainerStatusesResponse;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainerRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StartContainersResponse;
import org.apache.hadoop.yarn.api.protocolrecords.StopContainersRequest;
import org.apache.hadoop.yarn.api.protocolrecords.StopContainersResponse;
import org.apache.hadoop.yarn.api.records.ApplicationAttemptId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Token;
import org.apache.hadoop.yarn.util.ConverterUtils;

/** An application master's connection to a node, with the token that it shows there. */
final class ApplicationMasterClient implements AutoCloseable {
    private final ContainerManagementProtocolPBClientImpl node;

    ApplicationMasterClient(ApplicationAttemptId attempt, NodeId nodeId, Token nmToken)
            throws IOException, InterruptedException {
        InetSocketAddress address = NetUtils.createSocketAddrForHost(nodeId.getHost(), nodeId.getPort());
        UserGroupInformation caller = UserGroupInformation.createRemoteUser(attempt.toString());
        caller.addToken(ConverterUtils.convertFromYarn(nmToken, address));
        node = caller.doAs((PrivilegedExceptionAction<ContainerManagementProtocolPBClientImpl>)
                () -> new ContainerManagementProtocolPBClientImpl(1, address, configuration()));
    }

    /** A node that is gone is gone: nobody waits for it inside of the client. */
    private static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.setInt(CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_KEY, 0);
        return configuration;
    }

    /** For what this does not have a shorter way to say. */
    ContainerManagementProtocol node() {
        return node;
    }

    StartContainersResponse start(Token containerToken, ContainerLaunchContext launch) throws Exception {
        return node.startContainers(
                StartContainersRequest.newInstance(List.of(StartContainerRequest.newInstance(launch, containerToken))));
    }

    StopContainersResponse stop(ContainerId container) throws Exception {
        return node.stopContainers(StopContainersRequest.newInstance(List.of(container)));
    }

    GetContainerStatusesResponse status(ContainerId container) throws Exception {
        return node.getContainerStatuses(GetContainerStatusesRequest.newInstance(List.of(container)));
    }

    @Override
    public void close() {
        node.close();
    }
}
