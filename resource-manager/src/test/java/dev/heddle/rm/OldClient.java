package dev.heddle.rm;

import java.security.PrivilegedExceptionAction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.security.token.Token;
import org.apache.hadoop.util.VersionInfo;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationSubmissionContext;
import org.apache.hadoop.yarn.api.records.Container;
import org.apache.hadoop.yarn.api.records.ContainerLaunchContext;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Priority;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceUtilization;
import org.apache.hadoop.yarn.client.ClientRMProxy;
import org.apache.hadoop.yarn.client.api.AMRMClient;
import org.apache.hadoop.yarn.client.api.AMRMClient.ContainerRequest;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.ApplicationNotFoundException;
import org.apache.hadoop.yarn.security.AMRMTokenIdentifier;
import org.apache.hadoop.yarn.server.api.ResourceTracker;
import org.apache.hadoop.yarn.server.api.ServerRMProxy;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.records.NodeHealthStatus;
import org.apache.hadoop.yarn.server.api.records.NodeStatus;

/**
 * A node, a submitter and an application master in one process, for the class path of an old Hadoop. It uses nothing that
 * Hadoop 2 lacks or has in another form (the answer to a node's registration was an interface there), neither of Hadoop nor
 * of Heddle, and says on standard output how far it comes.
 */
final class OldClient {
    private static final NodeId NODE = NodeId.newInstance("127.0.0.1", 45_454);

    private final Configuration configuration = new YarnConfiguration();

    private OldClient() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println("hadoop " + VersionInfo.getVersion());
        new OldClient().run();
    }

    private void run() throws Exception {
        ResourceTracker tracker = ServerRMProxy.createRMProxy(configuration, ResourceTracker.class);
        tracker.registerNodeManager(RegisterNodeManagerRequest.newInstance(
                NODE, 8042, Resource.newInstance(4096, 4), "2.10.2", new ArrayList<>(), new ArrayList<>()));
        tracker.nodeHeartbeat(heartbeat());
        System.out.println("node");

        YarnClient client = YarnClient.createYarnClient();
        client.init(configuration);
        client.start();
        try {
            client.getApplicationReport(ApplicationId.newInstance(1, 1));
        } catch (ApplicationNotFoundException e) {
            System.out.println("unknown " + e.getMessage());
        }
        ApplicationId id = submit(client);
        System.out.println("application " + client.getApplicationReport(id).getYarnApplicationState());
        UserGroupInformation master = UserGroupInformation.createRemoteUser(
                UserGroupInformation.getCurrentUser().getShortUserName());
        Token<AMRMTokenIdentifier> token = client.getAMRMToken(id);
        token.setService(ClientRMProxy.getAMRMTokenService(configuration));
        master.addToken(token);
        master.doAs((PrivilegedExceptionAction<Void>) () -> {
            master();
            return null;
        });
        System.out.println("end " + client.getApplicationReport(id).getFinalApplicationStatus());
        client.stop();
        RPC.stopProxy(tracker);
    }

    private static NodeHeartbeatRequest heartbeat() {
        NodeStatus status = NodeStatus.newInstance(
                NODE,
                0,
                new ArrayList<>(),
                new ArrayList<>(),
                NodeHealthStatus.newInstance(true, "", 1),
                ResourceUtilization.newInstance(0, 0, 0),
                ResourceUtilization.newInstance(0, 0, 0),
                new ArrayList<>());
        return NodeHeartbeatRequest.newInstance(status, null, null, new HashSet<>());
    }

    private static ApplicationId submit(YarnClient client) throws Exception {
        ApplicationSubmissionContext context = client.createApplication().getApplicationSubmissionContext();
        context.setApplicationName("old");
        context.setUnmanagedAM(true);
        context.setResource(Resource.newInstance(128, 1));
        context.setAMContainerSpec(ContainerLaunchContext.newInstance(
                new HashMap<>(), new HashMap<>(), new ArrayList<>(), null, null, null));
        return client.submitApplication(context);
    }

    private void master() throws Exception {
        AMRMClient<ContainerRequest> master = AMRMClient.createAMRMClient();
        master.init(configuration);
        master.start();
        master.registerApplicationMaster("127.0.0.1", 1, "");
        System.out.println("registered");
        master.addContainerRequest(
                new ContainerRequest(Resource.newInstance(256, 1), null, null, Priority.newInstance(1)));
        Container container = master.allocate(0).getAllocatedContainers().get(0);
        System.out.println("container " + container.getNodeId() + " "
                + container.getResource().getMemorySize() + " MB");
        master.releaseAssignedContainer(container.getId());
        master.allocate(0.5f);
        master.unregisterApplicationMaster(FinalApplicationStatus.SUCCEEDED, "done", "");
        master.stop();
    }
}
