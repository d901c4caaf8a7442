package dev.heddle.rm;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.ipc.YarnRPC;
import org.apache.hadoop.yarn.server.api.ResourceTracker;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerResponse;
import org.apache.hadoop.yarn.server.api.records.NodeHealthStatus;
import org.apache.hadoop.yarn.server.api.records.NodeStatus;

/** A node that speaks to the RM with Hadoop's own classes, says what the test wants it to, and runs nothing. */
final class FakeNode implements AutoCloseable {
    private final ResourceTracker tracker;
    private final NodeId id;
    private final RegisterNodeManagerResponse registered;
    private int responseId;

    FakeNode(RunningResourceManager resourceManager, Resource total) throws Exception {
        Configuration configuration = resourceManager.clientConfiguration();
        InetSocketAddress address = resourceManager.addresses().tracker();
        tracker =
                (ResourceTracker) YarnRPC.create(configuration).getProxy(ResourceTracker.class, address, configuration);
        id = NodeId.newInstance("127.0.0.1", 1);
        registered = tracker.registerNodeManager(
                RegisterNodeManagerRequest.newInstance(id, 8042, total, "3.5.0", List.of(), List.of(), null));
    }

    NodeId id() {
        return id;
    }

    RegisterNodeManagerResponse registered() {
        return registered;
    }

    /** These run. */
    NodeHeartbeatResponse running(ContainerId... containers) throws Exception {
        List<ContainerStatus> statuses = new ArrayList<>();
        for (ContainerId container : containers) {
            statuses.add(ContainerStatus.newInstance(container, ContainerState.RUNNING, "", 0));
        }
        return heartbeat(statuses);
    }

    /** This one has ended. */
    NodeHeartbeatResponse ended(ContainerId container, int exitStatus, String diagnostics) throws Exception {
        return heartbeat(
                List.of(ContainerStatus.newInstance(container, ContainerState.COMPLETE, diagnostics, exitStatus)));
    }

    private NodeHeartbeatResponse heartbeat(List<ContainerStatus> statuses) throws Exception {
        NodeHealthStatus health = NodeHealthStatus.newInstance(true, "", 0);
        NodeStatus status = NodeStatus.newInstance(id, responseId, statuses, List.of(), health, null, null, List.of());
        NodeHeartbeatResponse response =
                tracker.nodeHeartbeat(NodeHeartbeatRequest.newInstance(status, null, null, null));
        responseId = response.getResponseId();
        return response;
    }

    @Override
    public void close() {
        RPC.stopProxy(tracker);
    }
}
