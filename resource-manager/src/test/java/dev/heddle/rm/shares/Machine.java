package dev.heddle.rm.shares;

import dev.heddle.rm.contract.SimulatedNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerStatus;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.server.api.protocolrecords.NodeHeartbeatResponse;
import org.apache.hadoop.yarn.server.api.records.NodeAction;

/** A node of a scenario: containers run there from their grant until they end or are to be cleaned up. */
final class Machine {
    private static final int SUCCESS = 0;
    private static final int TERMINATED = 143;

    private final SimulatedNode node;
    private final MasterPort port;
    private final String rack;
    private final Set<ContainerId> running = new LinkedHashSet<>();
    private final List<ContainerStatus> ended = new ArrayList<>();

    Machine(SimulatedNode node, MasterPort port, String rack) {
        this.node = node;
        this.port = port;
        this.rack = rack;
    }

    NodeId id() {
        return node.id();
    }

    String host() {
        return node.id().getHost();
    }

    String rack() {
        return rack;
    }

    void join() throws Exception {
        port.trust(node.register().getNMTokenMasterKey());
    }

    void run(ContainerId container) {
        running.add(container);
    }

    /** A container's process is done; the resource manager hears of it with the next heartbeat. */
    void end(ContainerId container) {
        end(container, SUCCESS);
    }

    private void end(ContainerId container, int exitStatus) {
        if (!running.remove(container)) {
            throw new IllegalArgumentException(container + " does not run on " + id());
        }
        ended.add(SimulatedNode.ended(container, exitStatus, ""));
    }

    /** Tells what there is to tell, and does what it is told; returns whether there was anything of either. */
    boolean heartbeat() throws Exception {
        List<ContainerStatus> statuses = new ArrayList<>(ended);
        ended.clear();
        boolean anything = !statuses.isEmpty();
        running.forEach(container -> statuses.add(SimulatedNode.runs(container)));
        NodeHeartbeatResponse response = node.heartbeat(statuses.toArray(new ContainerStatus[0]));
        if (response.getNodeAction() != NodeAction.NORMAL) {
            throw new AssertionError(
                    id() + " is told to " + response.getNodeAction() + ": " + response.getDiagnosticsMessage());
        }
        anything |= cleanUp(response.getContainersToCleanup()::contains);
        anything |= cleanUp(container -> response.getApplicationsToCleanup()
                .contains(container.getApplicationAttemptId().getApplicationId()));
        return anything;
    }

    private boolean cleanUp(Predicate<ContainerId> which) {
        List<ContainerId> found = running.stream().filter(which).toList();
        found.forEach(container -> end(container, TERMINATED));
        return !found.isEmpty();
    }

    void leave() throws Exception {
        running.clear();
        node.leave();
    }
}
