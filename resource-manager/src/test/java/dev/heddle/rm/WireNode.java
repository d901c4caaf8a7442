package dev.heddle.rm;

import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.ipc.RPC;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.ipc.YarnRPC;
import org.apache.hadoop.yarn.server.api.ResourceTracker;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.UnRegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.records.NodeHealthStatus;
import org.apache.hadoop.yarn.server.api.records.NodeStatus;

/** A node manager's words without a node manager, said by the stock client of {@code ResourceTracker}. */
final class WireNode implements AutoCloseable {
    private static final int MEMORY_MB = 4096;
    private static final int VCORES = 8;

    private final NodeId id;
    private final ResourceTracker tracker;
    private int responseId;

    WireNode(RunningResourceManager resourceManager, String host) {
        id = NodeId.newInstance(host, 1234);
        Configuration configuration = resourceManager.clientConfiguration();
        tracker = (ResourceTracker) YarnRPC.create(configuration)
                .getProxy(ResourceTracker.class, resourceManager.addresses().tracker(), configuration);
    }

    NodeId id() {
        return id;
    }

    RegisterNodeManagerResponse register() throws Exception {
        return register("3.5.0");
    }

    RegisterNodeManagerResponse register(String version) throws Exception {
        responseId = 0;
        return tracker.registerNodeManager(RegisterNodeManagerRequest.newInstance(
                id, 8042, Resource.newInstance(MEMORY_MB, VCORES), version, List.of(), List.of(), null));
    }

    NodeHeartbeatResponse heartbeat(ContainerStatus... containers) throws Exception {
        return heartbeat(true, "", containers);
    }

    NodeHeartbeatResponse heartbeat(boolean healthy, String report, ContainerStatus... containers) throws Exception {
        NodeStatus status = NodeStatus.newInstance(
                id,
                responseId,
                List.of(containers),
                List.of(),
                NodeHealthStatus.newInstance(healthy, report, 42),
                null,
                null,
                null);
        NodeHeartbeatResponse response =
                tracker.nodeHeartbeat(NodeHeartbeatRequest.newInstance(status, null, null, null));
        responseId = response.getResponseId();
        return response;
    }

    void unregister() throws Exception {
        tracker.unRegisterNodeManager(UnRegisterNodeManagerRequest.newInstance(id));
    }

    @Override
    public void close() {
        RPC.stopProxy(tracker);
    }
}
