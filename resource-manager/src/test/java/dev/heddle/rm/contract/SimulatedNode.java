package dev.heddle.rm.contract;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.api.records.ResourceUtilization;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.apache.hadoop.yarn.server.api.ResourceTracker;
import org.apache.hadoop.yarn.server.api.protocolrecords.LogAggregationReport;
import org.apache.hadoop.yarn.server.api.protocolrecords.NMContainerStatus;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.protocolrecords.RegisterNodeManagerResponse;
import org.apache.hadoop.yarn.server.api.protocolrecords.UnRegisterNodeManagerRequest;
import org.apache.hadoop.yarn.server.api.records.NodeHealthStatus;
import org.apache.hadoop.yarn.server.api.records.NodeStatus;

/** The calls of a node manager, without a node. */
public final class SimulatedNode {
    static final int HTTP_PORT = 8042;

    /** What a running container has in place of an exit status. */
    private static final int RUNNING = -1000;

    private static final ResourceUtilization NO_LOAD = ResourceUtilization.newInstance(0, 0, 0);

    private final ResourceTracker tracker;
    private final NodeId id;
    private final Resource capability;
    private int responseId;
    private boolean registered;

    SimulatedNode(ResourceTracker tracker, String host, int number, Resource capability) {
        // An address of this machine that needs no looking up, for a resource manager may try to.
        this(tracker, NodeId.newInstance(host, 20_000 + number), capability);
    }

    public SimulatedNode(ResourceTracker tracker, NodeId id, Resource capability) {
        this.tracker = tracker;
        this.id = id;
        this.capability = capability;
    }

    /** Another process that says it is this node. */
    SimulatedNode twin() {
        return new SimulatedNode(tracker, id, capability);
    }

    public NodeId id() {
        return id;
    }

    Resource capability() {
        return capability;
    }

    public RegisterNodeManagerResponse register(NMContainerStatus... containers) throws Exception {
        RegisterNodeManagerResponse response = tracker.registerNodeManager(RegisterNodeManagerRequest.newInstance(
                id,
                HTTP_PORT,
                capability,
                "3.5.0",
                new ArrayList<>(List.of(containers)),
                new ArrayList<>(),
                new HashSet<>()));
        responseId = 0;
        registered = true;
        return response;
    }

    public NodeHeartbeatResponse heartbeat(ContainerStatus... containers) throws Exception {
        NodeHeartbeatResponse response = heartbeatWith(responseId, containers);
        responseId = response.getResponseId();
        return response;
    }

    /** A heartbeat out of the usual order; the next usual one goes on as if it had not been. */
    NodeHeartbeatResponse heartbeatWith(int lastResponseId, ContainerStatus... containers) throws Exception {
        return tracker.nodeHeartbeat(NodeHeartbeatRequest.newInstance(
                status(lastResponseId, NO_LOAD, containers), null, null, new HashSet<>()));
    }

    /** A heartbeat that says how far the node is with the logs of applications. */
    NodeHeartbeatResponse heartbeatWithLogs(LogAggregationReport... reports) throws Exception {
        NodeHeartbeatRequest request =
                NodeHeartbeatRequest.newInstance(status(responseId, NO_LOAD), null, null, new HashSet<>());
        request.setLogAggregationReportsForApps(new ArrayList<>(List.of(reports)));
        NodeHeartbeatResponse response = tracker.nodeHeartbeat(request);
        responseId = response.getResponseId();
        return response;
    }

    /** A heartbeat that says what the node's containers, and the whole of it, really use. */
    NodeHeartbeatResponse heartbeatWithLoad(ResourceUtilization load) throws Exception {
        NodeHeartbeatResponse response = tracker.nodeHeartbeat(
                NodeHeartbeatRequest.newInstance(status(responseId, load), null, null, new HashSet<>()));
        responseId = response.getResponseId();
        return response;
    }

    private NodeStatus status(int lastResponseId, ResourceUtilization load, ContainerStatus... containers) {
        return NodeStatus.newInstance(
                id,
                lastResponseId,
                new ArrayList<>(List.of(containers)),
                new ArrayList<>(),
                NodeHealthStatus.newInstance(true, "", System.currentTimeMillis()),
                load,
                load,
                new ArrayList<>());
    }

    int lastResponseId() {
        return responseId;
    }

    public static ContainerStatus runs(ContainerId container) {
        return ContainerStatus.newInstance(container, ContainerState.RUNNING, "", RUNNING);
    }

    public static ContainerStatus ended(ContainerId container, int exitStatus, String diagnostics) {
        return ContainerStatus.newInstance(container, ContainerState.COMPLETE, diagnostics, exitStatus);
    }

    public void leave() throws IOException, YarnException {
        if (registered) {
            registered = false;
            tracker.unRegisterNodeManager(UnRegisterNodeManagerRequest.newInstance(id));
        }
    }
}
